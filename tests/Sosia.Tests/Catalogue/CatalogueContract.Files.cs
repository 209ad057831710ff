using Sosia.Catalogue;
using Sosia.Photos;
using Sosia.Photos.Facts;

namespace Sosia.Tests.Catalogue;

/// <summary>Files: announced, read, failed, copied, changed, moved, gone.</summary>
public abstract partial class CatalogueContract
{
    [Fact]
    public void Files_are_known_at_the_place_to_which_their_folder_was_moved()
    {
        Write(
            (writer, space) =>
            {
                var sidecar = new SidecarStamp("/old/a.jpg.xmp", 9, Some.File("/old/a.jpg").Modified);
                var first = Some.Read("/old/a.jpg", "a", Some.Face(1));
                writer.Commit(
                    space,
                    [
                        new PhotoRead(first.File with { Sidecar = sidecar }, first.Photo)
                        {
                            Sidecar = PhotoFacts.None with { Caption = "a" },
                        },
                        Some.Read("/old/deep/b.jpg", "b", Some.Face(1)),
                        Some.Read("/older/c.jpg", "c", Some.Face(1)),
                        Some.Read("/old/d.jpg", "d", Some.Face(1)),
                        Some.Read("/new/d.jpg", "other", Some.Face(1)),
                    ]
                );
                var before = writer.FindPhotoAt("/old/a.jpg")!;
                Assert.Equal(2, writer.Relocate("/old", "/new"));
                var after = writer.FindPhotoAt("/new/a.jpg")!;
                Assert.Equal((before.Id, "a"), (after.Id, after.Facts.Caption));
                Assert.NotNull(writer.FindPhotoAt("/new/deep/b.jpg"));
                Assert.NotNull(writer.FindPhotoAt("/older/c.jpg")); // another folder of a like name
                Assert.Equal(Some.Sha256("other"), writer.FindPhotoAt("/new/d.jpg")!.Sha256); // what is known there stays
                Assert.Null(writer.FindPhoto(Some.Sha256("d"))); // and what lies nowhere any more goes
                Assert.Null(writer.FindPhotoAt("/old/a.jpg"));
                Assert.Equal(0, writer.Relocate("/old", "/new"));
                Assert.Empty(writer.Verify());
            }
        );
    }

    [Fact]
    public void The_same_bytes_at_several_paths_are_one_photo()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(
                    space,
                    [Some.Copy("/p/copy.jpg", "a"), Some.Read("/p/a.jpg", "a", Some.Face()), Some.Read("/p/again.jpg", "a", Some.Face())]
                );
                Assert.Equal(["/p/a.jpg", "/p/again.jpg", "/p/copy.jpg"], Assert.Single(writer.Photos(default, 10)).Paths);
                Assert.Equal(1, writer.CountFaces());
            }
        );
    }

    [Fact]
    public void A_photo_committed_twice_is_stored_once_with_the_ids_it_had()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face())]);
                var before = writer.FindPhotoAt("/p/a.jpg")!;
                var face = Assert.Single(writer.FacesOf(before.Id));
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(2), Some.Face(3))]);
                Assert.Equivalent(before, writer.FindPhotoAt("/p/a.jpg"));
                Assert.Equal([face], writer.FacesOf(before.Id));
            }
        );
    }

    [Fact]
    public void A_changed_file_moves_to_its_new_photo_and_the_old_one_goes_when_it_lies_nowhere()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "old", Some.Face(1)), Some.Copy("/p/b.jpg", "old")]);
                writer.Commit(space, [Some.Read("/p/a.jpg", "new", Some.Face(2))]);
                Assert.Equal(["/p/b.jpg"], writer.FindPhoto(Some.Sha256("old"))!.Paths);
                writer.Commit(space, [Some.Copy("/p/b.jpg", "new")]);
                Assert.Null(writer.FindPhoto(Some.Sha256("old")));
                Assert.Equal(1, writer.CountFaces());
                Assert.Equal(new PhotoCounts(1, 0, 0, 0, 0), writer.Count());
            }
        );
    }

    [Fact]
    public void A_moved_photo_keeps_its_faces()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face())]);
                var face = writer.FacesOf(writer.FindPhotoAt("/p/a.jpg")!.Id)[0];
                writer.Commit(space, [Some.Copy("/q/a.jpg", "a")]);
                Assert.Equal(0, writer.RemovePaths(["/p/a.jpg"]));
                Assert.Equal([face], writer.FacesOf(writer.FindPhotoAt("/q/a.jpg")!.Id));
            }
        );
    }

    [Fact]
    public void Two_files_that_swap_their_content_in_one_commit_keep_both_photos()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1)), Some.Read("/p/b.jpg", "b", Some.Face(2))]);
                var faces = writer.CountFaces();
                writer.Commit(space, [Some.Copy("/p/a.jpg", "b"), Some.Copy("/p/b.jpg", "a")]);
                Assert.Equal(Some.Sha256("b"), writer.FindPhotoAt("/p/a.jpg")!.Sha256);
                Assert.Equal(Some.Sha256("a"), writer.FindPhotoAt("/p/b.jpg")!.Sha256);
                Assert.Equal(faces, writer.CountFaces());
            }
        );
    }

    [Fact]
    public void Removed_paths_take_with_them_the_photos_that_lie_nowhere_else()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(
                    space,
                    [
                        Some.Read("/p/a.jpg", "a", Some.Face(1)),
                        Some.Read("/p/b.jpg", "b", Some.Face(2)),
                        Some.Copy("/q/b.jpg", "b"),
                        Some.Failed("/p/c.jpg"),
                    ]
                );
                Assert.Equal(1, writer.RemovePaths(["/p/a.jpg", "/p/b.jpg", "/p/c.jpg", "/p/never.jpg"]));
                Assert.Equal(new PhotoCounts(1, 0, 0, 0, 0), writer.Count());
                Assert.Equal(["/q/b.jpg"], Assert.Single(writer.Photos(default, 10)).Paths);
                Assert.Equal(1, Assert.Single(writer.Spaces()).Rows);
            }
        );
    }

    [Fact]
    public void A_failure_is_listed_with_its_reason_replaced_by_the_next_and_cleared_by_success()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Failed("/p/b.jpg", "Empty.", UnreadableReason.Empty), Some.Failed("/p/a.jpg")]);
                Assert.Equal(["/p/a.jpg", "/p/b.jpg"], writer.Failures().Select(failed => failed.File.Path));
                Assert.Equal(new Failure(UnreadableReason.Empty, "Empty."), writer.Failures()[1].Failure);
                writer.Commit(space, [Some.Failed("/p/b.jpg", "Took too long.", UnreadableReason.TooSlow)]);
                Assert.Equal(new Failure(UnreadableReason.TooSlow, "Took too long."), writer.Failures()[1].Failure);
                writer.Commit(space, [Some.Read("/p/b.jpg", "b")]);
                Assert.Equal("/p/a.jpg", Assert.Single(writer.Failures()).File.Path);
                writer.Announce([Some.File("/p/a.jpg", bytes: 77)]);
                Assert.Empty(writer.Failures());
                Assert.Equal(new PhotoCounts(0, 0, 1, 0, 1), writer.Count());
            }
        );
    }

    [Fact]
    public void A_file_that_cannot_be_read_at_the_moment_is_listed_and_keeps_its_photo_until_it_is_read_again_or_gone()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1)), Some.Read("/p/b.jpg", "b", Some.Face(2))]);
                var before = writer.FindPhotoAt("/p/a.jpg")!;
                writer.Announce([Some.File("/p/b.jpg", bytes: 77)]);
                writer.Commit(space, [Some.Failed("/p/a.jpg"), Some.Failed("/p/b.jpg")]);

                Assert.Equivalent(before, writer.FindPhotoAt("/p/a.jpg"));
                Assert.Equal(2, writer.ReadEmbeddings(space).Count);
                Assert.Equal(new PhotoCounts(2, 0, 0, 0, 0) { UnreadableNow = 2 }, writer.Count());
                Assert.Equal([before.Id, writer.FindPhotoAt("/p/b.jpg")!.Id], writer.Failures().Select(failed => failed.Photo));
                Assert.Equal(
                    new KnownFile(Some.File("/p/a.jpg"), FileState.Unreadable, before.Sha256),
                    writer.FilesUnder("/p")["/p/a.jpg"]
                );

                writer.Commit(space, [Some.Read("/p/a.jpg", "other", Some.Face(3))]);
                Assert.Null(writer.FindPhoto(before.Id));
                Assert.Equal(1, writer.RemovePaths(["/p/b.jpg"]));
                Assert.Equal(new PhotoCounts(1, 0, 0, 0, 0), writer.Count());
                Assert.Empty(writer.Failures());
            }
        );
    }

    [Fact]
    public void Announcing_known_files_changes_nothing_unless_their_stamp_did()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(
                    space,
                    [Some.Read("/p/a.jpg", "a", Some.Face(1)), Some.Read("/p/b.jpg", "b", Some.Face(2)), Some.Failed("/p/c.jpg")]
                );
                var version = writer.Version;
                writer.Announce([Some.File("/p/a.jpg"), Some.File("/p/b.jpg"), Some.File("/p/c.jpg")]);
                Assert.Equal(version, writer.Version);

                writer.Announce([Some.File("/p/a.jpg", modifiedSeconds: 0.001), Some.File("/p/b.jpg", bytes: 1001), Some.File("/p/c.jpg")]);
                Assert.Equal(new PhotoCounts(0, 0, 0, Unreadable: 1, Waiting: 2), writer.Count());
                Assert.True(writer.Version > version);
            }
        );
    }

    [Fact]
    public void A_changed_file_stays_findable_until_it_is_read_again()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face())]);
                writer.Announce([Some.File("/p/a.jpg", bytes: 5)]);
                Assert.Equal(new PhotoCounts(0, 0, 0, 0, Waiting: 1), writer.Count());
                Assert.Single(writer.ReadEmbeddings(space).Faces);
                Assert.Equal(Some.Sha256("a"), writer.FindPhotoAt("/p/a.jpg")!.Sha256);
                Assert.Equal(
                    new KnownFile(Some.File("/p/a.jpg", bytes: 5), FileState.Waiting, Some.Sha256("a")),
                    writer.FilesUnder("/p")["/p/a.jpg"]
                );
            }
        );
    }

    [Fact]
    public void Known_files_carry_the_stamp_they_were_stored_with_to_the_tick()
    {
        Write(
            (writer, space) =>
            {
                writer.Announce([Some.File("/p/waiting.jpg", 3, 1.5)]);
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face()), Some.Failed("/p/bad.jpg")]);
                Assert.Equivalent(
                    new Dictionary<string, KnownFile>
                    {
                        ["/p/waiting.jpg"] = new(Some.File("/p/waiting.jpg", 3, 1.5), FileState.Waiting, null),
                        ["/p/a.jpg"] = new(Some.File("/p/a.jpg"), FileState.Complete, Some.Sha256("a")),
                        ["/p/bad.jpg"] = new(Some.File("/p/bad.jpg"), FileState.Unreadable, null),
                    },
                    writer.FilesUnder("/p"),
                    strict: true
                );
            }
        );
    }

    [Fact]
    public void Under_a_directory_is_what_its_path_says_whatever_the_names_hold()
    {
        string[] inside =
        [
            "/p/100%/a.jpg",
            "/p/100%/sub/b.jpg",
            "/p/100%/_.jpg",
            "/p/100%/new\nline.jpg",
            "/p/100%/😀/é.jpg",
            "/p/100%/-n.jpg",
            "/p/100%/.hidden",
            "/p/100%/'\"$1;.jpg",
        ];
        string[] outside =
        [
            "/p/100%",
            "/p/100%.jpg",
            "/p/100%-old/a.jpg",
            "/p/100%0/a.jpg",
            "/p/100x/a.jpg",
            "/p/1000/a.jpg",
            "/P/100%/a.jpg",
            "/q/a.jpg",
        ];
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [.. inside.Concat(outside).Select(path => Some.Read(path, path))]);
                Assert.Equal(inside.Order(StringComparer.Ordinal), writer.FilesUnder("/p/100%").Keys.Order(StringComparer.Ordinal));
                Assert.Equal(inside.Length, writer.FilesUnder("/p/100%/").Count);
                Assert.Equal(inside.Length + outside.Length, writer.FilesUnder("/").Count);
                Assert.Single(writer.FilesUnder("/p/100%/😀"));
                Assert.Equal(
                    inside.Select(path => writer.FindPhotoAt(path)!.Id.Value).Order(),
                    writer.PhotosIn(new() { Under = ["/p/100%"] }).Select(photo => photo.Value).Order()
                );
                Assert.Empty(writer.PhotosIn(new() { Under = ["/p/100"] }));
            }
        );
    }

    [Fact]
    public void A_photo_was_taken_when_it_says_so_else_as_the_first_sidecar_says_else_when_its_oldest_file_was_written()
    {
        Write(
            (writer, space) =>
            {
                static PhotoFacts At(int year) =>
                    PhotoFacts.None with
                    {
                        Taken = new(new DateTime(year, 5, 1, 0, 0, 0, DateTimeKind.Unspecified), null, TimeSource.Xmp),
                    };
                static PhotoRead Beside(PhotoRead read, int year) =>
                    new(read.File with { Sidecar = new(read.File.Path + ".xmp", 9, read.File.Modified) }, read.Photo)
                    {
                        Sidecar = At(year),
                    };
                var says = Some.Read("/p/says.jpg", "says");
                writer.Commit(
                    space,
                    [
                        Beside(new(says.File, says.Photo with { Facts = At(1990) }), 1995),
                        Beside(Some.Read("/p/2.jpg", "twice"), 2010),
                        Beside(Some.Read("/p/1.jpg", "twice"), 2001),
                        Some.Read("/p/file.jpg", "file"),
                        Some.Copy("/p/file again.jpg", "file"),
                    ]
                );
                string?[] Between(int from, int before) =>
                    [
                        .. writer
                            .PhotosIn(new() { From = new DateTime(from, 1, 1), Before = new DateTime(before, 1, 1) })
                            .Select(photo => writer.FindPhoto(photo)!.Paths[0])
                            .Order(StringComparer.Ordinal),
                    ];
                Assert.Equal(["/p/says.jpg"], Between(1990, 1991));
                Assert.Equal(["/p/1.jpg"], Between(2001, 2002));
                Assert.Empty(Between(1992, 2000));
                Assert.Empty(Between(2002, 2012));
                var written = Some.File("/p/file.jpg").Modified.Year;
                Assert.Equal(["/p/file again.jpg"], Between(written, written + 1));
            }
        );
    }

    [Fact]
    public void A_photo_under_two_directories_is_found_under_each()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a"), Some.Copy("/q/a.jpg", "a"), Some.Failed("/q/b.jpg")]);
                Assert.Equal(writer.PhotosIn(new() { Under = ["/p"] }), writer.PhotosIn(new() { Under = ["/q"] }));
            }
        );
    }
}
