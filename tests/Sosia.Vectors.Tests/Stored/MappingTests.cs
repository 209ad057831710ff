using System.Runtime.CompilerServices;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;
using Sosia.Vectors.Tests.Exact;

namespace Sosia.Vectors.Tests.Stored;

/// <summary>How long an index file stays mapped: as long as somebody may read it, and no longer.</summary>
public sealed class MappingTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly float[][] _rows = Some.Structured(1, 2000, 64);

    private string FilePath => _directory.File("mapped.index");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void An_index_that_was_dropped_is_unmapped_by_the_garbage_collector()
    {
        Write();
        OpenSearchAndDrop();
        for (var round = 0; round < 10 && IsMapped(); round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(IsMapped());
    }

    [Fact]
    public void An_index_that_was_disposed_is_unmapped_when_the_last_search_has_ended()
    {
        Write();
        var stored = IndexFile.Open<Cosine>(FilePath);
        var mappedWhileSearching = 0;
        var found = stored.Index.Search(
            _rows[3],
            new SearchRequest
            {
                K = 3,
                Where = row =>
                {
                    stored.Dispose();
                    if (row == 3 && IsMapped())
                        mappedWhileSearching++;
                    return true;
                },
            }
        );
        Assert.Equal(3, found[0].Row);
        Assert.True(mappedWhileSearching > 0);
        Assert.False(IsMapped());
        Assert.Throws<ObjectDisposedException>(() => stored.Index.Search(_rows[3], new SearchRequest()));
        Assert.Throws<ObjectDisposedException>(() => stored.Rows.Row(0).Length);
        Assert.Throws<ObjectDisposedException>(() => stored.Payload.Length);
        Assert.Throws<ObjectDisposedException>(stored.KeepOpen);
    }

    [Fact]
    public void An_index_held_twice_stays_until_both_have_let_go()
    {
        Write();
        var stored = IndexFile.Open<Cosine>(FilePath);
        var (first, second) = (stored.KeepOpen(), stored.KeepOpen());
        stored.Dispose();
        first.Dispose();
        first.Dispose();
        Assert.True(IsMapped());
        Assert.Equal(_rows[5], stored.Rows.Row(5).ToArray());
        second.Dispose();
        Assert.False(IsMapped());
    }

    [Fact]
    public void Searches_and_disposals_at_the_same_time_do_no_harm()
    {
        Write();
        for (var round = 0; round < 20; round++)
        {
            var stored = IndexFile.Open<Cosine>(FilePath);
            var (wrong, ending) = (0, false); // as long as one search holds the file, others may begin
            var searches = Enumerable
                .Range(0, 3)
                .Select(_ => new Thread(() =>
                {
                    try
                    {
                        for (var row = 0; !Volatile.Read(ref ending); row = (row + 1) % _rows.Length)
                            if (stored.Index.Search(_rows[row], new SearchRequest { K = 1 })[0].Row != row)
                                Interlocked.Increment(ref wrong);
                    }
                    catch (ObjectDisposedException)
                    {
                        // nobody else held it
                    }
                }))
                .ToArray();
            Array.ForEach(searches, search => search.Start());
            Thread.Sleep(1);
            stored.Dispose();
            Volatile.Write(ref ending, true);
            Array.ForEach(searches, search => search.Join());
            Assert.Equal(0, wrong);
        }
        Assert.False(IsMapped());
    }

    [Fact]
    public void An_index_file_cut_off_in_place_is_told_and_kills_nobody()
    {
        Write();
        using var stored = IndexFile.Open<Cosine>(FilePath);
        using (var stream = new FileStream(FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            stream.SetLength(5000);
        Assert.Throws<DamagedFileException>(() => stored.Index.Search(_rows[3], new SearchRequest()));
        Assert.Throws<DamagedFileException>(() => stored.Index.SearchAll(Some.Table(_rows[3]), new SearchRequest()));
        Assert.Throws<DamagedFileException>(() => stored.CheckAll(TestContext.Current.CancellationToken));
        Assert.Throws<DamagedFileException>(() => IndexFile.Open<Cosine>(FilePath));
    }

    private void Write() => IndexFile.Write(FilePath, ExactIndex.Build<Cosine>(Some.Table(_rows)), new IndexStamp("mapped", 1, 0), default);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OpenSearchAndDrop()
    {
        var stored = IndexFile.Open<Cosine>(FilePath);
        Oracle.AssertSame(Oracle.Search<Cosine>(Some.Table(_rows), _rows[3], new()), stored.Index.Search(_rows[3], new()));
        Assert.True(IsMapped());
    }

    private bool IsMapped()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says which files a process has mapped.");
        return File.ReadLines("/proc/self/maps").Any(line => line.Contains(FilePath, StringComparison.Ordinal));
    }
}
