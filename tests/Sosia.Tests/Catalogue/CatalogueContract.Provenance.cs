using Sosia.Catalogue;
using Sosia.Faces;

namespace Sosia.Tests.Catalogue;

/// <summary>How the faces of photos were found.</summary>
public abstract partial class CatalogueContract
{
    private static readonly Provenance Before = new(Some.Sha256("before"), "one detector"),
        Now = new(Some.Sha256("now"), "another detector");

    [Fact]
    public void Photos_are_counted_by_how_their_faces_were_found()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1)), Some.Read("/p/a2.jpg", "a", Some.Face(1))]);
                writer.Commit(space, [Found("/p/b.jpg", "b", Now), Found("/p/c.jpg", "c", Now, Some.Face(2)), Found("/p/d.jpg", "d", Now)]);
                writer.Commit(space, [Found("/p/e.jpg", "e", Before), Found("/p/f.jpg", "f", Before)]);
                Assert.Equal([new(Now, 3), new(Before, 2), new(null, 1)], writer.CountByProvenance(space));
                Assert.Empty(writer.CountByProvenance(new SpaceId(99)));

                var other = writer.EnsureSpace(Some.Space("model-b"));
                writer.Commit(other, [Found("/p/b.jpg", "b", Before)]);
                Assert.Equal([new(Before, 1)], writer.CountByProvenance(other));
                Assert.Equal([new(Now, 3), new(Before, 2), new(null, 1)], writer.CountByProvenance(space));

                writer.RemovePaths(["/p/b.jpg"]);
                writer.Forget([writer.FindPhotoAt("/p/e.jpg")!.Id], []);
                Assert.Equal([new(Now, 2), new(null, 1), new(Before, 1)], writer.CountByProvenance(space));
                Assert.Empty(writer.Verify());
            }
        );
    }

    [Fact]
    public void A_photo_that_was_read_twice_keeps_how_it_was_found_first()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Found("/p/a.jpg", "a", Before, Some.Face(1))]);
                writer.Commit(space, [Found("/q/a.jpg", "a", Now, Some.Face(1), Some.Face(2))]);
                Assert.Equal([new(Before, 1)], writer.CountByProvenance(space));
                Assert.Equal(1, writer.CountFaces());
            }
        );
    }

    [Fact]
    public void A_photo_whose_faces_were_found_in_another_way_is_incomplete_only_when_that_is_asked()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(
                    space,
                    [Found("/p/before.jpg", "a", Before), Found("/p/now.jpg", "b", Now), Some.Read("/p/unknown.jpg", "c")]
                );
                var (any, now) = (new IndexedSpaces(space), new IndexedSpaces(space) { FoundBy = Now });
                Assert.All(writer.FilesUnder("/p", any).Values, file => Assert.Equal(FileState.Complete, file.State));
                Assert.Equal(
                    [("/p/before.jpg", FileState.Incomplete), ("/p/now.jpg", FileState.Complete), ("/p/unknown.jpg", FileState.Incomplete)],
                    writer.FilesUnder("/p", now).OrderBy(file => file.Key).Select(file => (file.Key, file.Value.State))
                );
                Assert.Equal(PhotoWork.None, writer.ProgressOf(Some.Sha256("a"), any).WorkLeft(any));
                Assert.Equal(PhotoWork.Faces, writer.ProgressOf(Some.Sha256("a"), now).WorkLeft(now));
                Assert.Equal(PhotoWork.None, writer.ProgressOf(Some.Sha256("b"), now).WorkLeft(now));
                Assert.Equal(PhotoWork.Faces, writer.ProgressOf(Some.Sha256("c"), now).WorkLeft(now));
                var neverUsed = any with { FoundBy = new(Some.Sha256("never used"), "a third") };
                Assert.Equal(PhotoWork.Faces, writer.ProgressOf(Some.Sha256("b"), neverUsed).WorkLeft(neverUsed));
                Assert.Equal(new PhotoCounts(0, 0, 3, 0, 0), writer.Count()); // nothing waits
            }
        );
    }

    [Fact]
    public void Faces_that_are_found_again_keep_their_ids_and_those_that_are_not_go()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Found("/p/a.jpg", "a", Before, Some.Face(1), Some.Face(2), Some.Face(3), Some.Face(5, good: false))]);
                writer.Commit(space, [Found("/p/b.jpg", "b", Before, Some.Face(4))]);
                var photo = writer.FindPhotoAt("/p/a.jpg")!.Id;
                var (one, two, three, poor) = (IdOf(1), IdOf(2), IdOf(3), IdOf(5));
                var before = writer.ReadEmbeddings(space);

                // The first as it was, the second elsewhere and with another row, the third not any more, one that is new.
                var moved = Moved(Some.Face(2), by: 5) with
                {
                    Embedding = Some.Embedding(22),
                    Confidence = 0.5f,
                };
                Again(writer, space, Found("/p/a.jpg", "a", Now, Some.Face(1), moved, Some.Face(9)));

                var faces = writer.FacesOf(photo);
                var added = Assert.Single(faces, face => face.Box == Some.Face(9).Box).Id;
                Assert.Equal(
                    [one, two, added],
                    faces.Select(face => face.Id).Order(Comparer<FaceId>.Create((a, b) => a.Value.CompareTo(b.Value)))
                );
                Assert.Equal((moved.Box, 0.5f), writer.FindFace(two) is { } now ? (now.Box, now.Confidence) : default);
                Assert.Null(writer.FindFace(three));
                Assert.Null(writer.FindFace(poor));
                var after = writer.ReadEmbeddings(space);
                Assert.Equal([one, two, before.Faces[3], added], after.Faces);
                Assert.Equal([.. Some.Embedding(1), .. Some.Embedding(22), .. Some.Embedding(4), .. Some.Embedding(9)], after.Floats());
                Assert.Equal([new(Before, 1), new(Now, 1)], writer.CountByProvenance(space));

                var changes = writer.ReadChanges(space, before.Revision)!;
                Assert.Equal([two, added], changes.Added.Faces); // the row of the first is the same
                Assert.Equal([two, three], changes.Removed);
                Assert.Empty(writer.Verify());

                FaceId IdOf(int seed) => writer.FacesOf(photo).Single(face => face.Box == Some.Face(seed).Box).Id;
            }
        );
    }

    [Fact]
    public void A_photo_may_be_read_again_more_than_once_and_its_state_follows()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1))]);
                var before = writer.ReadEmbeddings(space);
                for (var round = 1; round <= 3; round++)
                {
                    var by = new Provenance(Some.Sha256($"{round}"), $"round {round}");
                    Again(writer, space, Found("/p/a.jpg", "a", by, Some.Face(1) with { Embedding = Some.Embedding(10 + round) }));
                    Assert.Equal([new(by, 1)], writer.CountByProvenance(space));
                }
                var changes = writer.ReadChanges(space, before.Revision)!;
                Assert.Equal(before.Faces, changes.Added.Faces);
                Assert.Equal(Some.Embedding(13), changes.Added.Floats());
                Assert.Equal(before.Faces, changes.Removed);

                Again(writer, space, Found("/p/a.jpg", "a", Before, Some.Face(1, good: false)));
                Assert.Equal(PhotoState.TooPoor, writer.FindPhotoAt("/p/a.jpg")!.State);
                Assert.Equal(before.Faces[0], Assert.Single(writer.FacesOf(before.Photos[0])).Id);
                Assert.Empty(writer.ReadEmbeddings(space).Faces);
                Again(writer, space, Found("/p/a.jpg", "a", Now));
                Assert.Equal(PhotoState.NoFace, writer.FindPhotoAt("/p/a.jpg")!.State);
                Assert.Empty(writer.Verify());
            }
        );
    }

    [Fact]
    public void Reading_again_for_one_model_leaves_the_rows_of_another_as_they_are()
    {
        Write(
            (writer, space) =>
            {
                var other = writer.EnsureSpace(Some.Space("model-b", 4));
                writer.Commit(space, [Found("/p/a.jpg", "a", Before, Some.Face(1), Some.Face(2))]);
                writer.Commit(other, [Found("/p/a.jpg", "a", Before, Some.Face(1, dimensions: 4), Some.Face(3, dimensions: 4))]);
                var before = writer.ReadEmbeddings(other);

                Again(writer, space, Found("/p/a.jpg", "a", Now, Moved(Some.Face(1), by: 5)));

                var after = writer.ReadEmbeddings(other);
                Assert.Equal(before.Faces, after.Faces);
                Assert.Equal(before.Floats(), after.Floats());
                Assert.Equal([before.Faces[0]], writer.ReadEmbeddings(space).Faces);
                Assert.Equal(2, writer.CountFaces()); // the third is still one of the other model's
                Assert.Equal([new(Now, 1)], writer.CountByProvenance(space));
                Assert.Equal([new(Before, 1)], writer.CountByProvenance(other));

                Again(writer, other, Found("/p/a.jpg", "a", Now, Some.Face(1, dimensions: 4)));
                Assert.Equal([before.Faces[0]], writer.ReadEmbeddings(other).Faces);
                Assert.Equal(1, writer.CountFaces());
                Assert.Empty(writer.Verify());
            }
        );
    }

    [Fact]
    public void What_was_forgotten_stays_forgotten_when_its_photo_is_read_again()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Found("/p/a.jpg", "a", Before, Some.Face(1), Some.Face(2)), Found("/p/b.jpg", "b", Before)]);
                var (kept, gone) = (
                    writer.FacesOf(writer.FindPhotoAt("/p/a.jpg")!.Id)[0],
                    writer.FacesOf(writer.FindPhotoAt("/p/a.jpg")!.Id)[1]
                );
                writer.Forget([writer.FindPhotoAt("/p/b.jpg")!.Id], [gone.Id]);
                Again(
                    writer,
                    space,
                    Found("/p/a.jpg", "a", Now, Moved(Some.Face(1), by: 3), Moved(Some.Face(2), by: 3)),
                    Found("/p/b.jpg", "b", Now, Some.Face(1))
                );
                Assert.Equal(kept.Id, Assert.Single(writer.FacesOf(kept.Photo)).Id);
                Assert.Null(writer.FindPhoto(Some.Sha256("b")));
                Assert.Equal([new(Now, 1)], writer.CountByProvenance(space));
            }
        );
    }

    [Fact]
    public void A_file_that_can_not_be_read_again_keeps_its_photo_and_how_it_was_found()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Found("/p/a.jpg", "a", Before, Some.Face(1))]);
                Again(writer, space, Some.Failed("/p/a.jpg"));
                Assert.Equal([new(Before, 1)], writer.CountByProvenance(space));
                Assert.Equal(Some.Embedding(1), writer.ReadEmbeddings(space).Floats());
            }
        );
    }

    /// <summary>As a run does that reads again what was found in another way.</summary>
    private static void Again(ICatalogueWriter writer, SpaceId space, params FileOutcome[] outcomes)
    {
        var by = outcomes.OfType<PhotoRead>().FirstOrDefault()?.Photo.FoundBy ?? Now;
        writer.Commit(new IndexedSpaces(space) { FoundBy = by }, outcomes);
    }

    private static NewFace Moved(NewFace face, float by) => face with { Box = face.Box with { Left = face.Box.Left - by } };

    private static PhotoRead Found(string path, string content, Provenance by, params NewFace[] faces) =>
        new(Some.File(path), Some.Photo(content, faces) with { FoundBy = by });
}
