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

    private static PhotoRead Found(string path, string content, Provenance by, params NewFace[] faces) =>
        new(Some.File(path), Some.Photo(content, faces) with { FoundBy = by });
}
