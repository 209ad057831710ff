using Sosia.Catalogue;

namespace Sosia.Tests.Catalogue;

/// <summary>Embeddings, their spaces, and what derived indexes need to keep up.</summary>
public abstract partial class CatalogueContract
{
    [Fact]
    public void Embeddings_come_back_to_the_bit_in_order_of_face_with_their_photos()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(
                    space,
                    [
                        Some.Read("/p/a.jpg", "a", Some.Face(1), Some.Face(2, good: false), Some.Face(3)),
                        Some.Read("/p/b.jpg", "b", Some.Face(4)),
                    ]
                );
                var table = writer.ReadEmbeddings(space);
                Assert.Equal(Some.Dimensions, table.Dimensions);
                Assert.Equal([.. Some.Embedding(1), .. Some.Embedding(3), .. Some.Embedding(4)], table.Floats());
                Assert.Equal(table.Faces.Select(face => face.Value).Order(), table.Faces.Select(face => face.Value));
                Assert.Equal(table.Photos, table.Faces.Select(face => writer.FindFace(face)!.Photo));
                Assert.Equal(writer.Revision, table.Revision);
            }
        );
    }

    [Fact]
    public void A_space_is_made_once_and_known_by_its_key()
    {
        Write(
            (writer, space) =>
            {
                Assert.Equal(space, writer.EnsureSpace(Some.Space()));
                var other = writer.EnsureSpace(Some.Space("model-b", 4096));
                Assert.NotEqual(space, other);
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face())]);
                Assert.Equal([new(space, Some.Space(), 1), new(other, Some.Space("model-b", 4096), 0)], writer.Spaces());
                Assert.Empty(writer.ReadEmbeddings(other).Floats());
            }
        );
    }

    [Fact]
    public void A_space_with_impossible_dimensions_or_others_than_stored_is_refused()
    {
        Write(
            (writer, _) =>
            {
                Assert.Throws<ArgumentException>(() => writer.EnsureSpace(Some.Space("model-b", 0)));
                Assert.Throws<ArgumentException>(() => writer.EnsureSpace(Some.Space("model-b", 4097)));
                Assert.Throws<ArgumentException>(() => writer.EnsureSpace(Some.Space() with { Dimensions = 9 }));
            }
        );
    }

    [Fact]
    public void A_space_that_is_not_there_says_so()
    {
        Write(
            (writer, space) =>
            {
                var nowhere = new SpaceId(space.Value + 1);
                Assert.Equal(CatalogueProblem.NotFound, Assert.Throws<CatalogueException>(() => writer.ReadEmbeddings(nowhere)).Problem);
                Assert.Equal(
                    CatalogueProblem.NotFound,
                    Assert.Throws<CatalogueException>(() => writer.ReadChanges(nowhere, writer.Revision)).Problem
                );
                Assert.Equal(
                    CatalogueProblem.NotFound,
                    Assert.Throws<CatalogueException>(() => writer.Commit(nowhere, [Some.Read("/p/a.jpg", "a")])).Problem
                );
            }
        );
    }

    [Fact]
    public void A_second_model_adds_its_embeddings_to_the_faces_that_are_there()
    {
        Write(
            (writer, space) =>
            {
                var second = writer.EnsureSpace(Some.Space("model-b", 4));
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1), Some.Face(2))]);
                Assert.Equal(FileState.Complete, writer.FilesUnder("/p", new(space))["/p/a.jpg"].State);
                Assert.Equal(FileState.Incomplete, writer.FilesUnder("/p", new(second))["/p/a.jpg"].State);

                // Found by another detector, a little to the left, and one more.
                var moved = Some.Face(2, dimensions: 4) with { Box = Some.Face(2).Box with { Left = Some.Face(2).Box.Left - 5 } };
                writer.Commit(second, [Some.Read("/p/a.jpg", "a", moved, Some.Face(3, dimensions: 4))]);
                Assert.Equal(3, writer.CountFaces());
                var (first, added) = (writer.ReadEmbeddings(space), writer.ReadEmbeddings(second));
                Assert.Equal(first.Faces[1], added.Faces[0]);
                Assert.Equal([.. Some.Embedding(2, 4), .. Some.Embedding(3, 4)], added.Floats());
                Assert.Equal(FileState.Complete, writer.FilesUnder("/p", new(second))["/p/a.jpg"].State);
            }
        );
    }

    [Fact]
    public void Two_faces_that_overlap_one_stored_face_stay_two()
    {
        Write(
            (writer, space) =>
            {
                var second = writer.EnsureSpace(Some.Space("model-b"));
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1))]);
                var beside = Some.Face(1) with { Box = Some.Face(1).Box with { Top = Some.Face(1).Box.Top + 20 } };
                writer.Commit(second, [Some.Read("/p/a.jpg", "a", Some.Face(1), beside)]);
                Assert.Equal(2, writer.CountFaces());
                Assert.Equal(2, writer.ReadEmbeddings(second).Faces.Distinct().Count());
            }
        );
    }

    [Fact]
    public void Reading_stops_when_cancelled()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face())]);
                Assert.Throws<OperationCanceledException>(() => writer.ReadEmbeddings(space, new CancellationToken(canceled: true)));
            }
        );
    }

    [Fact]
    public void The_version_grows_with_every_change_and_only_then()
    {
        Write(
            (writer, space) =>
            {
                var version = writer.Version;
                Grows(() => writer.Announce([Some.File("/p/a.jpg")]));
                Grows(() => writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face())]));
                Stays(() => writer.Announce([Some.File("/p/a.jpg")]));
                Stays(() => writer.Commit(space, []));
                Stays(() => writer.RemovePaths(["/p/never.jpg"]));
                Stays(() => writer.EnsureSpace(Some.Space()));
                Grows(() => writer.RemovePaths(["/p/a.jpg"]));

                void Grows(Action change)
                {
                    change();
                    Assert.True(writer.Version > version);
                    version = writer.Version;
                }

                void Stays(Action nothing)
                {
                    nothing();
                    Assert.Equal(version, writer.Version);
                }
            }
        );
    }

    [Fact]
    public void A_table_is_read_in_pieces_and_never_needs_an_array_of_all_its_rows()
    {
        const int dimensions = 4096,
            count = 1200; // 20 MB
        using var writer = Store.OpenWriter();
        var space = writer.EnsureSpace(Some.Space("long rows", dimensions));
        foreach (var batch in Enumerable.Range(0, count).Chunk(100))
            writer.Commit(
                space,
                [.. batch.Select(i => Some.Read($"/p/{i}.jpg", $"{i}", Some.Face(1) with { Embedding = Some.Embedding(i, dimensions) }))]
            );
        var before = GC.GetAllocatedBytesForCurrentThread();
        var table = writer.ReadEmbeddings(space);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        for (var i = 0; i < count; i++)
            Assert.True(table.Rows.Row(i).SequenceEqual(Some.Embedding(i, dimensions)));
    }

    [Fact]
    public void Each_commit_makes_a_revision_that_no_copy_shares()
    {
        Write(
            (writer, space) =>
            {
                var seen = new HashSet<string> { writer.Revision.Nonce };
                for (var i = 0; i < 5; i++)
                {
                    var before = writer.Revision;
                    writer.Commit(space, [Some.Read($"/p/{i}.jpg", $"{i}")]);
                    Assert.Equal(before.Version + 1, writer.Revision.Version);
                    Assert.True(seen.Add(writer.Revision.Nonce));
                    using var reader = Store.OpenReader();
                    Assert.Equal(writer.Revision, reader.Revision);
                }
            }
        );
    }

    [Fact]
    public void Changes_tell_which_rows_came_and_which_faces_went()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1)), Some.Read("/p/b.jpg", "b", Some.Face(2))]);
                var before = writer.ReadEmbeddings(space);
                writer.Commit(space, [Some.Read("/p/c.jpg", "c", Some.Face(3))]);
                writer.RemovePaths(["/p/a.jpg"]);

                var changes = writer.ReadChanges(space, before.Revision)!;
                Assert.Equal(Some.Embedding(3), changes.Added.Floats());
                Assert.Equal([before.Faces[0]], changes.Removed);
                Assert.Equal(writer.Revision, changes.Added.Revision);

                var none = writer.ReadChanges(space, writer.Revision)!;
                Assert.Empty(none.Added.Floats());
                Assert.Empty(none.Removed);
            }
        );
    }

    [Fact]
    public void An_index_that_follows_the_changes_always_holds_what_the_catalogue_holds()
    {
        var random = new Random(20260517);
        Write(
            (writer, space) =>
            {
                var index = new Dictionary<FaceId, float[]>();
                var revision = writer.Revision;
                for (var round = 0; round < 40; round++)
                {
                    for (var change = random.Next(4); change > 0; change--)
                        Change(writer, space, random);
                    var changes = writer.ReadChanges(space, revision)!;
                    foreach (var face in changes.Removed)
                        index.Remove(face);
                    foreach (var (face, row) in changes.Added.Faces.Zip(changes.Added.Floats().Chunk(Some.Dimensions)))
                        index.Add(face, row);
                    revision = changes.Added.Revision;

                    var truth = writer.ReadEmbeddings(space);
                    Assert.Equal(truth.Faces, index.Keys.OrderBy(face => face.Value));
                    Assert.Equal(truth.Floats(), truth.Faces.SelectMany(face => index[face]));
                }
            }
        );

        static void Change(ICatalogueWriter writer, SpaceId space, Random random)
        {
            var path = $"/p/{random.Next(12)}.jpg";
            var content = random.Next(12);
            if (random.Next(3) == 0)
                writer.RemovePaths([path, $"/p/{random.Next(12)}.jpg"]);
            else
                writer.Commit(
                    space,
                    [Some.Read(path, $"{content}", [.. Enumerable.Range(1, content % 4).Select(face => Some.Face(face + 10 * content))])]
                );
        }
    }

    [Fact]
    public void Changes_since_a_version_that_is_not_of_this_catalogue_are_unknown()
    {
        Write(
            (writer, space) =>
            {
                var (version, nonce) = writer.Revision;
                Assert.NotNull(writer.ReadChanges(space, new(version, nonce)));
                Assert.Null(writer.ReadChanges(space, new(version, nonce[1..])));
                Assert.Null(writer.ReadChanges(space, new(version + 1, nonce)));
                Assert.Null(writer.ReadChanges(space, new(-1, nonce)));
            }
        );
    }

    [Fact]
    public void A_catalogue_keeps_its_identity()
    {
        string identity;
        using (var writer = Store.OpenWriter())
            identity = writer.Identity;
        using var reader = Store.OpenReader();
        Assert.Equal(identity, reader.Identity);
        Assert.NotEmpty(identity);
    }

    [Fact]
    public void Embeddings_are_read_piece_by_piece_sampled_and_counted()
    {
        Write(
            (writer, space) =>
            {
                for (var number = 0; number < 30; number++)
                    writer.Commit(space, [Some.Read($"/p/{number}.jpg", $"{number}", Some.Face(number))]);
                var all = writer.ReadEmbeddings(space);
                Assert.Equal(30, writer.CountEmbeddings(space));
                var key = writer.Spaces().Single(stored => stored.Id == space).Space.Key;
                Assert.Equal(space, writer.FindSpace(key)!.Id);
                Assert.Null(writer.FindSpace(key[1..]));

                var pieces = new List<long>();
                var after = long.MinValue;
                while (writer.ReadPart(space, new(after, all.OwnerOf(24)), 7) is { Count: > 0 } part)
                {
                    for (var row = 0; row < part.Count; row++, after = part.OwnerOf(row - 1))
                        Assert.Equal(all.Rows.Row(pieces.Count + row).ToArray(), part.Rows.Row(row).ToArray());
                    pieces.AddRange(Enumerable.Range(0, part.Count).Select(part.OwnerOf));
                }
                Assert.Equal(Enumerable.Range(0, 25).Select(all.OwnerOf), pieces);

                Assert.Equal(30, writer.SampleEmbeddings(space, 100).Count);
                var sample = writer.SampleEmbeddings(space, 10);
                Assert.Equal(10, sample.Count);
                Assert.Equal(all.Rows.Row(0).ToArray(), sample.Row(0).ToArray());
            }
        );
    }

    [Fact]
    public void Changes_are_told_by_their_owners_alone_and_not_at_all_where_they_are_too_many()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1)), Some.Read("/p/b.jpg", "b", Some.Face(2))]);
                var before = writer.ReadEmbeddings(space);
                writer.Commit(space, [Some.Read("/p/c.jpg", "c", Some.Face(3), Some.Face(4))]);
                writer.RemovePaths(["/p/a.jpg"]);
                var changes = writer.ReadChanges(space, before.Revision)!;
                var owners = writer.ReadChangedOwners(space, before.Revision)!;
                Assert.Equal(changes.Added.Faces.Select(face => face.Value), owners.Added);
                Assert.Equal(changes.RemovedOwners, owners.Removed);
                Assert.Equal(writer.Revision, owners.Revision);
                Assert.Equal(2, owners.Added.Count);
                Assert.NotNull(writer.ReadChanges(space, before.Revision, most: 2));
                Assert.Null(writer.ReadChanges(space, before.Revision, most: 1));
                Assert.Null(writer.ReadChangedOwners(space, before.Revision with { Nonce = "another" }));
            }
        );
    }
}
