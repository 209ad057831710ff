using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Sosia.Catalogue;

namespace Sosia.Tests.Indexing;

/// <summary>A file whose outcome does not hold any more when it is committed.</summary>
public sealed class ReadAgainTests : IDisposable
{
    private const int BatchSize = 64;

    private readonly IndexedFolder _folder = new() { Clock = new StoppedClock() };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_copy_whose_photo_was_removed_after_it_was_read_is_read_again_by_a_worker()
    {
        for (var i = 0; i < BatchSize; i++)
            _folder.Put($"{i:00}.png", IndexedFolder.Empty(i));
        _folder.Index();
        // The last photo of the first batch is replaced, and a file of the second batch is a copy of what it was.
        var old = _folder.Ask(reader => reader.FindPhotoAt(_folder["63.png"])!);
        for (var i = 0; i < BatchSize; i++)
            _folder.Put($"{i:00}.png", IndexedFolder.Empty(1000 + i));
        _folder.Put("64.png", IndexedFolder.Empty(63));
        _folder.Put("65.png", IndexedFolder.Empty(65));
        // The copy is read before the first batch is committed: no commit goes through meanwhile.
        using var held = new SqliteConnection($"Data Source={_folder.Store.File};Pooling=False");
        held.Open();
        var decoders = new ConcurrentDictionary<string, string?>();
        _folder.Decoding = path =>
        {
            decoders[Path.GetFileName(path)] = Thread.CurrentThread.Name;
            if (path == _folder["63.png"])
                Run("BEGIN IMMEDIATE");
            if (path == _folder["65.png"])
                Run("ROLLBACK");
        };

        var summary = _folder.Index(new Sosia.Indexing.IndexOptions { Workers = 1 });

        Assert.Equal((BatchSize + 2, 0), (summary.Photos, summary.Skipped));
        Assert.StartsWith("photos ", decoders["64.png"]);
        var copy = _folder.Ask(reader => reader.FindPhotoAt(_folder["64.png"])!);
        Assert.Equal(old.Sha256, copy.Sha256);
        Assert.NotEqual(old.Id, copy.Id);
        Assert.Equal(new PhotoCounts(0, 0, BatchSize + 2, 0, 0), _folder.Counts);

        void Run(string sql)
        {
            using var command = held.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Batches are ended by their size alone.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
