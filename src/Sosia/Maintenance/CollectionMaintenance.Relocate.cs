using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Photos;

namespace Sosia.Maintenance;

/// <summary>What <see cref="CollectionMaintenance.Relocate"/> did.</summary>
/// <param name="Files">Files that are known at their new place.</param>
/// <param name="Changed">Those of them that are not there, or are not as they were: the next index reads them.</param>
public sealed record RelocateReceipt(long Files, long Changed);

/// <summary>Follows photos to another place.</summary>
public sealed partial class CollectionMaintenance
{
    /// <summary>
    /// Notes that a folder was moved, or that its disk has another name: what was indexed there is known at the new place, and no photo is
    /// read again.
    /// </summary>
    /// <param name="from">The folder as it was indexed.</param>
    /// <param name="to">Where it is now.</param>
    /// <param name="cancellation">Cancels the work before anything is noted.</param>
    /// <exception cref="OptionException">Nothing was indexed under the old folder, or none of its files lies under the new one.</exception>
    /// <exception cref="CatalogueException">No collection, or another process writes too long.</exception>
    public RelocateReceipt Relocate(string from, string to, CancellationToken cancellation = default)
    {
        from = Path.TrimEndingDirectorySeparator(Path.GetFullPath(from));
        to = Path.TrimEndingDirectorySeparator(Path.GetFullPath(to));
        if (PathRules.LiesIn(to, from) || PathRules.LiesIn(from, to))
            throw new OptionException($"{to} and {from} lie in each other: name the folder that was moved, and where it is now.");
        var (known, same) = (0L, 0L);
        _readers.Ask(reader =>
        {
            reader.ReadFilesUnder(
                from,
                null,
                file =>
                {
                    known++;
                    same += IsSame(file.File, to + file.File.Path[from.Length..]) ? 1 : 0;
                },
                cancellation
            );
            return known;
        });
        if (known == 0)
            throw new OptionException($"Nothing was indexed under {from}: `sosia photos` names the paths that are known.");
        if (same == 0)
            throw new OptionException($"None of the {known:N0} files that were indexed under {from} lies under {to}: check the new place.");
        using var writer = _catalogue.OpenWriter(overwrite: false);
        var moved = writer.Relocate(from, to);
        return new RelocateReceipt(moved, Math.Max(0, known - same));
    }

    private static bool IsSame(FileStamp before, string path)
    {
        try
        {
            var now = PhotoFile.StampOf(path);
            return now.Bytes == before.Bytes && now.Modified == before.Modified;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
