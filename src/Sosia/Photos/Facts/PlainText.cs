using System.Globalization;
using System.Text;

namespace Sosia.Photos.Facts;

/// <summary>Text of strangers as one plain line.</summary>
internal static class PlainText
{
    /// <summary>
    /// The text without what is no text: control characters and line breaks become spaces, marks that turn the direction of what follows
    /// and halves of characters go, runs of spaces become one.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="most">Characters kept, at most; an ellipsis stands for the rest.</param>
    /// <returns>Null where nothing is left.</returns>
    public static string? Of(string? text, int most)
    {
        if (text is null)
            return null;
        var plain = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.EnumerateRunes())
        {
            if (plain.Length >= most)
            {
                plain.Append('…');
                break;
            }
            if (Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control)
            {
                if (plain.Length > 0 && plain[^1] != ' ')
                    plain.Append(' ');
            }
            else if (!IsTurn(rune) && rune != Rune.ReplacementChar)
            {
                plain.Append(rune.ToString());
            }
        }
        return plain.ToString().Trim() is { Length: > 0 } kept ? kept : null;
    }

    private static bool IsTurn(Rune rune) => rune.Value is 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
