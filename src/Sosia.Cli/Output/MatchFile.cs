using System.Text;
using Sosia.Reports;
using Sosia.Search;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Output;

/// <summary>The matches of a search as a file: a table, a ZIP of the originals, or a page.</summary>
/// <param name="FullPath">The file.</param>
/// <param name="Write">Writes the matches, complete or not at all.</param>
internal sealed record MatchFile(string FullPath, Action<SearchResult, Collection, CancellationToken> Write)
{
    /// <summary>Matches in a file, unless somebody says another number.</summary>
    public const int Most = 10_000;

    /// <summary>A file whose ending says what it is written as.</summary>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    public static MatchFile Of(string path)
    {
        path = Path.GetFullPath(path);
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".CSV" => new(path, (result, _, _) =>
                DerivedFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(MatchExport.ToCsv(result.Matches))))
            ),
            ".ZIP" => new(path, (result, collection, cancellation) =>
                DerivedFile.Write(path, stream => MatchExport.WriteZip(result.Matches, collection.Pictures, stream, cancellation))
            ),
            ".HTML" => new(path, (result, collection, cancellation) => SearchPage.Write(path, result, collection.Pictures, cancellation)),
            _ => throw new ArgumentException($"Expected a file that ends in .csv, .zip or .html, got {path}."),
        };
    }

    /// <summary>Writes the matches and says so.</summary>
    public void WriteAndSay(SearchResult result, Collection collection, CancellationToken cancellation)
    {
        Write(result, collection, cancellation);
        Console.Error.WriteLine($"{Text.Count(result.Matches.Count, "match", "matches")} written to {Text.Printable(FullPath)}.");
    }
}
