using Sosia.Catalogue;
using Sosia.Photos;
using Sosia.Postgres.Queue;
using Sosia.Tests;

namespace Sosia.Postgres.Tests;

/// <summary>Files wait for workers, each is one worker's at a time, and a worker that is gone loses its own.</summary>
public sealed class QueueTests : IDisposable
{
    private const string Order = "as ever";

    private readonly NewCollection _collection = new();
    private readonly SpaceId _space;

    public QueueTests() => _space = _collection.Space();

    public void Dispose() => _collection.Dispose();

    [Fact]
    public void Each_file_is_one_workers_and_leaves_the_queue_when_it_is_stored()
    {
        var queue = new FileQueue(_collection.Server);
        queue.Add(Order, Files(0, 300));
        using var one = queue.Claim(Order)!;
        using var two = queue.Claim(Order)!;
        Assert.Equal((256, 44), (one.Files.Count, two.Files.Count));
        Assert.Empty(one.Files.Intersect(two.Files));
        Assert.Null(queue.Claim(Order));
        Assert.Equal(new QueueCounts(0, 300, 0), queue.Count());

        using (var writer = _collection.Store.OpenWriter())
            writer.Commit(_space, [.. two.Files.Select(file => Some.Read(file.Path, file.Path, Some.Face()))]);
        Assert.Equal(256, queue.Left(Order));
        Assert.Equal([Order], queue.Orders());
    }

    [Fact]
    public void What_was_not_stored_is_given_back_and_counts_as_no_attempt()
    {
        var queue = new FileQueue(_collection.Server);
        queue.Add(Order, Files(0, 10));
        for (var i = 0; i < 10; i++)
            using (var claim = queue.Claim(Order)!)
                Assert.Equal(10, claim.Files.Count);
        Assert.Equal(new QueueCounts(10, 0, 0), queue.Count());
    }

    [Fact]
    public void A_worker_without_a_sign_of_life_loses_its_files_and_learns_of_it()
    {
        var queue = new FileQueue(_collection.Server) { Lease = TimeSpan.FromSeconds(1) };
        queue.Add(Order, Files(0, 3));
        var dead = Hold(queue);
        Expire(dead);
        using var next = queue.Claim(Order)!;
        Assert.Equal(3, next.Files.Count);
        Assert.True(dead.Lost.WaitHandle.WaitOne(TimeSpan.FromSeconds(20)), "The worker was not told that it lost its files.");
        dead.Dispose(); // takes nothing from the worker that has them now
        Assert.Equal(new QueueCounts(0, 3, 0), queue.Count());
    }

    [Fact]
    public void The_file_that_ends_workers_is_found_out_and_the_others_are_not_blamed()
    {
        var queue = new FileQueue(_collection.Server);
        queue.Add(Order, Files(0, 20));
        const string killer = "/p/7.jpg";
        IReadOnlyList<FileStamp> givenUp = [];
        using var writer = _collection.Store.OpenWriter();
        for (var claims = 0; queue.Left(Order) > 1 || givenUp.Count == 0; claims++)
        {
            Assert.True(claims < 100, "It does not end.");
            var claim = Hold(queue);
            givenUp = [.. givenUp.Union(claim.GivenUp)];
            if (claim.Files.Any(file => file.Path == killer))
                Expire(claim); // the worker ends, whatever else it had
            else
            {
                writer.Commit(_space, [.. claim.Files.Select(file => Some.Read(file.Path, file.Path))]);
                claim.Dispose();
            }
        }
        Assert.Equal(killer, Assert.Single(givenUp).Path);
        Assert.Equal(1, queue.Left(Order));
    }

    [Fact]
    public void A_file_that_nobody_shares_is_given_up_after_three_workers()
    {
        var queue = new FileQueue(_collection.Server);
        queue.Add(Order, Files(0, 1));
        for (var worker = 0; worker < 3; worker++)
        {
            var claim = Hold(queue);
            Assert.Empty(claim.GivenUp);
            Expire(claim);
        }
        Assert.Single(Hold(queue).GivenUp);
    }

    [Fact]
    public void Only_files_in_some_folders_may_be_taken()
    {
        var queue = new FileQueue(_collection.Server);
        queue.Add(Order, [Some.File("/a/1.jpg"), Some.File("/ab/2.jpg"), Some.File("/b/3.jpg")]);
        Assert.Equal(2, queue.Left(Order, ["/a", "/b/3.jpg"]));
        using var claim = queue.Claim(Order, ["/a"])!;
        Assert.Equal("/a/1.jpg", Assert.Single(claim.Files).Path);
        Assert.Null(queue.Claim("another order", ["/a"]));
    }

    [Fact]
    public void A_file_that_is_put_there_again_stays_with_its_worker_unless_it_changed()
    {
        var queue = new FileQueue(_collection.Server);
        queue.Add(Order, [Some.File("/p/1.jpg"), Some.File("/p/2.jpg")]);
        using var claim = queue.Claim(Order)!;
        queue.Add(Order, [Some.File("/p/1.jpg"), Some.File("/p/2.jpg", bytes: 2000)]);
        using var again = queue.Claim(Order)!;
        Assert.Equal("/p/2.jpg", Assert.Single(again.Files).Path);
    }

    private static FileClaim Hold(FileQueue queue) => (FileClaim)queue.Claim(Order)!;

    /// <summary>As if the lease had ended: the server's clock decides.</summary>
    private void Expire(FileClaim claim) =>
        TestServer.Run(
            $"UPDATE {_collection.Server.Schema}.claims SET until = clock_timestamp() - interval '1 s' WHERE token = {claim.Token}"
        );

    private static FileStamp[] Files(int first, int count) => [.. Enumerable.Range(first, count).Select(i => Some.File($"/p/{i}.jpg"))];
}
