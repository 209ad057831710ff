using Sosia.Catalogue;

namespace Sosia.Tests.Catalogue;

/// <summary>Rows of whole photos, in spaces of their own beside those of faces.</summary>
public abstract partial class CatalogueContract
{
    [Fact]
    public void A_photo_has_one_row_in_a_space_of_photos_beside_those_of_its_faces()
    {
        WriteLooks(
            (writer, space, look) =>
            {
                writer.Commit(space, [Some.Seen("/p/a.jpg", "a", 7, Some.Face(1), Some.Face(2)), Some.Seen("/p/b.jpg", "b", 8)], look);
                var (faces, photos) = (writer.ReadEmbeddings(space), writer.ReadEmbeddings(look));
                Assert.Equal([.. Some.Embedding(1), .. Some.Embedding(2)], faces.Floats());
                Assert.Equal([.. Some.Look(7), .. Some.Look(8)], photos.Floats());
                Assert.Equal([writer.FindPhotoAt("/p/a.jpg")!.Id, writer.FindPhotoAt("/p/b.jpg")!.Id], photos.Photos);
                Assert.Empty(photos.Faces);
                Assert.Equal([new(space, Some.Space(), 2), new(look, Some.LookSpace(), 2)], writer.Spaces());
                Assert.Equal(PhotoState.NoFace, writer.FindPhotoAt("/p/b.jpg")!.State);
            }
        );
    }

    [Fact]
    public void A_photo_that_is_stored_gains_its_row_and_keeps_its_faces()
    {
        WriteLooks(
            (writer, space, look) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1))]);
                var before = writer.FacesOf(writer.FindPhotoAt("/p/a.jpg")!.Id);
                Assert.Equal(PhotoWork.Look, Left("a"));
                Assert.Equal(
                    new KnownFile(Some.File("/p/a.jpg"), FileState.Complete, Some.Sha256("a")),
                    writer.FilesUnder("/p", new(space))["/p/a.jpg"]
                );
                Assert.Equal(
                    new KnownFile(Some.File("/p/a.jpg"), FileState.Incomplete, Some.Sha256("a")),
                    writer.FilesUnder("/p", new(space, look))["/p/a.jpg"]
                );

                writer.Commit(space, [Some.Looked("/p/a.jpg", "a", 7)], look);
                writer.Commit(space, [Some.Looked("/q/a.jpg", "a", 9)], look); // made twice: the first one stays
                Assert.Equal(PhotoWork.None, Left("a"));
                Assert.Equal(Some.Look(7), writer.ReadEmbeddings(look).Floats());
                Assert.Equal(before, writer.FacesOf(writer.FindPhotoAt("/p/a.jpg")!.Id));
                Assert.Equal(FileState.Complete, writer.FilesUnder("/p", new(space, look))["/p/a.jpg"].State);

                PhotoWork Left(string content) => writer.ProgressOf(Some.Sha256(content), new(space, look)).WorkLeft(new(space, look));
            }
        );
    }

    [Fact]
    public void A_photo_of_which_the_model_makes_nothing_is_analysed_and_has_no_row()
    {
        WriteLooks(
            (writer, space, look) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a") with { Look = [] }], look);
                Assert.Equal(
                    new PhotoProgress(false, HasFaces: true, HasLook: true) { HasFacts = true, HasDescriptor = true },
                    writer.ProgressOf(Some.Sha256("a"), new(space, look))
                );
                Assert.Empty(writer.ReadEmbeddings(look).Floats());
            }
        );
    }

    [Fact]
    public void Changes_of_a_space_of_photos_tell_which_rows_came_and_which_photos_went()
    {
        WriteLooks(
            (writer, space, look) =>
            {
                writer.Commit(space, [Some.Seen("/p/a.jpg", "a", 1, Some.Face(1)), Some.Seen("/p/b.jpg", "b", 2)], look);
                var before = writer.ReadEmbeddings(look);
                writer.Commit(space, [Some.Seen("/p/c.jpg", "c", 3)], look);
                writer.RemovePaths(["/p/a.jpg"]);

                var changes = writer.ReadChanges(look, before.Revision)!;
                Assert.Equal(Some.Look(3), changes.Added.Floats());
                Assert.Equal([before.Photos[0]], changes.RemovedPhotos);
                Assert.Empty(changes.Removed);
                Assert.Empty(writer.ReadChanges(space, before.Revision)!.RemovedPhotos);
                Assert.Equal([.. Some.Look(2), .. Some.Look(3)], writer.ReadEmbeddings(look).Floats());
            }
        );
    }

    [Fact]
    public void A_forgotten_photo_takes_its_row_along_and_a_forgotten_face_does_not()
    {
        WriteLooks(
            (writer, space, look) =>
            {
                writer.Commit(space, [Some.Seen("/p/a.jpg", "a", 1, Some.Face(1)), Some.Seen("/p/b.jpg", "b", 2, Some.Face(2))], look);
                var (gone, stays) = (writer.FindPhotoAt("/p/a.jpg")!.Id, writer.FindPhotoAt("/p/b.jpg")!.Id);
                Assert.Equal(Gone(1, 2, 3), writer.Forget([gone], [writer.FacesOf(stays)[0].Id]));
                Assert.Equal(Some.Look(2), writer.ReadEmbeddings(look).Floats());

                writer.Commit(space, [Some.Seen("/p/a.jpg", "a", 1), Some.Looked("/q/a.jpg", "a", 1)], look);
                Assert.Equal([stays], writer.ReadEmbeddings(look).Photos);
            }
        );
    }

    [Fact]
    public void A_row_of_a_photo_that_cannot_be_stored_is_refused_and_says_both_sides()
    {
        WriteLooks(
            (writer, space, look) =>
            {
                var before = writer.Version;
                Refused<ArgumentException>("Expected 3 dimensions", Some.Read("/p/a.jpg", "a") with { Look = [1, 2] }, look);
                Refused<ArgumentException>("not finite", Some.Read("/p/a.jpg", "a") with { Look = [1, 2, float.NaN] }, look);
                Refused<ArgumentException>("no space", Some.Read("/p/a.jpg", "a") with { Look = [1, 2, 3] }, null);
                Refused<CatalogueException>("No photo", Some.Looked("/p/a.jpg", "never stored", 1), look);
                Refused<CatalogueException>("no space", Some.Read("/p/a.jpg", "a"), space); // faces are not photos
                Assert.Equal(
                    CatalogueProblem.NotFound,
                    Assert.Throws<CatalogueException>(() => writer.Commit(look, [Some.Read("/p/a.jpg", "a")])).Problem
                );
                Assert.Throws<ArgumentException>(() => writer.EnsureSpace(Some.LookSpace() with { Of = SpaceKind.Faces }));
                Assert.Equal((before, 0), (writer.Version, writer.Count().Total));

                void Refused<T>(string why, FileOutcome bad, SpaceId? photos)
                    where T : Exception => Assert.Contains(why, Assert.Throws<T>(() => writer.Commit(space, [bad], photos)).Message);
            }
        );
    }

    private void WriteLooks(Action<ICatalogueWriter, SpaceId, SpaceId> write) =>
        Write((writer, space) => write(writer, space, writer.EnsureSpace(Some.LookSpace())));
}
