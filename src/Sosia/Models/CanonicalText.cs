using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sosia.Models;

/// <summary>Facts as text that is the same everywhere: one a line, in a fixed order, numbers as the shortest text that reads back the
/// same. Its hash names what the facts are of.</summary>
internal static class CanonicalText
{
    /// <summary>The preprocessing that every network has.</summary>
    public static IEnumerable<string> Of(ModelInput input) =>
        [
            Invariant($"size {input.Width} {input.Height}"),
            Invariant($"fit {input.Fit}"),
            Invariant($"interpolation {input.Interpolation}"),
            Invariant($"layout {input.Layout}"),
            Invariant($"channels {input.Channels}"),
            $"mean {Numbers(input.Mean)}",
            $"scale {Numbers(input.Scale)}",
        ];

    /// <summary>Numbers with a space between.</summary>
    public static string Numbers(IEnumerable<float> values) =>
        string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>A line in no language.</summary>
    public static string Invariant(FormattableString line) => FormattableString.Invariant(line);

    /// <returns>SHA-256 of the lines, 64 lower-case hex digits.</returns>
    public static string Hash(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
}
