using System.Net;
using System.Text;
using Sosia.Vectors;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Reports;

/// <summary>The nearest rows of one as a grid of pictures on a page of its own, the way the student project looked at them.</summary>
public static class NeighboursPage
{
    private const int Side = 150;

    /// <summary>Writes the page, complete or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Which rows were searched.</param>
    /// <param name="files">The image of each row; the folder of an image is called like the person.</param>
    /// <param name="query">The row that was asked for.</param>
    /// <param name="found">The answer.</param>
    /// <exception cref="IOException">An image of the answer is not there, or the disk is full or refuses.</exception>
    public static void Write(string path, string name, IReadOnlyList<string> files, int query, IReadOnlyList<Neighbor> found)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(found);
        var gone = found.Select(neighbor => neighbor.Row).Append(query).FirstOrDefault(row => !File.Exists(files[row]), -1);
        if (gone >= 0)
            throw new FileNotFoundException(
                $"Row {gone} is of {files[gone]}, which is not there; say where the images are with --images DIR."
            );
        var page = Encoding.UTF8.GetBytes(Make(name, files, query, found));
        DerivedFile.Write(path, stream => stream.Write(page));
    }

    private static string Make(string name, IReadOnlyList<string> files, int query, IReadOnlyList<Neighbor> found)
    {
        var others = found.Where(neighbor => neighbor.Row != query).ToArray();
        var same = others.Count(neighbor => Person(files[neighbor.Row]) == Person(files[query]));
        var page = new StringBuilder(
            $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sosia: neighbours of row {{query}}</title>
            <style>
            :root { font: 16px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff }
            body { max-width: 66rem; margin: 2rem auto; padding: 0 1rem }
            .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .8rem }
            figure { margin: 0 } figure img { width: 100%; aspect-ratio: 1; object-fit: cover; border: 4px solid transparent;
            box-sizing: border-box }
            .query img { border-color: #1f5fbf } .same img { border-color: #1f8a4c }
            figcaption { font-size: .85rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums }
            </style></head><body>
            <h1>Neighbours of row {{query}}, {{WebUtility.HtmlEncode(Person(files[query]).Replace('_', ' '))}}</h1>
            <p>The nearest {{found.Count:N0}} of {{files.Count:N0}} rows in {{WebUtility.HtmlEncode(
                name
            )}}. Of the {{others.Length:N0}} other images, {{same:N0}} show the same person (green frame); the query has a blue one.</p>
            <div class="grid">

            """
        );
        foreach (var neighbor in found)
            Picture(
                page,
                files[neighbor.Row],
                neighbor,
                neighbor.Row == query ? "query"
                    : Person(files[neighbor.Row]) == Person(files[query]) ? "same"
                    : "other"
            );
        return page.Append("</div></body></html>\n").ToString();
    }

    private static void Picture(StringBuilder page, string file, Neighbor neighbor, string kind)
    {
        var title = WebUtility.HtmlEncode(Path.GetFileNameWithoutExtension(file));
        page.Append($"<figure class=\"{kind}\">");
        if (ReportPicture.Of(file, Side) is { } jpeg)
            page.Append($"<img alt=\"{title}\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\">");
        page.Append($"<figcaption>{title}<br>row {neighbor.Row}, distance {neighbor.Distance:G6}</figcaption></figure>\n");
    }

    private static string Person(string file) => Path.GetFileName(Path.GetDirectoryName(file)) ?? "";
}
