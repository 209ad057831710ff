using System.Globalization;
using System.Net;
using System.Text;
using Sosia.Faces;
using Sosia.Photos.Facts;
using Sosia.Pictures;
using Sosia.Search;
using Sosia.Vectors.Files;

namespace Sosia.Reports;

/// <summary>The pictures of a page, and where it leads: a page is for the person at this machine, or for somebody far away.</summary>
internal interface ISearchPageSource
{
    /// <summary>A small WebP of a photo that was searched with; null when there is none any more.</summary>
    /// <param name="query">Its place in <see cref="SearchResult.Queries"/>.</param>
    /// <param name="cancellation">Cancels the work.</param>
    ValueTask<byte[]?> PictureOfQuery(int query, CancellationToken cancellation);

    /// <summary>A small WebP of a match; null when its photo is gone or was changed.</summary>
    ValueTask<byte[]?> PictureOf(Match match, CancellationToken cancellation);

    /// <summary>What a photo's name links to; null where the reader may not know where it lies.</summary>
    /// <param name="path">The photo's path.</param>
    Uri? LinkTo(string path);
}

/// <summary>The answer to a search as one self-contained HTML page: pictures inside, nothing loaded from anywhere.</summary>
internal static class SearchPage
{
    /// <summary>Longest side of a picture, in pixels: one of those that <see cref="CollectionPictures.Thumbnail"/> keeps.</summary>
    public const int Side = 320;

    /// <summary>Writes a page for the person at this machine: names link to the files. Complete or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="result">The answer; its queries were read from files.</param>
    /// <param name="pictures">Pictures of the collection that gave it.</param>
    /// <param name="cancellation">Checked before each picture.</param>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static void Write(string path, SearchResult result, CollectionPictures pictures, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(result);
        var source = new LocalPageSource(pictures, result.Queries);
        DerivedFile.Write(path, stream => WriteAsync(stream, result, source, cancellation).GetAwaiter().GetResult());
    }

    /// <summary>Writes the page piece by piece: one picture is in memory at a time.</summary>
    /// <param name="into">Where it goes, as UTF-8; stays open.</param>
    /// <param name="result">The answer.</param>
    /// <param name="source">Its pictures.</param>
    /// <param name="cancellation">Checked before each picture.</param>
    /// <exception cref="IOException">The stream refuses.</exception>
    public static async Task WriteAsync(
        Stream into,
        SearchResult result,
        ISearchPageSource source,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(source);
        await using var page = new StreamWriter(into, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        await page.WriteAsync(Head(result));
        for (var i = 0; i < result.Queries.Count; i++)
        {
            var query = result.Queries[i];
            var picture = new Picture(
                await source.PictureOfQuery(i, cancellation),
                query.Face < 0 ? null : query.BoxOf(query.Face),
                query.Width,
                query.Height
            );
            await page.WriteAsync(Figure(picture, Name(query.Path, source), ""));
        }
        await page.WriteAsync("</main><h2>Matches</h2><main>");
        foreach (var match in result.Matches)
        {
            cancellation.ThrowIfCancellationRequested();
            var picture = new Picture(await source.PictureOf(match, cancellation), match.Face?.Box, match.Photo.Width, match.Photo.Height);
            var below = match.FoundBy == FoundBy.Person && match.Score < result.Threshold;
            await page.WriteAsync(Figure(picture, Caption(match, result.By, source), below ? "below" : ""));
            await page.FlushAsync(cancellation);
        }
        await page.WriteAsync("</main></body></html>");
    }

    private static string Head(SearchResult result) =>
        $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sosia: search</title>
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
            """;

    private static string Caption(Match match, SearchBy by, ISearchPageSource source)
    {
        var meaning = match.IsQuery ? "the query itself" : match.Sentence;
        var taken = match.Photo.Taken is { From: not TimeSource.File } at ? $"{at.Clock:yyyy-MM-dd HH:mm}<br>" : "";
        var caption = match.Photo.Facts.Caption is { } text ? $"{WebUtility.HtmlEncode(text)}<br>" : "";
        var like = match.CountLikeIt > 0 ? $" <i>and {match.CountLikeIt:N0} like it</i>" : "";
        var found = by == SearchBy.Both ? $" <i>by {(match.FoundBy == FoundBy.Both ? "person and look" : match.FoundBy)}</i>" : "";
        return $"<b>{match.Rank}. {match.Score:F3}</b>{found} {WebUtility.HtmlEncode(meaning)}<br>"
            + $"{caption}{taken}{Name(match.Path, source)}{like}";
    }

    private static string Sentence(SearchResult result) =>
        result.Found switch
        {
            0 when result.By != SearchBy.Person => "No other photo was found",
            var photos when result.By == SearchBy.Copy =>
                $"{photos:N0} {(photos == 1 ? "photo" : "photos")} of this picture among {result.PhotosSearched:N0}",
            var photos when result.By == SearchBy.Look =>
                $"The {(photos == 1 ? "photo" : $"{photos:N0} photos")} of {result.PhotosSearched:N0} that "
                    + $"{(photos == 1 ? "looks" : "look")} most alike",
            var photos when result.By == SearchBy.Both =>
                $"{photos:N0} {(photos == 1 ? "photo" : "photos")} by person and by look, among {result.FacesSearched:N0} faces and "
                    + $"{result.PhotosSearched:N0} photos",
            0 => $"Nobody in this collection reaches the threshold {result.Threshold:F3}",
            1 => $"1 photo with this person among {result.FacesSearched:N0} faces",
            var photos => $"{photos:N0} photos with this person among {result.FacesSearched:N0} faces",
        };

    /// <summary>The file's name; where the reader may know, a click opens it, and a pointer over it tells where it lies.</summary>
    private static string Name(string path, ISearchPageSource source)
    {
        var name = WebUtility.HtmlEncode(Path.GetFileName(path));
        return source.LinkTo(path) is { } link
            ? $"<a href=\"{WebUtility.HtmlEncode(link.AbsoluteUri)}\" title=\"{WebUtility.HtmlEncode(link.LocalPath)}\">{name}</a>"
            : name;
    }

    private static string Figure(Picture picture, string caption, string style)
    {
        var figure = new StringBuilder($"<figure class=\"{style}\"><div class=\"photo\">");
        if (picture.WebP is { } bytes)
            figure.Append($"<img alt=\"\" src=\"data:image/webp;base64,{Convert.ToBase64String(bytes)}\">");
        if (picture.Face is { } box)
        {
            var (across, down) = (100 / (float)picture.Width, 100 / (float)picture.Height);
            figure.Append(
                CultureInfo.InvariantCulture,
                $"<div class=\"box\" style=\"left:{across * box.Left:F2}%;top:{down * box.Top:F2}%;"
                    + $"width:{across * box.Width:F2}%;height:{down * box.Height:F2}%\"></div>"
            );
        }
        return figure.Append($"</div><figcaption>{caption}</figcaption></figure>").ToString();
    }

    /// <summary>A photo as the page shows it.</summary>
    /// <param name="WebP">Its picture; null when there is none any more.</param>
    /// <param name="Face">The box drawn over it, in pixels of the upright original.</param>
    /// <param name="Width">Columns of the original.</param>
    /// <param name="Height">Rows of the original.</param>
    private readonly record struct Picture(byte[]? WebP, Box? Face, int Width, int Height);
}
