using System.Globalization;

namespace Sosia.Tests.Shared;

/// <summary>
/// Which faults a test tries: a few with every run of the tests, many with <c>eng/faults.sh --long</c>, which goes on where it was ended. A
/// fault is known by its seed, and is tried again alone by it.
/// </summary>
internal static class FaultRun
{
    private const int WrittenEvery = 50;

    /// <summary>Whether <c>eng/faults.sh</c> runs, and nothing else with it.</summary>
    public static bool IsAskedFor => Environment.GetEnvironmentVariable("SOSIA_FAULTS_ASKED") == "1";

    /// <summary>
    /// Whether as many are tried as with every run of the tests: then all kinds of answers come up, which a single fault need not show.
    /// </summary>
    public static bool IsUsual => !IsLong && Count() is null && Environment.GetEnvironmentVariable("SOSIA_FAULTS_SEED") is null;

    /// <summary>Whether this is the long run.</summary>
    public static bool IsLong => LongFolder is { Length: > 0 };

    private static string? LongFolder => Environment.GetEnvironmentVariable("SOSIA_FAULTS_LONG");

    /// <summary>The seeds to try.</summary>
    /// <param name="name">The kind of faults.</param>
    /// <param name="usual">How many with every run of the tests.</param>
    /// <param name="many">How many in the long run.</param>
    public static IEnumerable<int> Seeds(string name, int usual, int many)
    {
        var first = int.Parse(Environment.GetEnvironmentVariable("SOSIA_FAULTS_SEED") ?? "1", CultureInfo.InvariantCulture);
        if (LongFolder is not { Length: > 0 } folder)
            return Enumerable.Range(first, Count() ?? usual);
        var done = Path.Combine(folder, name);
        if (File.Exists(done))
            first = int.Parse(File.ReadAllText(done), CultureInfo.InvariantCulture) + 1;
        var count = Math.Min(Count() ?? many, Math.Max(0, many - first + 1));
        return Enumerable.Range(first, count).Select(seed => Note(seed, done, isLast: seed == first + count - 1));
    }

    private static int? Count() =>
        int.TryParse(Environment.GetEnvironmentVariable("SOSIA_FAULTS"), CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <summary>Called before a seed is tried: the ones before it are done.</summary>
    private static int Note(int seed, string done, bool isLast)
    {
        if (seed % WrittenEvery == 0 || isLast)
            File.WriteAllText(done, (seed - 1).ToString(CultureInfo.InvariantCulture));
        return seed;
    }
}
