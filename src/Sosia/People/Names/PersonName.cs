using System.Text;

namespace Sosia.People.Names;

/// <summary>Names of people and cases as they are kept and compared.</summary>
internal static class PersonName
{
    private const int MostLetters = 200;

    /// <summary>
    /// A name as it is kept: composed (NFC), without spaces around it, one space between words, and without the invisible marks that turn
    /// the direction of text.
    /// </summary>
    /// <exception cref="PeopleException">Nothing is left of it, it is too long, or it holds a control character.</exception>
    public static string Clean(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var words = new StringBuilder();
        foreach (var rune in CanonicalForm.Of(name).EnumerateRunes())
        {
            if (IsDirection(rune.Value))
                continue;
            if (Rune.IsWhiteSpace(rune))
            {
                if (words.Length > 0 && words[^1] != ' ')
                    words.Append(' ');
            }
            else if (Rune.IsControl(rune))
                throw new PeopleException($"A name can't hold a control character (U+{rune.Value:X4}); leave it out.");
            else
                words.Append(rune.ToString());
        }
        var clean = words.ToString().TrimEnd();
        if (clean.Length == 0)
            throw new PeopleException("A name needs at least one letter.");
        if (clean.Length > MostLetters)
            throw new PeopleException($"A name has {MostLetters} letters at most, this one {clean.Length}; shorten it.");
        return clean;
    }

    /// <summary>Whether two names are the same to people: in whatever case they are written.</summary>
    public static bool AreSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static bool IsDirection(int point) =>
        point is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
