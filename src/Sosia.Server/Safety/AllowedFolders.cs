using Sosia.Catalogue;
using Sosia.Photos.Folders;
using Sosia.Server.Errors;

namespace Sosia.Server.Safety;

/// <summary>
/// Which folders the server indexes for whoever asks: the user's home, those that were allowed when it started, and those whose files the
/// collection knows already, with what lies in them. Links are followed before it is decided.
/// </summary>
internal sealed class AllowedFolders(ServerOptions options, Collection collection)
{
    /// <exception cref="ProblemException">The folder is none of these, whether it exists or not.</exception>
    public void Check(string folder)
    {
        if (RealPath.Of(folder) is not { } real || !(Roots().Any(root => IsIn(real, root)) || IsKnown(Path.GetFullPath(folder), real)))
            throw new ProblemException(
                "folder-refused",
                403,
                $"{folder} is not indexed from here: it lies neither in the user's home directory nor in a folder whose photos the "
                    + "collection knows. "
                    + "Start the server with `sosia serve --allow DIR`, or use `sosia index DIR`."
            );
    }

    private IEnumerable<string> Roots()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        // A service's user may have no home, or the root of the file system as one: that allows nothing.
        return Path.IsPathFullyQualified(home) && Path.GetDirectoryName(home) is not null ? options.Allow.Append(home) : options.Allow;
    }

    /// <summary>
    /// Whether the folder, or one that it lies in, holds files that the collection knows; a link inside such a folder may lead out of it.
    /// </summary>
    private bool IsKnown(string folder, string real)
    {
        try
        {
            return collection.Catalogue.Ask(reader =>
                Upwards(folder).Concat(Upwards(real)).Any(above => reader.KnowsFilesIn(above) && IsIn(real, above))
            );
        }
        catch (CatalogueException none) when (none.Problem == CatalogueProblem.Missing)
        {
            return false; // nothing was indexed yet
        }
    }

    private static bool IsIn(string real, string directory) => RealPath.Of(directory) is { } root && RealPath.IsIn(real, root);

    private static IEnumerable<string> Upwards(string path)
    {
        for (var at = path; at is not null; at = Path.GetDirectoryName(at))
            yield return at;
    }
}
