using System.Text;

namespace Sosia.Postgres.Catalogue;

/// <summary>Text that PostgreSQL stores: valid, and without NUL. What photos say of themselves need not be.</summary>
internal static class StorableText
{
    /// <summary>A value, with what can't be stored of a text replaced by U+FFFD.</summary>
    public static object? Of(object? value) => value is string text && !IsStorable(text) ? Replaced(text) : value;

    private static bool IsStorable(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            return false;
        if (Ascii.IsValid(text))
            return true;
        for (var rest = text.AsSpan(); rest.Length > 0; )
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != System.Buffers.OperationStatus.Done)
                return false;
            rest = rest[length..];
        }
        return true;
    }

    private static string Replaced(string text) =>
        string.Concat(text.EnumerateRunes().Select(rune => rune.Value == 0 ? Rune.ReplacementChar.ToString() : rune.ToString()));
}
