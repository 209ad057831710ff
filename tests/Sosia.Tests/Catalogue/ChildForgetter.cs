using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Catalogue.Sqlite.Engine;
using SQLitePCL;

namespace Sosia.Tests.Catalogue;

/// <summary>Forgets photos in a process of its own that comes to its end while the file is written anew.</summary>
public static class ChildForgetter
{
    private const string DirectoryVariable = "SOSIA_TEST_CHILD_FORGETTER";
    private const string PhotosVariable = "SOSIA_TEST_CHILD_FORGETTER_PHOTOS";
    private const string EndVariable = "SOSIA_TEST_CHILD_FORGETTER_END";

    /// <summary>What keeps the file from being written anew.</summary>
    public enum End
    {
        /// <summary>The process is killed, as by kill -9.</summary>
        Killed,

        /// <summary>The operating system lets no file grow.</summary>
        DiskFull,
    }

    /// <returns>What the child said of the result; empty when it was killed before.</returns>
    public static async Task<string> Run(string directory, IEnumerable<PhotoId> photos, End end)
    {
        var start = ThisProgram.Again();
        start.Environment[DirectoryVariable] = directory;
        start.Environment[PhotosVariable] = string.Join(' ', photos);
        start.Environment[EndVariable] = $"{end}";
        using var child = Process.Start(start)!;
        var said = (await child.StandardOutput.ReadToEndAsync()).Trim();
        await child.WaitForExitAsync();
        return said;
    }

    [ModuleInitializer]
    internal static void BecomeChildWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is not { Length: > 0 } directory)
            return;
        PhotoId[] photos = [.. Environment.GetEnvironmentVariable(PhotosVariable)!.Split(' ').Select(id => new PhotoId(long.Parse(id)))];
        var file = new SqliteCatalogueStore(directory).File;
        PageChecksums.Use();
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False;Foreign Keys=True");
        connection.Open();
        using var writer = new SqliteWriter(new SqliteDatabase(connection, file), new WriterLock(directory, TimeProvider.System));
        WhenRewriting(connection, Enum.Parse<End>(Environment.GetEnvironmentVariable(EndVariable)!) == End.Killed ? Kill : LimitFiles);
        var forgotten = writer.Forget(photos, []);
        Console.WriteLine($"Overwritten: {forgotten.Overwritten}. {forgotten.NotOverwritten}");
        Environment.Exit(0);

        void LimitFiles() => OperatingSystemLimits.LimitFileSize(new FileInfo(file).Length / 2);
    }

    private static void Kill() => Process.GetCurrentProcess().Kill();

    /// <summary>Does something once, in the middle of the VACUUM.</summary>
    private static void WhenRewriting(SqliteConnection connection, Action action)
    {
        var begun = false;
        raw.sqlite3_trace(connection.Handle, (_, sql) => begun |= sql.StartsWith("VACUUM", StringComparison.Ordinal), null);
        raw.sqlite3_progress_handler(
            connection.Handle,
            100,
            _ =>
            {
                if (begun)
                    action();
                begun = false;
                return 0;
            },
            null
        );
    }
}
