using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;

namespace Sosia.Tests.Catalogue;

/// <summary>
/// A writer in a process of its own, for tests that kill it: this same test program, started again with a directory in its environment.
/// It commits photo after photo and prints a line for each that was acknowledged.
/// </summary>
internal static class ChildWriter
{
    private const string DirectoryVariable = "SOSIA_TEST_CHILD_WRITER";
    private const string FileLimitVariable = "SOSIA_TEST_CHILD_FILE_LIMIT";

    /// <summary>Starts the child; what it says comes on its standard output.</summary>
    /// <param name="directory">The collection's directory.</param>
    /// <param name="fileLimit">Bytes beyond which the operating system refuses to let a file grow; 0 for none.</param>
    public static Process Start(string directory, long fileLimit = 0)
    {
        var start = ThisProgram.Again();
        start.Environment[DirectoryVariable] = directory;
        start.Environment[FileLimitVariable] = $"{fileLimit}";
        return Process.Start(start)!;
    }

    /// <summary>The content, path and faces of the child's photo of a number.</summary>
    public static PhotoRead Outcome(int number) =>
        Some.Read($"/photos/{number}.jpg", $"{number}", [.. Enumerable.Range(1, number % 4).Select(face => Some.Face(face + 10 * number))]);

    [ModuleInitializer]
    internal static void BecomeChildWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is not { Length: > 0 } directory)
            return;
        try
        {
            if (long.Parse(Environment.GetEnvironmentVariable(FileLimitVariable)!) is > 0 and var limit)
                OperatingSystemLimits.LimitFileSize(limit);
            WriteOn(directory);
        }
        catch (CatalogueException stopped)
        {
            Console.WriteLine($"{stopped.Problem}: {stopped.Message}");
        }
        Environment.Exit(0);
    }

    private static void WriteOn(string directory)
    {
        using var writer = new SqliteCatalogueStore(directory).OpenIndexer();
        var space = writer.EnsureSpace(Some.Space());
        for (var number = (int)writer.Count().Total; ; number++)
        {
            writer.Commit(space, [Outcome(number)]);
            Console.WriteLine($"{number}.");
        }
    }
}
