using System.Diagnostics;
using System.Runtime.InteropServices;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Catalogue.Sqlite.Engine;

namespace Sosia.Tests.Catalogue;

/// <summary>A backup or a restore that is killed at any moment leaves nothing in between, and nothing behind.</summary>
public sealed class SqliteKilledBackupTests : IDisposable
{
    private const int Kills = 20,
        Dimensions = 512,
        BackedUp = 600,
        Since = 150,
        Forgotten = 7;

    private readonly TemporaryDirectory _directory = new();

    private SqliteCatalogueStore Store => new(_directory["collection"]);

    private string BackupFile => _directory["kept/backup.db"];

    public void Dispose() => _directory.Dispose();

    [Fact, Slow]
    public async Task A_restore_killed_at_any_moment_leaves_the_catalogue_as_it_was_or_as_restored()
    {
        MakeBackup();
        var before = ForgetAndAddMore();
        var kept = File.ReadAllBytes(Store.File);
        string[] restored = [.. Enumerable.Range(0, BackedUp).Where(number => number != Forgotten).Select(PathOf).Order()];
        var (toReplace, whole) = await Measure();
        Assert.Equal(restored, Check());

        var random = new Random(815);
        var (unfinished, outcomes) = (0, new List<string>());
        for (var kill = 0; kill < Kills; kill++)
        {
            Directory.Delete(Store.DirectoryPath, recursive: true);
            Directory.CreateDirectory(Store.DirectoryPath);
            File.WriteAllBytes(Store.File, kept);
            using var child = ChildBackup.StartRestore(Store.DirectoryPath, BackupFile);
            // Half of the children are killed while they replace what is there, the others at any moment of the whole.
            var late = kill % 2 == 0;
            await WaitFor(child, late ? ChildBackup.Replaces : ChildBackup.Begins);
            await Task.Delay(random.Next(0, 1 + (int)(late ? whole - toReplace : whole).TotalMilliseconds));
            child.Kill();
            await child.WaitForExitAsync();
            unfinished += (await child.StandardOutput.ReadToEndAsync()).Contains(ChildBackup.IsDone, StringComparison.Ordinal) ? 0 : 1;

            var now = Check();
            Assert.True(now.SequenceEqual(before) || now.SequenceEqual(restored), $"{now.Length} photos after kill {kill}.");
            outcomes.Add(now.SequenceEqual(before) ? "as it was" : "as restored");
        }
        Assert.True(unfinished >= Kills / 4, $"Only {unfinished} were killed at work.");
        Assert.Contains("as it was", outcomes);
    }

    [Fact, Slow]
    public async Task What_a_killed_backup_left_is_deleted_by_the_next_one_to_the_same_place()
    {
        MakeBackup();
        var whole = Stopwatch.StartNew();
        using (var child = ChildBackup.StartBackup(Store.DirectoryPath, BackupFile))
        {
            await WaitFor(child, ChildBackup.Begins);
            whole.Restart();
            await child.WaitForExitAsync();
            whole.Stop();
        }
        var random = new Random(4);
        for (var kill = 0; kill < 5 * Kills && Leftovers().Length == 0; kill++)
        {
            using var child = ChildBackup.StartBackup(Store.DirectoryPath, BackupFile);
            await WaitFor(child, ChildBackup.Begins);
            await Task.Delay(random.Next(0, 1 + (int)whole.ElapsedMilliseconds));
            child.Kill();
            await child.WaitForExitAsync();
        }
        Assert.NotEmpty(Leftovers());

        new SqliteBackup(Store).Make(BackupFile, replace: true);

        Assert.Empty(Leftovers());
        Assert.Equal([BackupFile], Directory.GetFiles(_directory["kept"]));
    }

    [Fact]
    public void A_backup_deletes_what_nobody_makes_any_more_and_nothing_else()
    {
        Directory.CreateDirectory(_directory["kept"]);
        Fill(0, 3);
        using var atWork = FileBeside.Create(BackupFile); // as another process that makes a backup to the same place
        var left = $"{BackupFile}.{Guid.NewGuid():N}.part";
        string[] own = [BackupFile + ".old.part", _directory["kept/other.db"] + $".{Guid.NewGuid():N}.part", atWork.Path];
        foreach (var file in own[..2].Concat([left, left + "-journal"]))
            File.WriteAllText(file, "rows of people");

        new SqliteBackup(Store).Make(BackupFile, replace: false);

        Assert.Equal(own.Append(BackupFile).Order(), Directory.GetFiles(_directory["kept"]).Order());
    }

    private async Task<(TimeSpan ToReplace, TimeSpan Whole)> Measure()
    {
        using var child = ChildBackup.StartRestore(Store.DirectoryPath, BackupFile);
        await WaitFor(child, ChildBackup.Begins);
        var time = Stopwatch.StartNew();
        await WaitFor(child, ChildBackup.Replaces);
        var toReplace = time.Elapsed;
        await WaitFor(child, ChildBackup.IsDone);
        return (toReplace, time.Elapsed);
    }

    private static async Task WaitFor(Process child, string line) => Assert.Equal(line, await NextLine(child, line));

    /// <summary>The line, when it comes; what was said before it is passed over.</summary>
    private static async Task<string?> NextLine(Process child, string wanted)
    {
        string? line;
        do line = await child.StandardOutput.ReadLineAsync();
        while (line is not null && line != wanted);
        return line;
    }

    /// <summary>
    /// The paths of all photos, once the catalogue was found sound, as a reader meets it and after a writer has cleaned up.
    /// </summary>
    private string[] Check()
    {
        string[] paths;
        using (var reader = Store.OpenReader())
        {
            Assert.Empty(reader.Verify());
            paths = Paths(reader);
        }
        using var writer = Store.OpenWriter();
        Assert.Empty(writer.Verify());
        Assert.Equal(paths, Paths(writer));
        Assert.Null(writer.FindPhotoAt(PathOf(Forgotten)));
        var files = Directory.GetFiles(Store.DirectoryPath);
        Assert.DoesNotContain(files, file => file.Contains(".part", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => File.ReadAllBytes(file).AsSpan().IndexOf(Row(Forgotten)) >= 0);
        return paths;
    }

    private static string[] Paths(ICatalogueReader reader)
    {
        var photos = reader.Photos(default, int.MaxValue);
        Assert.All(photos, photo => Assert.Single(reader.FacesOf(photo.Id)));
        return [.. photos.SelectMany(photo => photo.Paths).Order()];
    }

    private void MakeBackup()
    {
        Directory.CreateDirectory(_directory["kept"]);
        Fill(0, BackedUp);
        new SqliteBackup(Store).Make(BackupFile, replace: false);
    }

    private string[] ForgetAndAddMore()
    {
        using (var writer = Store.OpenWriter())
            writer.Forget([writer.FindPhotoAt(PathOf(Forgotten))!.Id], []);
        Fill(BackedUp, Since);
        return Check();
    }

    private void Fill(int from, int photos)
    {
        using var writer = Store.OpenWriter();
        writer.Commit(writer.EnsureSpace(Some.Space(dimensions: Dimensions)), [.. Enumerable.Range(from, photos).Select(Photo)]);
    }

    private static PhotoRead Photo(int number) => Some.Read(PathOf(number), $"{number}", Face(number));

    private static NewFace Face(int number) => Some.Face() with { Embedding = Some.Embedding(number, Dimensions) };

    private static byte[] Row(int number) => MemoryMarshal.AsBytes<float>(Face(number).Embedding).Slice(1024, 24).ToArray();

    private static string PathOf(int number) => $"/p/{number}.jpg";

    private string[] Leftovers() => Directory.GetFiles(_directory["kept"], "*.part");
}
