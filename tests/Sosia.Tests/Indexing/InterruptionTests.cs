using Sosia.Catalogue;
using Sosia.Indexing;

namespace Sosia.Tests.Indexing;

/// <summary>A run that ends early keeps what it reported, and the next one goes on.</summary>
[Slow]
public sealed class InterruptionTests : IDisposable
{
    private const int Photos = 200;

    private readonly IndexedFolder _folder = new();

    public InterruptionTests()
    {
        for (var i = 0; i < Photos; i++)
            _folder.Put($"{i}.png", IndexedFolder.Empty(i));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_cancelled_run_keeps_what_it_reported_and_the_next_goes_on()
    {
        var reported = 0;
        for (var round = 1; round <= 3 && reported < Photos; round++)
        {
            using var cancel = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() =>
                _folder.Run(new IndexOptions(), new Stop(cancel, () => reported++), cancel.Token)
            );
            Assert.Equal(new PhotoCounts(0, 0, reported, 0, Photos - reported), _folder.Counts);
        }
        Assert.True(reported > 0);
        var rest = _folder.Index();

        Assert.Equal((Photos - reported, reported), (rest.Photos, rest.Skipped));
        Assert.Equal(new PhotoCounts(0, 0, Photos, 0, 0), _folder.Counts);
    }

    [Fact]
    public void Readers_see_how_far_a_running_index_is()
    {
        var seen = new List<PhotoCounts>();
        _folder.Run(
            new IndexOptions(),
            new Report(progress =>
            {
                if (seen.Count < 5)
                    seen.Add(_folder.Counts);
                Assert.Equal(Photos, progress.Total);
            }),
            CancellationToken.None
        );

        Assert.All(seen, counts => Assert.Equal(Photos, counts.Total));
        Assert.All(seen, counts => Assert.True(counts.NoFace > 0));
    }

    [Fact]
    public void Every_outcome_is_reported_once()
    {
        var paths = new List<string>();
        _folder.Run(new IndexOptions(), new Report(progress => paths.Add(progress.Outcome.File.Path)), CancellationToken.None);
        Assert.Equal((Photos, Photos), (paths.Count, paths.Distinct().Count()));
    }

    /// <summary>Cancels at the first report; counts what is still reported after that.</summary>
    private sealed class Stop(CancellationTokenSource cancel, Action count) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value)
        {
            count();
            cancel.Cancel();
        }
    }

    private sealed class Report(Action<IndexProgress> say) : IProgress<IndexProgress>
    {
        void IProgress<IndexProgress>.Report(IndexProgress value) => say(value);
    }
}
