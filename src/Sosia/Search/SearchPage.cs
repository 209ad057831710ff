using System.Net;
using System.Text;
using NetVips;
using Sosia.Faces;
using Sosia.Vectors.Files;

namespace Sosia.Search;

/// <summary>The answer to a search as one self-contained HTML page: pictures inside, nothing loaded from anywhere.</summary>
public static class SearchPage
{
    private const int Side = 480;

    /// <summary>Writes the page, complete or not at all.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static void Write(string path, SearchResult result)
    {
        var page = Encoding.UTF8.GetBytes(Make(result));
        DerivedFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page's text.</summary>
    public static string Make(SearchResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var page = new StringBuilder($$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sosia: search</title>
            <style>
            :root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif }
            body { max-width: 80rem; margin: 2rem auto; padding: 0 1rem }
            main { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1.5rem }
            figure { margin: 0 } .photo { position: relative } .photo img { width: 100%; display: block; border-radius: .4rem }
            .box { position: absolute; border: 3px solid #ffd400; outline: 1px solid #000; border-radius: .2rem }
            figcaption { overflow-wrap: anywhere } .below { opacity: .55 }
            </style></head><body>
            <h1>{{Sentence(result)}}</h1>
            <h2>Searched with</h2><main>
            """);
        foreach (var query in result.Queries)
            Figure(page, query.Path, query.Face < 0 ? null : query.BoxOf(query.Face), (query.Width, query.Height), Link(query.Path), "");
        page.Append("</main><h2>Matches</h2><main>");
        foreach (var match in result.Matches)
        {
            var meaning = match.IsQuery ? "the query itself" : match.Sentence;
            var found = result.By == SearchBy.Both ? $" <i>by {(match.FoundBy == FoundBy.Both ? "person and look" : match.FoundBy)}</i>" : "";
            Figure(page, match.Path, match.Face?.Box, (match.Photo.Width, match.Photo.Height),
                $"<b>{match.Rank}. {match.Score:F3}</b>{found} {WebUtility.HtmlEncode(meaning)}<br>{Link(match.Path)}", match.FoundBy == FoundBy.Person && match.Score < result.Threshold ? "below" : "");
        }
        return page.Append("</main></body></html>").ToString();
    }

    private static string Sentence(SearchResult result) => result.Found switch
    {
        0 when result.By != SearchBy.Person => "No other photo was found",
        var photos when result.By == SearchBy.Look => $"The {(photos == 1 ? "photo" : $"{photos:N0} photos")} of {result.PhotosSearched:N0} that {(photos == 1 ? "looks" : "look")} most alike",
        var photos when result.By == SearchBy.Both => $"{photos:N0} {(photos == 1 ? "photo" : "photos")} by person and by look, among {result.FacesSearched:N0} faces and {result.PhotosSearched:N0} photos",
        0 => $"Nobody in this collection reaches the threshold {result.Threshold:F3}",
        1 => $"1 photo with this person among {result.FacesSearched:N0} faces",
        var photos => $"{photos:N0} photos with this person among {result.FacesSearched:N0} faces",
    };

    /// <summary>The file's name; a click opens it, and a pointer over it tells where it lies.</summary>
    private static string Link(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        return $"<a href=\"{WebUtility.HtmlEncode(new Uri(full).AbsoluteUri)}\" title=\"{WebUtility.HtmlEncode(full)}\">{WebUtility.HtmlEncode(System.IO.Path.GetFileName(full))}</a>";
    }

    private static void Figure(StringBuilder page, string path, Box? face, (int Width, int Height) size, string caption, string style)
    {
        page.Append($"<figure class=\"{style}\"><div class=\"photo\">");
        if (Thumbnail(path) is { } jpeg) page.Append($"<img alt=\"\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\">");
        if (face is { } box)
            page.Append(FormattableString.Invariant(
                $"<div class=\"box\" style=\"left:{100 * box.Left / size.Width:F2}%;top:{100 * box.Top / size.Height:F2}%;width:{100 * box.Width / size.Width:F2}%;height:{100 * box.Height / size.Height:F2}%\"></div>"));
        page.Append($"</div><figcaption>{caption}</figcaption></figure>");
    }

    /// <returns>A small JPEG; null when the photo is gone or can't be read any more.</returns>
    internal static byte[]? Thumbnail(string path, int side = Side)
    {
        try
        {
            using var small = Image.Thumbnail(path, side, height: side, size: Enums.Size.Down, outputProfile: "srgb");
            using var opaque = small.HasAlpha() ? small.Flatten() : small.Copy();
            return opaque.JpegsaveBuffer(q: 82, keep: Enums.ForeignKeep.None);
        }
        catch (VipsException)
        {
            return null;
        }
    }
}
