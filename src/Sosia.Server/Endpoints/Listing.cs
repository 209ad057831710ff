using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sosia.Server.Errors;
using Sosia.Server.Json;

namespace Sosia.Server.Endpoints;

/// <summary>Long lists: a page with a cursor, or all of it as NDJSON.</summary>
internal static class Listing
{
    public const string Ndjson = "application/x-ndjson";
    public const int Default = 100,
        Most = 1000;

    /// <summary>Marks a route that answers with pages.</summary>
    internal sealed record Paged;

    /// <summary>Answers with a page, or streams everything where the client asks for NDJSON.</summary>
    /// <param name="context">The request: its <c>after</c>, <c>limit</c> and <c>Accept</c>.</param>
    /// <param name="from">The items after a key, lazily, in order of key.</param>
    /// <param name="key">An item's key.</param>
    /// <param name="total">How many items there are.</param>
    /// <param name="types">How they are written.</param>
    public static async Task Answer<T>(
        HttpContext context,
        Func<long, IEnumerable<T>> from,
        Func<T, long> key,
        long total,
        (JsonTypeInfo<T> One, JsonTypeInfo<ListShape<T>> Page) types
    )
    {
        var query = context.Request.Query;
        var after = Cursor(query["after"]);
        if (context.Request.Headers.Accept.ToString().Contains(Ndjson, StringComparison.OrdinalIgnoreCase))
        {
            await Stream(context, from(after), types.One);
            return;
        }
        var limit = Limit(query["limit"]);
        var items = from(after).Take(limit + 1).ToList();
        string? next = null;
        if (items.Count > limit)
        {
            items.RemoveAt(limit);
            next = ToCursor(key(items[^1]));
        }
        await context.Response.WriteAsJsonAsync(
            new ListShape<T>(items, next, total),
            types.Page,
            cancellationToken: context.RequestAborted
        );
    }

    /// <summary>All items of something that comes in pages.</summary>
    /// <param name="after">The key to begin after.</param>
    /// <param name="page">The page after a key; empty at the end.</param>
    /// <param name="key">An item's key.</param>
    public static IEnumerable<T> All<T>(long after, Func<long, IReadOnlyList<T>> page, Func<T, long> key)
    {
        for (IReadOnlyList<T> items; (items = page(after)).Count > 0; after = key(items[^1]))
            foreach (var item in items)
                yield return item;
    }

    private static async Task Stream<T>(HttpContext context, IEnumerable<T> items, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = Ndjson;
        var written = 0;
        foreach (var item in items)
        {
            await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(item, type), context.RequestAborted);
            await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
            if (++written % 500 == 0)
                await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private static int Limit(string? text) =>
        text is null ? Default
        : int.TryParse(text, out var limit) && limit is >= 1 and <= Most ? limit
        : throw ProblemException.BadRequest($"The limit must lie between 1 and {Most:N0}, got '{text}'.");

    private static string ToCursor(long key)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, key);
        return Base64Url.EncodeToString(bytes);
    }

    private static long Cursor(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return 0;
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        var isNumber =
            text.Length == 11
            && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out var length)
            && length == bytes.Length;
        var key = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (!isNumber || key < 0)
            throw ProblemException.BadRequest("`after` is no cursor of this list: pass the `next` of the page before.");
        return key;
    }
}
