using System.Diagnostics;
using Sosia.Catalogue;
using Sosia.Indexing;
using Sosia.Photos;
using Sosia.Tests.Faces;
using Sosia.Tests.Photos;

namespace Sosia.Tests.Indexing;

/// <summary>Names, links and files that a folder of photos should not have, and has.</summary>
public sealed class HostileFolderTests : IDisposable
{
    private readonly IndexedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_of_all_kinds_are_found_again()
    {
        string[] names =
        [
            "with space.png",
            "new\nline.png",
            "😀 家族.png",
            "-rf.png",
            "quote'\".png",
            "100%_[x]*?.png",
            "tab\t.png",
            "ü.png",
            "u\u0308.png",
            ".PNG".Insert(0, "CAPITALS"),
        ];
        for (var i = 0; i < names.Length; i++)
            _folder.Put(names[i], IndexedFolder.Empty(i));

        Assert.Equal(names.Length, _folder.Index().Photos);

        Assert.All(names, name => Assert.Equal([name], _folder.PlacesOf(name)));
        Assert.Equal(names.Length, _folder.Index().Skipped);
        Assert.Equal(0, _folder.Decoded - names.Length);
    }

    [Fact]
    public void Names_that_are_no_text_are_listed_and_stop_nobody()
    {
        _folder.Put("good.png", IndexedFolder.Empty(1));
        Shell("printf x > \"$(printf 'bad\\377.jpg')\"; mkdir \"$(printf 'folder\\376')\"; cp good.png \"$(printf 'folder\\376')/in.png\"");

        var summary = _folder.Index();

        Assert.Equal(1, summary.Photos);
        Assert.Equal(
            ["The file's name is not valid text (UTF-8); rename it.", "The folder's name is not valid text (UTF-8); rename it."],
            summary.Failures.Select(failed => failed.Failure.Message).Order()
        );
        Shell("rm -rf -- *"); // .NET can't name them to delete them
    }

    [Fact]
    public void Links_that_lead_in_a_circle_end()
    {
        _folder.Put("a/1.png", IndexedFolder.Empty(1));
        Directory.CreateSymbolicLink(_folder["a/up"], _folder.Folder);
        Directory.CreateSymbolicLink(_folder["a/self"], _folder["a/self"]);
        File.CreateSymbolicLink(_folder["loop.jpg"], _folder["pool.jpg"]);
        File.CreateSymbolicLink(_folder["pool.jpg"], _folder["loop.jpg"]);
        File.CreateSymbolicLink(_folder["nowhere.jpg"], _folder["not there.jpg"]);

        var summary = _folder.Index();

        Assert.Equal((1, 3), (summary.Photos, summary.Failures.Count));
        Assert.All(
            summary.Failures,
            failed => Assert.Equal("The file is a link that leads nowhere, or its target may not be read.", failed.Failure.Message)
        );
    }

    [Fact]
    public void A_link_to_a_file_is_one_more_place_of_the_same_photo()
    {
        _folder.Put("real.jpg", IndexedFolder.Person(0));
        File.CreateSymbolicLink(_folder["link.jpg"], _folder["real.jpg"]);
        _folder.Index();

        Assert.Equal(["link.jpg", "real.jpg"], _folder.PlacesOf("real.jpg"));
        Assert.Equal((0, 2), (_folder.Index().Photos, _folder.Index().Skipped));
    }

    [Fact]
    public void Pipes_and_empty_files_are_listed_and_nobody_waits_for_them()
    {
        _folder.Put("good.png", IndexedFolder.Empty(1));
        _folder.Put("empty.jpg", []);
        Shell("mkfifo pipe.jpg");

        var summary = _folder.Index();

        Assert.Equal(1, summary.Photos);
        Assert.All(summary.Failures, failed => Assert.Equal(UnreadableReason.Empty, failed.Failure.Reason));
        Assert.Equal(["empty.jpg", "pipe.jpg"], summary.Failures.Select(failed => Path.GetFileName(failed.File.Path)));
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_listed_and_read_as_soon_as_it_may()
    {
        var closed = _folder.Put("closed.png", IndexedFolder.Empty(1));
        OperatingSystemLimits.SetMode(closed, UnixFileMode.None);

        Assert.Equal(
            "The file may not be read; allow it for this user.",
            Assert.Single(AsOrdinaryUser(() => _folder.Index()).Failures).Failure.Message
        );
        OperatingSystemLimits.SetMode(closed, UnixFileMode.UserRead);
        Assert.Equal((1, 0), (_folder.Index().Photos, _folder.Index().Failures.Count));
    }

    [Fact]
    public void Files_that_changed_and_may_not_be_read_at_the_moment_keep_their_photos_whatever_their_share()
    {
        for (var i = 0; i < 6; i++)
            _folder.Put($"{i}.jpg", IndexedFolder.Person(i));
        _folder.Index();
        var later = DateTime.UtcNow.AddMinutes(1);
        for (var i = 0; i < 4; i++)
            File.SetLastWriteTimeUtc(_folder[$"{i}.jpg"], later);
        for (var i = 0; i < 4; i++)
            OperatingSystemLimits.SetMode(_folder[$"{i}.jpg"], UnixFileMode.None);

        var summary = AsOrdinaryUser(() => _folder.Index());

        Assert.Equal((0, 4), (summary.Removed, summary.Failures.Count));
        Assert.Equal(new PhotoCounts(6, 0, 0, 0, 0) { UnreadableNow = 4 }, _folder.Counts);
        Assert.Equal(6, _folder.Ask(reader => reader.ReadEmbeddings(reader.Spaces()[0].Id)).Count);
        Assert.All(summary.Failures, failed => Assert.NotNull(failed.Photo));

        for (var i = 0; i < 4; i++)
            OperatingSystemLimits.SetMode(_folder[$"{i}.jpg"], UnixFileMode.UserRead);
        Assert.Empty(_folder.Index().Failures);
        Assert.Equal(new PhotoCounts(6, 0, 0, 0, 0), _folder.Counts);
    }

    [Fact]
    public void A_waiting_file_that_becomes_unreachable_is_listed_and_keeps_its_photo()
    {
        var path = _folder.Put("a.jpg", IndexedFolder.Person(0));
        for (var i = 0; i < 10; i++)
            _folder.Put($"{i}.png", IndexedFolder.Empty(i));
        _folder.Index();
        using (var writer = _folder.Store.OpenWriter())
            writer.Announce([new(path, 1, default)]); // as by a run that was ended
        File.Delete(path);
        File.CreateSymbolicLink(path, _folder["nowhere.jpg"]);

        var summary = _folder.Index();

        Assert.Equal(path, Assert.Single(summary.Failures).File.Path);
        Assert.Equal((0, 1L), (summary.Removed, _folder.Counts.Searchable));
        Assert.Equal(1, _folder.Index(new IndexOptions { Force = true }).Removed);
    }

    [Fact]
    public void A_folder_that_may_not_be_looked_into_keeps_its_photos()
    {
        for (var i = 0; i < 20; i++)
            _folder.Put($"open/{i}.png", IndexedFolder.Empty(i));
        _folder.Put("closed/20.png", IndexedFolder.Empty(20));
        _folder.Index();
        OperatingSystemLimits.SetMode(_folder["closed"], UnixFileMode.None);
        var (summary, counts) = AsOrdinaryUser(() => (_folder.Index(), _folder.Counts));
        OperatingSystemLimits.SetMode(_folder["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal(0, summary.Removed);
        Assert.Equal(21, counts.NoFace);
        Assert.Contains(
            summary.Failures,
            failed => failed.Failure.Message.StartsWith("The folder can't be read", StringComparison.Ordinal)
        );
        Assert.Empty(_folder.Index().Failures);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_folder_that_was_refused_is_listed_until_it_may_be_looked_into(bool byAnotherRun)
    {
        _folder.Put("closed/1.png", IndexedFolder.Empty(1));
        _folder.Put("open/2.png", IndexedFolder.Empty(2));
        _folder.Index(_folder["open"]);
        OperatingSystemLimits.SetMode(_folder["closed"], UnixFileMode.None);
        var refused = AsOrdinaryUser(() =>
        {
            _folder.Index(_folder["closed"]);
            Assert.Empty(_folder.Index(_folder["open"]).Failures);
            return _folder.Ask(reader => reader.Failures());
        });
        Assert.Equal(_folder["closed"], Assert.Single(refused).File.Path);

        OperatingSystemLimits.SetMode(_folder["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Empty(_folder.Index(_folder[byAnotherRun ? "open" : "closed"]).Failures);
        Assert.Empty(_folder.Ask(reader => reader.Failures()));
        Assert.Equal(byAnotherRun ? 1 : 2, _folder.Counts.Total);
    }

    [Fact]
    public void A_limit_that_is_raised_lets_in_what_it_kept_out()
    {
        _folder.Put("large.png", PngByHand.OneColour(1200, 1000));
        _folder.Limits = new PhotoOptions { MaxPixels = 1_000_000 };
        var refused = Assert.Single(_folder.Index().Failures);
        Assert.Equal(
            (
                UnreadableReason.OverLimit,
                "The image has 1,200 × 1,000 = 1,200,000 pixels, and the limit is 1,000,000; raise it with --max-pixels."
            ),
            (refused.Failure.Reason, refused.Failure.Message)
        );

        _folder.Limits = new PhotoOptions();
        Assert.Equal((1, 0), (_folder.Index().Photos, _folder.Index().Failures.Count));
    }

    [Fact]
    public void What_is_damaged_is_tried_again_when_it_changed_or_when_asked()
    {
        _folder.Put("cut.jpg", IndexedFolder.Person(0)[..3000]);
        _folder.Put("photo.heic", HeicByHand.Make(64, 64));
        _folder.Index();
        Assert.Equal(2, _folder.Decoded);

        _folder.Index();
        Assert.Equal(0, _folder.Decoded);
        Assert.Equal(2, _folder.Index(new IndexOptions { RetryFailed = true }).Failures.Count);
        Assert.Equal(2, _folder.Decoded);

        _folder.Put("cut.jpg", IndexedFolder.Person(0));
        Assert.Equal((1, 1), (_folder.Index().Photos, _folder.Index().Failures.Count));
    }

    [Fact]
    public void Pictures_of_any_shape_go_through_the_networks()
    {
        _folder.Pipeline = RealNetworks.Pipeline;
        foreach (var (width, height) in new[] { (1, 1), (1, 500), (500, 1), (3, 4000), (9000, 2), (64, 64) })
            _folder.Put($"{width}x{height}.png", PngByHand.OneColour(width, height));

        Assert.Equal((6, 0), (_folder.Index().Photos, _folder.Index().Failures.Count));
    }

    [Fact, Slow]
    public void A_large_folder_is_listed_in_one_go()
    {
        var photo = IndexedFolder.Empty(1);
        for (var i = 0; i < 3000; i++)
            _folder.Put($"{i % 7}/{i}.png", photo);

        var summary = _folder.Index();

        Assert.Equal(3000, summary.Photos + summary.Skipped);
        Assert.Equal(1, _folder.Counts.Total);
    }

    /// <summary>Asks as an ordinary user, who may write the collection, whoever that is.</summary>
    private T AsOrdinaryUser<T>(Func<T> ask)
    {
        const UnixFileMode everybody = (UnixFileMode)0b111_111_111;
        var collection = Path.GetDirectoryName(_folder.Store.File)!;
        string[] needed =
        [
            .. Directory.Exists(collection) ? Directory.EnumerateFiles(collection).Append(collection) : [],
            Path.GetDirectoryName(collection)!,
        ];
        foreach (var open in needed)
            OperatingSystemLimits.SetMode(open, everybody);
        var result = default(T);
        OperatingSystemLimits.AsOrdinaryUser(() => result = ask());
        return result!;
    }

    private void Shell(string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = _folder.Folder };
        using var shell = Process.Start(start)!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
