using Sosia.Catalogue;
using Sosia.Indexing;
using Sosia.Photos;

namespace Sosia.Tests.Indexing;

/// <summary>What a second run does with files that stayed, changed, moved, went or came twice.</summary>
public sealed class ReindexingTests : IDisposable
{
    private readonly IndexedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_photo_is_stored_in_the_state_it_is_in()
    {
        for (var person = 0; person < 6; person++)
            _folder.Put($"{person}.jpg", IndexedFolder.Person(person));
        _folder.Put("empty.png", IndexedFolder.Empty(1));
        _folder.Put("broken.jpg", IndexedFolder.Person(0)[..2000]);
        _folder.Put("notes.txt", [1, 2, 3]);

        var summary = _folder.Index();

        Assert.Equal((7, 6, 0), (summary.Photos, summary.Faces, summary.Skipped));
        Assert.Equal(
            (_folder["broken.jpg"], UnreadableReason.Damaged),
            (Assert.Single(summary.Failures).File.Path, summary.Failures[0].Failure.Reason)
        );
        Assert.Equal(new PhotoCounts(6, 0, 1, 1, 0), _folder.Counts);
    }

    [Fact]
    public void An_unchanged_folder_decodes_nothing()
    {
        for (var i = 0; i < 30; i++)
            _folder.Put($"{i}.png", IndexedFolder.Empty(i));
        _folder.Put("broken.jpg", [0xFF, 0xD8, 0xFF, 0]);
        Assert.Equal(30, _folder.Index().Photos);
        Assert.Equal(31, _folder.Decoded);

        var again = _folder.Index();

        Assert.Equal((0, 31), (again.Photos, again.Skipped));
        Assert.Single(again.Failures);
        Assert.Equal(0, _folder.Decoded);
    }

    [Fact]
    public void A_changed_file_is_read_again_and_its_old_photo_goes()
    {
        _folder.Put("a.jpg", IndexedFolder.Person(0));
        _folder.Index();
        var before = _folder.Ask(reader => reader.FindPhotoAt(_folder["a.jpg"])!);

        _folder.Put("a.jpg", IndexedFolder.Person(1));
        Assert.Equal(1, _folder.Index().Photos);

        var after = _folder.Ask(reader => reader.FindPhotoAt(_folder["a.jpg"])!);
        Assert.NotEqual(before.Sha256, after.Sha256);
        Assert.Null(_folder.Ask(reader => reader.FindPhoto(before.Id)));
        Assert.Equal(1, _folder.Counts.Total);
    }

    [Fact]
    public void A_touched_file_of_the_same_bytes_is_not_decoded()
    {
        File.SetLastWriteTimeUtc(_folder.Put("a.jpg", IndexedFolder.Person(0)), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _folder.Index();
        _ = _folder.Decoded;
        File.SetLastWriteTimeUtc(_folder["a.jpg"], new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal((0, 1), (_folder.Index().Photos, _folder.Index().Skipped));
        Assert.Equal(0, _folder.Decoded);
    }

    [Fact]
    public void A_moved_file_keeps_its_photo_and_its_faces()
    {
        for (var i = 0; i < 3; i++)
            _folder.Put($"old/{i}.jpg", IndexedFolder.Person(i));
        _folder.Index();
        _ = _folder.Decoded;
        var before = _folder.Ask(reader => reader.FindPhotoAt(_folder["old/1.jpg"])!.Id);
        Directory.Move(_folder["old"], _folder["new"]);

        var summary = _folder.Index();

        Assert.Equal((0, 0), (summary.Photos, summary.Removed));
        Assert.Null(summary.Kept);
        Assert.Equal(0, _folder.Decoded);
        Assert.Equal(before, _folder.Ask(reader => reader.FindPhotoAt(_folder["new/1.jpg"])!.Id));
        Assert.Equal(["new/1.jpg"], _folder.PlacesOf("new/1.jpg"));
        Assert.Equal(3, _folder.Counts.Searchable);
    }

    [Fact]
    public void Files_that_changed_places_lose_nothing()
    {
        // Renumbering: every name is there before and after, and holds another photo.
        const int count = 150;
        for (var i = 0; i < count; i++)
            _folder.Put($"{i:000}.png", IndexedFolder.Empty(i));
        _folder.Index();
        for (var i = 0; i < count; i++)
            _folder.Put($"{i:000}.png", IndexedFolder.Empty((i + 1) % count));

        var summary = _folder.Index();

        Assert.Empty(summary.Failures);
        Assert.Equal(new PhotoCounts(0, 0, count, 0, 0), _folder.Counts);
        Assert.All(_folder.Ask(reader => reader.Photos(default, int.MaxValue)), photo => Assert.Single(photo.Paths));
    }

    [Fact]
    public void Duplicates_are_one_photo_in_several_places()
    {
        foreach (var name in new[] { "a.jpg", "b.jpg", "deep/er/c.JPG" })
            _folder.Put(name, IndexedFolder.Person(0));
        _folder.Index();

        Assert.Equal(1, _folder.Counts.Total);
        Assert.Equal(["a.jpg", "b.jpg", "deep/er/c.JPG"], _folder.PlacesOf("b.jpg"));
        Assert.Equal(1, _folder.Ask(reader => reader.CountFaces()));

        File.Delete(_folder["a.jpg"]);
        Assert.Equal(0, _folder.Index().Removed);
        Assert.Equal(["b.jpg", "deep/er/c.JPG"], _folder.PlacesOf("b.jpg"));
    }

    [Fact]
    public void A_deleted_file_is_forgotten()
    {
        for (var i = 0; i < 10; i++)
            _folder.Put($"{i}.png", IndexedFolder.Empty(i));
        _folder.Index();
        File.Delete(_folder["3.png"]);
        File.Delete(_folder["4.png"]);

        var summary = _folder.Index();

        Assert.Equal((2, 8), (summary.Removed, _folder.Counts.Total));
        Assert.Null(summary.Kept);
    }

    [Fact]
    public void More_than_a_fifth_of_a_collection_is_removed_only_by_force()
    {
        for (var i = 0; i < 10; i++)
            _folder.Put($"{i}.png", IndexedFolder.Empty(i));
        _folder.Index();
        for (var i = 0; i < 3; i++)
            File.Delete(_folder[$"{i}.png"]);

        var kept = _folder.Index();
        Assert.Equal((0, 10), (kept.Removed, _folder.Counts.Total));
        Assert.Equal(
            "3 of 10 photos are no longer where they were, which may be a disk that is not mounted: they stay in the collection; use "
                + "--force to remove them.",
            kept.Kept
        );

        Assert.Equal((3, 7), (_folder.Index(new IndexOptions { Force = true }).Removed, _folder.Counts.Total));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_folder_that_vanished_or_was_emptied_never_deletes_however_small_its_share(bool mountPointStays)
    {
        for (var i = 0; i < 20; i++)
            _folder.Put($"here/{i}.png", IndexedFolder.Empty(i));
        _folder.Put("disk/20.png", IndexedFolder.Empty(20));
        string[] roots = [_folder["here"], _folder["disk"]];
        _folder.Index(roots);
        Directory.Delete(_folder["disk"], recursive: true);
        if (mountPointStays)
            Directory.CreateDirectory(_folder["disk"]);

        var summary = _folder.Index(roots);
        Assert.StartsWith("1 of 21 photos are no longer where they were", summary.Kept);
        Assert.Equal((0, 21), (summary.Removed, _folder.Counts.Total));

        Assert.Equal((1, 20), (_folder.Index(new IndexOptions { Force = true }, roots).Removed, _folder.Counts.Total));
    }

    [Fact]
    public void A_folder_below_a_root_that_is_empty_now_keeps_its_photos_as_the_mount_point_of_a_disk_would()
    {
        for (var i = 0; i < 20; i++)
            _folder.Put($"{i}.png", IndexedFolder.Empty(i));
        _folder.Put("usb/DCIM/20.png", IndexedFolder.Empty(20));
        _folder.Put("usb/DCIM/21.png", IndexedFolder.Empty(0)); // lies elsewhere too
        _folder.Index();
        Directory.Delete(_folder["usb/DCIM"], recursive: true);

        var summary = _folder.Index();
        Assert.Equal((0, 21), (summary.Removed, _folder.Counts.Total));
        Assert.EndsWith($"use --force to remove them. None of its photos is left in {_folder["usb"]}.", summary.Kept);
        Assert.Equal(["0.png"], _folder.PlacesOf("0.png"));

        Directory.Delete(_folder["usb"]); // whoever deletes the folder means it
        summary = _folder.Index();
        Assert.Equal((1, null, 20), (summary.Removed, summary.Kept, _folder.Counts.Total));
    }

    [Fact]
    public void A_photo_taken_out_of_a_folder_that_holds_others_is_forgotten()
    {
        for (var i = 0; i < 20; i++)
            _folder.Put($"{i % 2}/{i}.png", IndexedFolder.Empty(i));
        _folder.Index();
        File.Delete(_folder["1/3.png"]);

        var summary = _folder.Index();
        Assert.Equal((1, null), (summary.Removed, summary.Kept));
    }

    [Fact]
    public void A_vanished_root_that_was_never_indexed_is_refused()
    {
        _folder.Put("a.png", IndexedFolder.Empty(1));
        var refused = Assert.Throws<UnreadablePhotoException>(() => _folder.Index(_folder["a.png"], _folder["nowhere"]));
        Assert.Equal($"There is no file or folder {_folder["nowhere"]}; check the name, or that its disk is mounted.", refused.Message);
    }

    [Fact]
    public void Files_given_directly_are_taken_whatever_their_name_and_not_read_twice()
    {
        var odd = _folder.Put("portrait.picture", IndexedFolder.Person(2));
        var named = _folder.Put("b.jpg", IndexedFolder.Person(3));
        Assert.Equal(2, _folder.Index(odd, named).Photos);
        _ = _folder.Decoded;

        Assert.Equal(2, _folder.Index(odd, named).Skipped);
        Assert.Equal(0, _folder.Decoded);
        Assert.Equal(2, _folder.Counts.Searchable);

        File.Delete(odd);
        Assert.NotNull(_folder.Index(odd).Kept);
        Assert.Equal(1, _folder.Index(new IndexOptions { Force = true }, odd).Removed);
    }

    [Fact]
    public void Overlapping_roots_count_every_file_once()
    {
        for (var i = 0; i < 6; i++)
            _folder.Put($"sub/{i}.png", IndexedFolder.Empty(i));
        string[] roots = [_folder.Folder, _folder["sub"], _folder["sub"] + "/", _folder["sub/../sub"], _folder["sub/1.png"]];

        Assert.Equal(6, _folder.Index(roots).Photos);
        Assert.Equal((0, 6), (_folder.Index(roots).Photos, _folder.Index(roots).Skipped));
        Directory.Move(_folder["sub"], _folder["gone"]);
        Assert.Null(_folder.Index(_folder.Folder, _folder["sub"]).Kept);
        Assert.Equal(6, _folder.Counts.Total);
    }

    [Fact]
    public void An_empty_folder_is_indexed_without_a_word()
    {
        var summary = _folder.Index();
        Assert.Equal((0, 0, 0, 0), (summary.Photos, summary.Skipped, summary.Removed, summary.Failures.Count));
    }
}
