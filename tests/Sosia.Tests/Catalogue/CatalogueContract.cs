using Sosia.Catalogue;

namespace Sosia.Tests.Catalogue;

/// <summary>What every catalogue promises, whatever keeps it. A new kind derives from this and hands in its store.</summary>
public abstract partial class CatalogueContract
{
    /// <summary>A store that holds nothing yet, the same for the whole of one test.</summary>
    private protected abstract ICatalogueStore Store { get; }

    /// <summary>Whether what a reader is told at once is of one moment, also beside a writer.</summary>
    private protected virtual bool SeesOneMoment => true;

    /// <summary>What the store says when it has forgotten so much, and overwritten as much of it as it can.</summary>
    private protected virtual Forgotten Gone(int photos, int faces, int embeddings) => new(photos, faces, embeddings, Overwritten: true);

    [Fact]
    public void Reading_before_anything_was_written_says_that_there_is_no_catalogue()
    {
        var missing = Assert.Throws<CatalogueException>(() => Store.OpenReader());
        Assert.Equal(CatalogueProblem.Missing, missing.Problem);
    }

    [Fact]
    public void A_new_catalogue_is_empty_and_sound()
    {
        using var writer = Store.OpenWriter();
        Assert.Equal(0, writer.Count().Total);
        Assert.Empty(writer.Spaces());
        Assert.Empty(writer.Photos(default, 10));
        Assert.Empty(writer.Verify());
    }

    [Fact]
    public void A_photo_comes_back_with_its_faces_exactly_as_stored_and_largest_first()
    {
        NewFace small = Some.Face(1),
            large = Some.Face(9, good: false);
        Write((writer, space) => writer.Commit(space, [Some.Read("/p/a.jpg", "a", small, large)]));

        using var reader = Store.OpenReader();
        var photo = Assert.IsType<PhotoRow>(reader.FindPhoto(Some.Sha256("a")));
        Assert.Equal((640, 480, PhotoState.Searchable), (photo.Width, photo.Height, photo.State));
        Assert.Equal(["/p/a.jpg"], photo.Paths);
        var faces = reader.FacesOf(photo.Id);
        Assert.Equal([large.Box, small.Box], faces.Select(face => face.Box));
        Assert.Equal([false, true], faces.Select(face => face.HasEmbedding));
        Assert.Equal((small.Confidence, small.Landmarks, small.Quality), (faces[1].Confidence, faces[1].Landmarks, faces[1].Quality));
        Assert.Equal(faces[1], reader.FindFace(faces[1].Id));
        Assert.Equal(2, reader.CountFaces());
        Assert.Equivalent(photo, reader.FindPhoto(photo.Id));
        Assert.Equivalent(photo, reader.FindPhotoAt("/p/a.jpg"));
    }

    [Fact]
    public void What_is_not_there_is_null_or_empty()
    {
        Write((_, _) => { });
        using var reader = Store.OpenReader();
        Assert.Null(reader.FindPhoto(new PhotoId(1)));
        Assert.Null(reader.FindPhoto(Some.Sha256("a")));
        Assert.Null(reader.FindPhotoAt("/p/a.jpg"));
        Assert.Null(reader.FindFace(new FaceId(1)));
        Assert.Empty(reader.FacesOf(new PhotoId(1)));
    }

    [Fact]
    public void A_photo_is_searchable_with_a_good_face_too_poor_with_only_bad_ones_and_else_without_face()
    {
        Write(
            (writer, space) =>
                writer.Commit(
                    space,
                    [
                        Some.Read("/p/good.jpg", "good", Some.Face(1), Some.Face(2, good: false)),
                        Some.Read("/p/poor.jpg", "poor", Some.Face(3, good: false)),
                        Some.Read("/p/none.jpg", "none"),
                    ]
                )
        );
        using var reader = Store.OpenReader();
        Assert.Equal(PhotoState.Searchable, reader.FindPhotoAt("/p/good.jpg")!.State);
        Assert.Equal(PhotoState.TooPoor, reader.FindPhotoAt("/p/poor.jpg")!.State);
        Assert.Equal(PhotoState.NoFace, reader.FindPhotoAt("/p/none.jpg")!.State);
    }

    [Fact]
    public void Every_photo_is_counted_once_and_the_states_add_up()
    {
        Write(
            (writer, space) =>
            {
                writer.Announce([.. "abcdef".Select(name => Some.File($"/p/{name}.jpg"))]);
                Assert.Equal(new PhotoCounts(0, 0, 0, 0, Waiting: 6), writer.Count());
                writer.Commit(
                    space,
                    [
                        Some.Read("/p/a.jpg", "a", Some.Face()),
                        Some.Copy("/p/b.jpg", "a"),
                        Some.Read("/p/c.jpg", "c", Some.Face(good: false)),
                        Some.Read("/p/d.jpg", "d"),
                        Some.Failed("/p/e.jpg"),
                    ]
                );
            }
        );
        using var reader = Store.OpenReader();
        Assert.Equal(new PhotoCounts(Searchable: 1, TooPoor: 1, NoFace: 1, Unreadable: 1, Waiting: 1), reader.Count());
        Assert.Equal(5, reader.Count().Total);
    }

    [Fact]
    public void Photos_come_in_pages_in_order_of_id_each_with_all_its_paths()
    {
        Write(
            (writer, space) =>
                writer.Commit(
                    space,
                    [
                        .. Enumerable
                            .Range(0, 25)
                            .SelectMany(i => new FileOutcome[] { Some.Read($"/p/{i}.jpg", $"{i}"), Some.Copy($"/copy/{i}.jpg", $"{i}") }),
                    ]
                )
        );

        using var reader = Store.OpenReader();
        var pages = new List<IReadOnlyList<PhotoRow>>();
        for (var after = default(PhotoId); reader.Photos(after, 10) is { Count: > 0 } page; after = page[^1].Id)
            pages.Add(page);
        Assert.Equal([10, 10, 5], pages.Select(page => page.Count));
        var photos = pages.SelectMany(page => page).ToList();
        Assert.Equal(photos.Select(photo => photo.Id.Value).Order(), photos.Select(photo => photo.Id.Value));
        Assert.All(photos, photo => Assert.Equal(2, photo.Paths.Count));
        Assert.Empty(reader.Photos(default, 0));
    }

    [Fact]
    public void Ids_are_never_used_again()
    {
        PhotoId first = default,
            second = default;
        FaceId firstFace = default,
            secondFace = default;
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face())]);
                first = writer.FindPhotoAt("/p/a.jpg")!.Id;
                firstFace = writer.FacesOf(first)[0].Id;
                writer.RemovePaths(["/p/a.jpg"]);
            }
        );
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face())]);
                second = writer.FindPhotoAt("/p/a.jpg")!.Id;
                secondFace = writer.FacesOf(second)[0].Id;
            }
        );
        Assert.True(second.Value > first.Value);
        Assert.True(secondFace.Value > firstFace.Value);
    }

    [Fact]
    public void What_cannot_be_stored_is_refused_whole_and_says_both_sides()
    {
        Write(
            (writer, space) =>
            {
                var before = writer.Version;
                Refused<ArgumentException>("Expected 8 dimensions", Some.Read("/p/b.jpg", "b", Some.Face(1, dimensions: 7)));
                Refused<ArgumentException>("not a finite number", Some.Read("/p/b.jpg", "b", Some.Face() with { Confidence = float.NaN }));
                Refused<ArgumentException>(
                    "not finite",
                    Some.Read("/p/b.jpg", "b", Some.Face() with { Embedding = [1, 2, 3, 4, 5, 6, 7, float.PositiveInfinity] })
                );
                Refused<ArgumentException>("64 lower-case hex digits", new PhotoRead(Some.File("/p/b.jpg"), new NewPhoto("ABC", 1, 1, [])));
                Refused<CatalogueException>("No photo", Some.Copy("/p/b.jpg", "never stored"));
                Assert.Equal(before, writer.Version);
                Assert.Equal(0, writer.Count().Total);

                void Refused<T>(string why, FileOutcome bad)
                    where T : Exception =>
                    Assert.Contains(why, Assert.Throws<T>(() => writer.Commit(space, [Some.Read("/p/a.jpg", "a"), bad])).Message);
            }
        );
    }

    /// <summary>Opens the writer, makes the space, writes, closes; and what comes out must always be sound.</summary>
    private protected void Write(Action<ICatalogueWriter, SpaceId> write)
    {
        using var writer = Store.OpenWriter();
        write(writer, writer.EnsureSpace(Some.Space()));
        Assert.Empty(writer.Verify());
    }
}
