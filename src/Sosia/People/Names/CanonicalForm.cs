using System.Globalization;
using System.Text;

namespace Sosia.People.Names;

/// <summary>
/// The canonical composition of Unicode (NFC, Unicode Standard Annex 15), in which an accented letter is one text however it was typed.
/// <see cref="string.Normalize()"/> does nothing where a program runs without ICU, as this one does.
/// </summary>
internal static class CanonicalForm
{
    // Hangul syllables are computed: Unicode Standard, section 3.12.
    private const int FirstSyllable = 0xAC00,
        FirstLead = 0x1100,
        FirstVowel = 0x1161,
        FirstTail = 0x11A7,
        Leads = 19,
        Vowels = 21,
        Tails = 28;

    private static readonly Lazy<Tables> Table = new(Tables.Read);

    /// <summary>The composed form of a text. What is no valid text (half a surrogate pair) is replaced.</summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var runes = new List<Rune>();
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, runes);
        Order(runes);
        return string.Concat(Compose(runes).Select(rune => rune.ToString()));
    }

    private static void Decompose(int point, List<Rune> into)
    {
        var syllable = point - FirstSyllable;
        if (syllable is >= 0 and < Leads * Vowels * Tails)
        {
            into.Add(new Rune(FirstLead + syllable / (Vowels * Tails)));
            into.Add(new Rune(FirstVowel + syllable % (Vowels * Tails) / Tails));
            if (syllable % Tails != 0)
                into.Add(new Rune(FirstTail + syllable % Tails));
        }
        else if (Table.Value.Decompositions.TryGetValue(point, out var parts))
            foreach (var part in parts)
                Decompose(part, into);
        else
            into.Add(new Rune(point));
    }

    /// <summary>Marks on one letter stand in order of their class; those of one class as they were.</summary>
    private static void Order(List<Rune> runes)
    {
        for (var i = 1; i < runes.Count; i++)
        for (var at = i; at > 0 && ClassOf(runes[at]) is > 0 and var order && ClassOf(runes[at - 1]) > order; at--)
            (runes[at - 1], runes[at]) = (runes[at], runes[at - 1]);
    }

    private static List<Rune> Compose(List<Rune> runes)
    {
        var composed = new List<Rune>();
        var starter = -1; // where the last letter stands
        foreach (var rune in runes)
        {
            var order = ClassOf(rune);
            var isNext = starter >= 0 && (starter == composed.Count - 1 || (ClassOf(composed[^1]) is > 0 and var last && last < order));
            if (isNext && Pair(composed[starter].Value, rune.Value) is { } both)
            {
                composed[starter] = new Rune(both);
                continue;
            }
            if (order == 0)
                starter = composed.Count;
            composed.Add(rune);
        }
        return composed;
    }

    private static int? Pair(int one, int other)
    {
        var (lead, vowel) = (one - FirstLead, other - FirstVowel);
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels)
            return FirstSyllable + (lead * Vowels + vowel) * Tails;
        var (syllable, tail) = (one - FirstSyllable, other - FirstTail);
        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && tail is > 0 and < Tails)
            return one + tail;
        return Table.Value.Compositions.TryGetValue((one, other), out var both) ? both : null;
    }

    private static int ClassOf(Rune rune) => Table.Value.Classes.GetValueOrDefault(rune.Value);

    /// <summary>Written by eng/canonical-forms.py, which says what a line means.</summary>
    private sealed record Tables(
        Dictionary<int, int> Classes,
        Dictionary<int, int[]> Decompositions,
        Dictionary<(int, int), int> Compositions
    )
    {
        public static Tables Read()
        {
            var tables = new Tables([], [], []);
            using var stream = typeof(CanonicalForm).Assembly.GetManifestResourceStream("canonical-forms.txt")!;
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
                tables.Add(line.Split(' '));
            return tables;
        }

        private void Add(string[] words)
        {
            var point = Hex(words[1]);
            if (words[0] == "c")
            {
                Classes.Add(point, int.Parse(words[2], CultureInfo.InvariantCulture));
                return;
            }
            int[] parts = [.. words[2..].Select(Hex)];
            Decompositions.Add(point, parts);
            if (words[0] == "d")
                Compositions.Add((parts[0], parts[1]), point);
        }

        private static int Hex(string word) => int.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
