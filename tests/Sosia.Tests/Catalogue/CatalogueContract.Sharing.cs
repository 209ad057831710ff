using Sosia.Catalogue;

namespace Sosia.Tests.Catalogue;

/// <summary>Several writers, and many readers.</summary>
public abstract partial class CatalogueContract
{
    [Fact]
    public async Task Several_writers_take_turns_beside_an_indexer_and_nothing_of_theirs_is_lost()
    {
        const int Writers = 4,
            Photos = 40;
        using var indexer = Store.OpenIndexer();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => Write(writer))));

        Assert.Equal(new PhotoCounts((Writers * Photos) + 1, 0, 0, 0, 0), indexer.Count());
        Assert.Single(indexer.Spaces());
        Assert.Empty(indexer.Verify());

        void Write(int number)
        {
            using var another = number == 0 ? null : Store.OpenWriter();
            var writer = another ?? indexer;
            var space = writer.EnsureSpace(Some.Space());
            for (var photo = 0; photo < Photos; photo++)
                writer.Commit(
                    space,
                    [
                        Some.Read($"/{number}/{photo}.jpg", $"{number}/{photo}", Some.Face(photo)),
                        Some.Read("/all.jpg", "all", Some.Face(photo)),
                    ]
                );
        }
    }

    [Fact]
    public async Task What_is_forgotten_between_two_commits_of_a_running_index_is_not_stored_again()
    {
        const int Batches = 60;
        using var indexer = Store.OpenIndexer();
        var space = indexer.EnsureSpace(Some.Space());
        indexer.Commit(space, [Some.Read("/p/wanted.jpg", "wanted", Some.Face())]);
        var photo = indexer.FindPhotoAt("/p/wanted.jpg")!.Id;

        var half = new TaskCompletionSource();
        var indexing = Task.Run(() =>
        {
            // Every batch brings the photo again, read before it was forgotten.
            for (var batch = 0; batch < Batches; batch++)
            {
                indexer.Commit(
                    space,
                    [Some.Read($"/p/{batch}.jpg", $"{batch}", Some.Face(batch)), Some.Read("/p/wanted.jpg", "wanted", Some.Face())]
                );
                if (batch == Batches / 2)
                    half.SetResult();
            }
        });
        await half.Task;
        using (var writer = Store.OpenWriter())
            Assert.Equal(Gone(1, 1, 1), writer.Forget([photo], []));
        await indexing;

        Assert.Null(indexer.FindPhoto(Some.Sha256("wanted")));
        Assert.Equal(new PhotoCounts(Batches, 0, 0, 0, 0), indexer.Count());
        Assert.Empty(indexer.Verify());
    }

    [Fact]
    public void A_reader_opened_before_a_commit_sees_it_afterwards_and_never_half_of_it()
    {
        Write(
            (writer, space) =>
            {
                using var reader = Store.OpenReader();
                Assert.Equal(0, reader.Count().Total);
                Assert.ThrowsAny<Exception>(() =>
                    writer.Commit(space, [Some.Read("/p/a.jpg", "a"), Some.Copy("/p/b.jpg", "never stored")])
                );
                Assert.Equal(0, reader.Count().Total);
                writer.Commit(space, [Some.Read("/p/a.jpg", "a")]);
                Assert.Equal(1, reader.Count().Total);
                Assert.Equal(writer.Version, reader.Version);
            }
        );
    }

    [Fact]
    public async Task Readers_beside_a_busy_writer_always_see_one_moment()
    {
        const int Photos = 150,
            FacesEach = 3;
        Assert.SkipUnless(SeesOneMoment, "This store takes a snapshot in every shard, each for itself.");
        using var writer = Store.OpenWriter();
        var space = writer.EnsureSpace(Some.Space());
        using var done = new CancellationTokenSource();

        var writing = Task.Run(() =>
        {
            // Each photo replaces another's place, so that rows both come and go.
            for (var i = 0; i < Photos; i++)
                writer.Commit(
                    space,
                    [
                        Some.Read(
                            $"/p/{i % 20}.jpg",
                            $"{i}",
                            [.. Enumerable.Range(1, FacesEach).Select(face => Some.Face(face + FacesEach * i))]
                        ),
                    ]
                );
        });
        var stop = done.Token;
        var reading = Enumerable
            .Range(0, 3)
            .Select(_ =>
                Task.Run(() =>
                {
                    using var reader = Store.OpenReader();
                    var last = 0L;
                    do
                    {
                        var table = reader.ReadEmbeddings(space);
                        Assert.True(table.Revision.Version >= last);
                        last = table.Revision.Version;
                        Assert.All(table.Photos.GroupBy(photo => photo), faces => Assert.Equal(FacesEach, faces.Count()));
                        Assert.True(table.Faces.Length <= 20 * FacesEach);
                        var counts = reader.Count();
                        Assert.Equal(counts.Total, counts.Searchable);
                    } while (!stop.IsCancellationRequested);
                    return last;
                })
            )
            .ToList();

        await writing;
        await done.CancelAsync();
        await Task.WhenAll(reading);
        Assert.Empty(writer.Verify());
    }

    [Fact]
    public async Task One_reader_may_be_asked_from_many_threads()
    {
        Write(
            (writer, space) =>
                writer.Commit(space, [.. Enumerable.Range(0, 50).Select(i => Some.Read($"/p/{i}.jpg", $"{i}", Some.Face(i)))])
        );
        using var reader = Store.OpenReader();
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), (i, _) =>
        {
            Assert.Equal([$"/p/{i % 50}.jpg"], reader.FindPhoto(Some.Sha256($"{i % 50}"))!.Paths);
            return ValueTask.CompletedTask;
        });
    }
}
