using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sosia.Catalogue.Sqlite;

namespace Sosia.Tests.Catalogue;

/// <summary>
/// Makes or restores a backup in a process of its own, for tests that kill it. It prints a line when it begins, one before it replaces what
/// the catalogue holds, and one when it is done.
/// </summary>
internal static class ChildBackup
{
    public const string Begins = "begins",
        Replaces = "replaces",
        IsDone = "done";

    private const string DirectoryVariable = "SOSIA_TEST_CHILD_BACKUP";
    private const string FileVariable = "SOSIA_TEST_CHILD_BACKUP_FILE";
    private const string RestoreVariable = "SOSIA_TEST_CHILD_BACKUP_RESTORE";

    public static Process StartBackup(string directory, string file) => Start(directory, file, restore: false);

    public static Process StartRestore(string directory, string file) => Start(directory, file, restore: true);

    private static Process Start(string directory, string file, bool restore)
    {
        var start = ThisProgram.Again();
        start.Environment[DirectoryVariable] = directory;
        start.Environment[FileVariable] = file;
        start.Environment[RestoreVariable] = $"{restore}";
        return Process.Start(start)!;
    }

    [ModuleInitializer]
    internal static void BecomeChildWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is not { Length: > 0 } directory)
            return;
        var file = Environment.GetEnvironmentVariable(FileVariable)!;
        var backup = new SqliteBackup(new SqliteCatalogueStore(directory));
        Console.WriteLine(Begins);
        if (bool.Parse(Environment.GetEnvironmentVariable(RestoreVariable)!))
            backup.Restore(file, replace: true, () => Console.WriteLine(Replaces));
        else
            backup.Make(file, replace: true);
        Console.WriteLine(IsDone);
        Environment.Exit(0);
    }
}
