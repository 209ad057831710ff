using System.Globalization;
using System.IO.Compression;
using System.Text;
using Sosia.Pictures;
using Sosia.Search;

namespace Sosia.Reports;

/// <summary>Matches as files that other programs open: a table, or the originals with a table.</summary>
internal static class MatchExport
{
    private const string Header =
        "rank,photo,path,face,left,top,width,height,score,falseMatchRate,expectedFalseMatches,isQuery,foundBy,lookScore,"
        + "taken,takenFrom,camera,caption,credit";

    /// <summary>The matches as CSV (RFC 4180), UTF-8, a line each.</summary>
    public static string ToCsv(IEnumerable<Match> matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        var csv = new StringBuilder(Header).Append("\r\n");
        foreach (var match in matches)
        {
            var box = match.Face?.Box;
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{match.Rank},{match.Photo.Id},{Field(match.Path)},{match.Face?.Id},{box?.Left},{box?.Top},{box?.Width},{box?.Height},"
                    + $"{match.Score},{match.Meaning.FalseMatchRate},{match.ExpectedFalseMatches},{(match.IsQuery ? "true" : "false")},"
                    + $"{match.FoundBy},{match.LookScore},{match.Photo.Taken},{match.Photo.Taken?.From.ToString().ToLowerInvariant()},"
                    + $"{Field(match.Photo.Facts.Camera)},{Field(match.Photo.Facts.Caption)},{Field(match.Photo.Facts.Credit)}\r\n"
            );
        }
        return csv.ToString();
    }

    /// <summary>
    /// A ZIP of the originals, as <c>0001-name.jpg</c> by rank, and <c>matches.csv</c>. Originals that are gone are left out and listed in
    /// <c>missing.txt</c>.
    /// </summary>
    /// <param name="matches">Which.</param>
    /// <param name="pictures">Where the originals are found.</param>
    /// <param name="into">Written to from start to end; stays open.</param>
    /// <param name="cancellation">Checked before each original.</param>
    /// <exception cref="IOException">The stream refuses.</exception>
    public static void WriteZip(
        IReadOnlyList<Match> matches,
        CollectionPictures pictures,
        Stream into,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(matches);
        ArgumentNullException.ThrowIfNull(pictures);
        using var zip = new ZipArchive(into, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8);
        var missing = new StringBuilder();
        foreach (var match in matches)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                using var original = pictures.OpenOriginal(match.Photo, cancellation);
                // Photos are compressed already.
                using var entry = zip.CreateEntry($"{match.Rank:0000}-{SafeName(match.Path)}", CompressionLevel.NoCompression).Open();
                original.CopyTo(entry);
            }
            catch (Photos.UnreadablePhotoException gone)
            {
                missing.Append(match.Path).Append(": ").AppendLine(gone.Message);
            }
        }
        WriteText(zip, "matches.csv", ToCsv(matches));
        if (missing.Length > 0)
            WriteText(zip, "missing.txt", missing.ToString());
    }

    private static void WriteText(ZipArchive zip, string name, string text)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }

    // A name that begins with one of these is a formula to a spreadsheet; absolute paths never do, others are quoted by an apostrophe.
    private static string Field(string? text)
    {
        text ??= "";
        if (text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal))
            text = "'" + text;
        return text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string SafeName(string path) =>
        string.Concat(
            Path.GetFileName(path)
                .Select(letter => char.IsControl(letter) || "<>:\"/\\|?*".Contains(letter, StringComparison.Ordinal) ? '_' : letter)
        );
}
