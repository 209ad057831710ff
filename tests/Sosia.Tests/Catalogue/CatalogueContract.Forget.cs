using Sosia.Catalogue;
using Sosia.Faces;

namespace Sosia.Tests.Catalogue;

/// <summary>Forgetting: what goes, what stays, and that it does not come back.</summary>
public abstract partial class CatalogueContract
{
    [Fact]
    public void A_forgotten_photo_is_gone_with_its_paths_faces_and_embeddings_and_is_not_stored_again()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(
                    space,
                    [
                        Some.Read("/p/a.jpg", "a", Some.Face(1), Some.Face(2, good: false)),
                        Some.Copy("/q/a.jpg", "a"),
                        Some.Read("/p/b.jpg", "b", Some.Face(3)),
                    ]
                );
                var before = writer.Revision;
                var gone = writer.FindPhotoAt("/p/a.jpg")!;
                var faces = writer.FacesOf(gone.Id);
                Assert.Equal(Gone(1, 2, 1), writer.Forget([gone.Id], []));

                Assert.Null(writer.FindPhoto(gone.Id));
                Assert.Null(writer.FindPhoto(gone.Sha256));
                Assert.All(faces, face => Assert.Null(writer.FindFace(face.Id)));
                Assert.Equal(["/p/b.jpg"], writer.FilesUnder("/p").Keys);
                Assert.Empty(writer.FilesUnder("/q"));
                Assert.True(writer.ProgressOf(gone.Sha256, new(space)).IsForgotten);
                Assert.False(writer.ProgressOf(Some.Sha256("b"), new(space)).IsForgotten);
                Assert.Equal(faces.Where(face => face.HasEmbedding).Select(face => face.Id), writer.ReadChanges(space, before)!.Removed);

                writer.Announce([Some.File("/p/a.jpg")]);
                writer.Commit(
                    space,
                    [
                        Some.Read("/p/a.jpg", "a", Some.Face(1)),
                        Some.Copy("/r/a.jpg", "a"),
                        new PhotoForgotten(Some.File("/s/a.jpg"), gone.Sha256),
                    ]
                );
                Assert.Null(writer.FindPhoto(gone.Sha256));
                Assert.Equal(1, writer.Count().Total);
                Assert.Equal(["/p/b.jpg"], writer.FilesUnder("/p").Keys);
            }
        );
        Write((writer, space) => Assert.True(writer.ProgressOf(Some.Sha256("a"), new(space)).IsForgotten));
    }

    [Fact]
    public void A_forgotten_face_is_gone_from_its_photo_which_stays_and_does_not_come_back_with_it()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1), Some.Face(2))]);
                var photo = writer.FindPhotoAt("/p/a.jpg")!;
                var faces = writer.FacesOf(photo.Id);
                Assert.Equal(Gone(0, 1, 1), writer.Forget([], [faces[0].Id]));
                Assert.Equal([faces[1]], writer.FacesOf(photo.Id));

                // Neither by another model, nor when the photo went and came again.
                var other = writer.EnsureSpace(Some.Space("model-b"));
                writer.Commit(other, [Some.Read("/p/a.jpg", "a", Some.Face(1), Some.Face(2))]);
                Assert.Single(writer.FacesOf(photo.Id));
                writer.RemovePaths(["/p/a.jpg"]);
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1), Some.Face(2))]);
                Assert.Equal(faces[1].Box, Assert.Single(writer.FacesOf(writer.FindPhotoAt("/p/a.jpg")!.Id)).Box);
            }
        );
    }

    [Fact]
    public void A_forgotten_face_does_not_come_back_in_the_box_of_another_detector_and_its_neighbour_does()
    {
        Write(
            (writer, space) =>
            {
                NewFace gone = Some.Face(1),
                    neighbour = Some.Face(2);
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", gone, neighbour)]);
                var photo = writer.FindPhotoAt("/p/a.jpg")!;
                writer.Forget([], [writer.FacesOf(photo.Id).Single(face => face.Box == gone.Box).Id]);

                var (box, space2) = (gone.Box, writer.EnsureSpace(Some.Space("model-b")));
                var tight = new Box(box.Left + 0.2f * box.Width, box.Top + 0.25f * box.Height, 0.6f * box.Width, 0.6f * box.Height);
                Assert.True(tight.Overlap(box) < 0.5f);
                writer.Commit(space2, [Some.Read("/p/a.jpg", "a", gone with { Box = tight }, neighbour)]);

                Assert.Equal(neighbour.Box, Assert.Single(writer.FacesOf(photo.Id)).Box);
                Assert.Equal(1, writer.ReadEmbeddings(space2).Count);
            }
        );
    }

    [Fact]
    public void A_photo_all_of_whose_faces_are_forgotten_counts_as_without_face()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1))]);
                var photo = writer.FindPhotoAt("/p/a.jpg")!;
                writer.Forget([], [.. writer.FacesOf(photo.Id).Select(face => face.Id)]);
                Assert.Equal(PhotoState.NoFace, writer.FindPhoto(photo.Id)!.State);
            }
        );
    }

    [Fact]
    public void Forgetting_something_that_is_not_there_forgets_nothing()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1))]);
                var photo = writer.FindPhotoAt("/p/a.jpg")!;
                var before = writer.Version;
                Assert.Equal(
                    CatalogueProblem.NotFound,
                    Assert.Throws<CatalogueException>(() => writer.Forget([photo.Id, new PhotoId(999)], [])).Problem
                );
                Assert.Equal(
                    CatalogueProblem.NotFound,
                    Assert.Throws<CatalogueException>(() => writer.Forget([photo.Id], [new FaceId(999)])).Problem
                );
                Assert.Equal(before, writer.Version);
                Assert.NotNull(writer.FindPhoto(photo.Id));
            }
        );
    }

    [Fact]
    public void Faces_come_in_pages_in_order_of_id()
    {
        Write(
            (writer, space) =>
                writer.Commit(
                    space,
                    [.. Enumerable.Range(0, 7).Select(i => Some.Read($"/p/{i}.jpg", $"{i}", Some.Face(1), Some.Face(2, good: false)))]
                )
        );
        using var reader = Store.OpenReader();
        var pages = new List<IReadOnlyList<FaceRow>>();
        for (var after = default(FaceId); reader.Faces(after, 5) is { Count: > 0 } page; after = page[^1].Id)
            pages.Add(page);
        Assert.Equal([5, 5, 4], pages.Select(page => page.Count));
        Assert.All(pages.SelectMany(page => page), face => Assert.Equal(face, reader.FindFace(face.Id)));
    }
}
