using System.Text;

namespace Sosia.Cli.Output;

/// <summary>Names and numbers as people read them.</summary>
internal static class Text
{
    /// <summary>Control characters written out, so that a file's name can neither break a line nor command the terminal.</summary>
    public static string Printable(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        var shown = new StringBuilder();
        foreach (var letter in text)
            _ = letter switch
            {
                '\n' => shown.Append("\\n"),
                '\t' => shown.Append("\\t"),
                _ when char.IsControl(letter) => shown.Append($"\\x{(int)letter:x2}"),
                _ => shown.Append(letter),
            };
        return shown.ToString();
    }

    /// <summary>One line, one word: "1 photo", "13,233 photos".</summary>
    public static string Count(long count, string one, string? many = null) => $"{count:N0} {(count == 1 ? one : many ?? one + "s")}";

    public static string Bytes(long bytes) =>
        bytes switch
        {
            >= 1L << 30 => $"{bytes / (double)(1L << 30):F1} GB",
            >= 1L << 20 => $"{bytes / (double)(1L << 20):F1} MB",
            _ => $"{bytes / 1024.0:F0} KB",
        };
}
