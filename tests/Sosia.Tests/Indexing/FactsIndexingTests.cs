using Sosia.Catalogue;
using Sosia.Indexing;
using Sosia.Photos;
using Sosia.Photos.Facts;
using Sosia.Tests.Photos.Facts;

namespace Sosia.Tests.Indexing;

/// <summary>What photos and sidecars say is kept, follows what is in the folder, and is gained by collections of earlier versions.</summary>
public sealed class FactsIndexingTests : IDisposable
{
    private static readonly DateTime June = new(2024, 6, 1, 12, 30, 0);

    private readonly IndexedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_photo_keeps_what_it_says_and_its_place_only_when_asked_for()
    {
        _folder.Put("a.jpg", FactsFiles.Read("taken.jpg"));
        _folder.Index();
        Assert.Equal(new TimeTaken(June, TimeSpan.FromHours(2), TimeSource.Exif), PhotoAt("a.jpg").Taken);
        Assert.Equal(("Canon EOS 5D", "Three friends at the lake", null), Said("a.jpg"));

        _ = _folder.Decoded;
        var summary = _folder.Index(new IndexOptions { Places = true });
        Assert.Equal((0, 1, 0), (summary.Photos, summary.Completed, _folder.Decoded));
        Assert.Equal(47.3769, PhotoAt("a.jpg").Facts.Place!.Latitude, 1e-4);
        Assert.Equal(1, _folder.Index().Skipped); // and a run that does not ask leaves it
    }

    [Fact]
    public void A_photo_that_says_nothing_is_as_old_as_its_oldest_file()
    {
        var (early, late) = (new DateTime(2001, 1, 2, 3, 4, 5, DateTimeKind.Utc), new DateTime(2011, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(_folder.Put("b.png", IndexedFolder.Empty(1)), early);
        File.SetLastWriteTimeUtc(_folder.Put("a.png", IndexedFolder.Empty(1)), late);
        _folder.Index();
        Assert.Equal(new TimeTaken(early, TimeSpan.Zero, TimeSource.File), PhotoAt("a.png").Taken);
    }

    [Fact]
    public void A_sidecar_is_read_with_its_photo_and_again_when_it_changes_or_goes()
    {
        _folder.Put("a.png", IndexedFolder.Empty(1));
        var sidecar = _folder.Put("a.png.xmp", Xmp("At the lake", "2001-02-03T04:05:06"));
        _folder.Put("b.png", IndexedFolder.Empty(2));
        _folder.Put("b.XMP", Xmp("On the hill", null));
        var summary = _folder.Index();
        Assert.Equal((2, 0), (summary.Photos, summary.Failures.Count));
        Assert.Equal(("At the lake", "On the hill"), (PhotoAt("a.png").Facts.Caption, PhotoAt("b.png").Facts.Caption));
        Assert.Equal(new TimeTaken(new(2001, 2, 3, 4, 5, 6), null, TimeSource.Xmp), PhotoAt("a.png").Taken);
        Assert.Equal(2, _folder.Index().Skipped);

        _ = _folder.Decoded;
        File.WriteAllBytes(sidecar, Xmp("At the pond, in summer", "2001-02-03T04:05:06"));
        Assert.Equal((0, 0), (_folder.Index().Photos, _folder.Decoded));
        Assert.Equal("At the pond, in summer", PhotoAt("a.png").Facts.Caption);

        File.Delete(sidecar);
        _folder.Index();
        Assert.Null(PhotoAt("a.png").Facts.Caption);
        Assert.Equal(TimeSource.File, PhotoAt("a.png").Taken!.From);
    }

    [Fact]
    public void A_sidecar_that_can_not_be_read_costs_its_photo_nothing()
    {
        _folder.Put("a.png", IndexedFolder.Empty(1));
        _folder.Put("a.xmp", "no XMP"u8.ToArray());
        Assert.Empty(_folder.Index().Failures);
        Assert.Equal("Its XMP is damaged; it is left out.", PhotoAt("a.png").Facts.Problem);
        Assert.Equal(1, _folder.Index().Skipped);
    }

    [Fact]
    public void What_a_sidecar_says_stays_while_its_photo_can_not_be_read()
    {
        _folder.Put("a.png", IndexedFolder.Empty(1));
        _folder.Put("a.xmp", Xmp("At the lake", null));
        _folder.Index();
        _folder.Forget("photo_descriptors"); // so that the next run reads the photo again
        _folder.Decoding = _ => throw new UnreadablePhotoException(UnreadableReason.NoAccess, "The disk is gone.");
        Assert.Single(_folder.Index().Failures);
        Assert.Equal("At the lake", PhotoAt("a.png").Facts.Caption);
    }

    [Fact]
    public void A_collection_of_an_earlier_version_gains_them_after_what_is_new_and_embeds_nothing_again()
    {
        for (var person = 0; person < 3; person++)
            _folder.Put($"{person}.jpg", IndexedFolder.Person(person));
        _folder.Put("taken.jpg", FactsFiles.Read("taken.jpg"));
        _folder.Index();
        var faces = _folder.Ask(reader => reader.Faces(default, 100).ToArray());
        _folder.Forget("photo_facts");
        Assert.Null(PhotoAt("taken.jpg").Facts.Caption);
        _folder.Put("zz-new.png", IndexedFolder.Empty(1));
        _ = _folder.Decoded;
        var order = new List<string>();

        var summary = _folder.Run(
            new IndexOptions { Workers = 1 },
            new Reports(progress => order.Add(Path.GetFileName(progress.Outcome.File.Path))),
            CancellationToken.None
        );

        Assert.Equal((1, 4, 0), (summary.Photos, summary.Completed, summary.Skipped));
        Assert.Equal("zz-new.png", order[0]);
        Assert.Equal(faces, _folder.Ask(reader => reader.Faces(default, 100).ToArray()));
        Assert.Equal("Three friends at the lake", PhotoAt("taken.jpg").Facts.Caption);
        Assert.Equal(5, _folder.Index().Skipped);
    }

    [Fact]
    public void What_copies_are_found_by_is_gained_likewise_and_a_run_that_ended_goes_on_where_it_was()
    {
        for (var person = 0; person < 4; person++)
            _folder.Put($"{person}.jpg", IndexedFolder.Person(person));
        _folder.Index();
        var faces = _folder.Ask(reader => reader.Faces(default, 100).ToArray());
        var made = Descriptors();
        Assert.Equal(4, made.Count);
        _folder.Forget("photo_descriptors");
        _ = _folder.Decoded;
        using (var stop = new CancellationTokenSource())
        {
            var seen = 0;
            _folder.Decoding = _ =>
            {
                if (Interlocked.Increment(ref seen) == 3)
                    stop.Cancel();
            };
            Assert.Throws<OperationCanceledException>(() => _folder.Run(new IndexOptions { Workers = 1 }, null, stop.Token));
            _folder.Decoding = _ => { };
        }
        var left = 4 - Descriptors().Count;
        Assert.InRange(left, 1, 3);
        _ = _folder.Decoded;

        var summary = _folder.Index();

        Assert.Equal((0, left, left), (summary.Photos, summary.Completed, _folder.Decoded));
        Assert.Equal(made.Keys.Order(), Descriptors().Keys.Order());
        Assert.Equal(faces, _folder.Ask(reader => reader.Faces(default, 100).ToArray()));

        Dictionary<long, byte[]> Descriptors()
        {
            var all = new Dictionary<long, byte[]>();
            _folder.Ask(reader =>
            {
                reader.ReadDescriptors(Sosia.Copies.PhotoDescriptor.Version, (photo, bytes) => all.Add(photo.Value, bytes));
                return 0;
            });
            return all;
        }
    }

    [Fact]
    public void Photos_are_found_by_when_they_were_taken_and_where_they_lie()
    {
        _folder.Put("x/june.jpg", FactsFiles.Read("taken.jpg"));
        _folder.Put("y/2019.jpg", FactsFiles.Read("xmp.jpg"));
        File.SetLastWriteTimeUtc(_folder.Put("y/old.png", IndexedFolder.Empty(1)), new DateTime(1999, 12, 31, 0, 0, 0, DateTimeKind.Utc));
        _folder.Index();

        Assert.Equal(["june.jpg"], Names(new() { From = new(2024, 6, 1), Before = new(2024, 6, 2) }));
        Assert.Equal([], Names(new() { From = June.AddSeconds(1), Before = new(2024, 6, 2) }));
        Assert.Equal(["2019.jpg", "old.png"], Names(new() { Before = new(2024, 1, 1) }));
        Assert.Equal(["2019.jpg"], Names(new() { From = new(2000, 1, 1), Under = [_folder["y"]] }));
        Assert.Equal(["2019.jpg", "june.jpg", "old.png"], Names(new() { Under = [_folder["y"], _folder["x"]] }));
        Assert.Equal(["2019.jpg", "june.jpg", "old.png"], Names(new()));
    }

    [Fact]
    public void Forgetting_a_photo_forgets_what_it_said()
    {
        _folder.Put("a.jpg", FactsFiles.Read("taken.jpg"));
        _folder.Put("a.xmp", Xmp("A sentence of its own", null));
        _folder.Index();
        using (var writer = _folder.Store.OpenWriter())
            writer.Forget([PhotoAt("a.jpg").Id], []);
        var bytes = File.ReadAllBytes(_folder.Store.File);
        Assert.True(bytes.AsSpan().IndexOf("A sentence of its own"u8) < 0);
        Assert.True(bytes.AsSpan().IndexOf("Canon EOS 5D"u8) < 0);
    }

    private PhotoRow PhotoAt(string name) => _folder.Ask(reader => reader.FindPhotoAt(_folder[name])!);

    private (string?, string?, Place?) Said(string name)
    {
        var facts = PhotoAt(name).Facts;
        return (facts.Camera, facts.Caption, facts.Place);
    }

    private string[] Names(PhotoFilter filter) =>
        _folder.Ask(reader =>
            reader.PhotosIn(filter).Select(id => Path.GetFileName(reader.FindPhoto(id)!.Paths[0])).Order(StringComparer.Ordinal).ToArray()
        );

    private static byte[] Xmp(string caption, string? time) =>
        System.Text.Encoding.UTF8.GetBytes(
            $"""
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
              {(time is null ? "" : $"xmp:CreateDate=\"{time}\"")}>
              <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{caption}</rdf:li></rdf:Alt></dc:description>
            </rdf:Description></rdf:RDF></x:xmpmeta>
            """
        );

    private sealed class Reports(Action<IndexProgress> each) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => each(value);
    }
}
