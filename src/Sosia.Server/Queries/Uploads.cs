using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Safety.Admission;

namespace Sosia.Server.Queries;

/// <summary>A file of a multipart body.</summary>
internal readonly record struct UploadedFile(string Name, byte[] Bytes);

/// <summary>
/// A multipart body, read into memory part by part; the framework's own way would put large files on the disk. The memory is taken from
/// the budget before the first byte is read, and given back when the photos have been worked on.
/// </summary>
internal sealed record Uploads(IReadOnlyList<UploadedFile> Photos, SearchBody? Options, IDisposable Memory) : IDisposable
{
    private const int LongestName = 200,
        LongestOptions = 64 << 10,
        PieceBytes = 64 << 10,
        BoundaryLimit = 128,
        HeadersLimit = 4096;

    /// <summary>What a body may take, in its own lengths: itself, and a copy where its length was guessed wrongly.</summary>
    private const int Copies = 2;

    public void Dispose() => Memory.Dispose();

    /// <exception cref="ProblemException">Not multipart, damaged, too many parts, or parts that nobody asked for.</exception>
    public static async Task<Uploads> ReadAsync(
        HttpRequest request,
        ServerOptions options,
        BodyBudget budget,
        CancellationToken cancellation
    )
    {
        var length = request.ContentLength ?? options.MaxBody;
        if (length > options.MaxBody)
            _ = await request.Body.ReadAsync(new byte[1], cancellation); // refused by the server itself, before memory is asked for
        var memory = await budget.TakeAsync(Copies * Math.Min(length, options.MaxBody), cancellation);
        try
        {
            var (photos, search) = await ReadAsync(request, Math.Min(length, options.MaxBody), options.MaxParts, cancellation);
            return new Uploads(photos, search, memory);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private static async Task<(IReadOnlyList<UploadedFile> Photos, SearchBody? Options)> ReadAsync(
        HttpRequest request,
        long length,
        int maxParts,
        CancellationToken cancellation
    )
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.MediaType != "multipart/form-data")
            throw new ProblemException("wrong-media-type", 415, "Expected multipart/form-data with a part named photo.");
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is not { Length: > 0 and <= BoundaryLimit })
            throw ProblemException.BadRequest("The multipart body has no boundary, or one that is too long.");

        var photos = new List<UploadedFile>();
        SearchBody? options = null;
        var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = HeadersLimit };
        try
        {
            for (var parts = 0; await reader.ReadNextSectionAsync(cancellation) is { } section; )
            {
                if (++parts > maxParts)
                    throw ProblemException.BadRequest($"The body has more than {maxParts} parts.");
                var (name, file) = NameOf(section);
                var left = length - photos.Sum(photo => (long)photo.Bytes.Length);
                if (name == "photo")
                    photos.Add(new(file, await All(section, left, boundary, cancellation)));
                else if (name == "options" && options is null)
                    options = Parse(await All(section, Math.Min(left, LongestOptions + 1), boundary, cancellation));
                else
                    throw ProblemException.BadRequest("Expected parts named photo and at most one named options.");
            }
        }
        catch (Exception damaged)
            when (damaged is InvalidDataException || (damaged is IOException && damaged is not BadHttpRequestException))
        {
            throw ProblemException.BadRequest("The multipart body is damaged or ends too early.");
        }
        return photos.Count > 0 ? (photos, options) : throw ProblemException.BadRequest("The body has no part named photo.");
    }

    private static (string Name, string File) NameOf(MultipartSection section)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            return ("", "");
        var file =
            (disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName)).Value ?? "";
        return (HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "", Harmless(file));
    }

    /// <summary>Only a name for people: no folders, no control characters, not too long.</summary>
    private static string Harmless(string name)
    {
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        name = string.Concat(name.Where(letter => !char.IsControl(letter)).Take(LongestName));
        return name is "" or "." or ".." ? "photo" : name;
    }

    /// <summary>
    /// Reads a part into an array of its length. How long it is no header says, but what every program writes around the only part of a
    /// body is known; where the guess is wrong, the array is copied.
    /// </summary>
    private static async Task<byte[]> All(MultipartSection section, long bodyLength, string boundary, CancellationToken cancellation)
    {
        var bytes = new byte[Math.Max(bodyLength - Around(section, boundary), PieceBytes)];
        var piece = new byte[PieceBytes];
        var read = await section.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        for (int more; read == bytes.Length && (more = await section.Body.ReadAsync(piece, cancellation)) > 0; read += more)
        {
            Array.Resize(ref bytes, (int)Math.Min(2L * bytes.Length, Array.MaxLength));
            piece.AsSpan(0, more).CopyTo(bytes.AsSpan(read));
            var rest = bytes.AsMemory(read + more);
            read += await section.Body.ReadAtLeastAsync(rest, rest.Length, throwOnEndOfStream: false, cancellation);
        }
        Array.Resize(ref bytes, read); // which leaves an array of this length as it is
        return bytes;
    }

    /// <summary>Bytes around the only part of a body: <c>--boundary</c>, its headers, and <c>--boundary--</c> at the end.</summary>
    private static int Around(MultipartSection section, string boundary)
    {
        const int Marks = 2 + 2 + 2 + 2 + 2 + 2 + 2; // dashes and ends of lines
        var headers = (section.Headers ?? []).Sum(header =>
            header.Key.Length + 2 + Encoding.UTF8.GetByteCount(header.Value.ToString()) + 2
        );
        return 2 * boundary.Length + headers + Marks;
    }

    private static SearchBody? Parse(byte[] json)
    {
        if (json.Length > LongestOptions)
            throw ProblemException.BadRequest("The options are too long.");
        try
        {
            return JsonSerializer.Deserialize(json, ServerJson.Default.SearchBody);
        }
        catch (JsonException error)
        {
            throw ProblemException.BadRequest($"The options can't be read: {error.Message}");
        }
    }
}
