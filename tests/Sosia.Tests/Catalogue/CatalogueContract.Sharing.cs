using Sosia.Catalogue;

namespace Sosia.Tests.Catalogue;

/// <summary>One writer, many readers.</summary>
public abstract partial class CatalogueContract
{
    [Fact]
    public void A_second_writer_is_refused_and_told_who_writes()
    {
        using (Store.OpenWriter())
        {
            var refused = Assert.Throws<CatalogueException>(() => Store.OpenWriter());
            Assert.Equal(CatalogueProblem.Locked, refused.Problem);
            Assert.Contains($"process {Environment.ProcessId}", refused.Message);
        }
        Store.OpenWriter().Dispose();
    }

    [Fact]
    public void A_writer_closed_twice_does_not_let_go_of_the_next_ones_lock()
    {
        var first = Store.OpenWriter();
        first.Dispose();
        using var second = Store.OpenWriter();
        first.Dispose();
        Assert.Contains($"process {Environment.ProcessId}", Assert.Throws<CatalogueException>(() => Store.OpenWriter()).Message);
        Assert.Throws<ObjectDisposedException>(() => first.Count());
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
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 200),
            (i, _) =>
            {
                Assert.Equal([$"/p/{i % 50}.jpg"], reader.FindPhoto(Some.Sha256($"{i % 50}"))!.Paths);
                return ValueTask.CompletedTask;
            }
        );
    }
}
