using Google.Protobuf;
using Sosia.Catalogue;
using Sosia.Embeddings;
using Sosia.Indexing;
using Sosia.Models;
using Sosia.Pipeline;

namespace Sosia.Tests.Indexing;

/// <summary>Indexing by look beside faces: what is decoded, what is made, and what stays when it ends early.</summary>
public sealed class LookIndexingTests : IDisposable
{
    private readonly IndexedFolder _folder = new();
    private readonly AppearanceReader _look = Tiny();

    public void Dispose()
    {
        _look.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Faces_and_look_that_are_both_new_take_one_decoding()
    {
        for (var person = 0; person < 3; person++)
            _folder.Put($"{person}.jpg", IndexedFolder.Person(person));
        _folder.Put("empty.png", IndexedFolder.Empty(1));
        _folder.Put("broken.jpg", IndexedFolder.Person(0)[..2000]);
        _folder.Look = _look;

        var summary = _folder.Index();

        Assert.Equal((4, 3, 4, 1), (summary.Photos, summary.Faces, summary.Looks, summary.Failures.Count));
        Assert.Equal(5, _folder.Decoded);
        Assert.Equal([(SpaceKind.Faces, 3L), (SpaceKind.Photos, 4L)], Rows);
        Assert.Equal(0, _folder.Index().Photos);
        Assert.Equal(0, _folder.Decoded);
    }

    [Fact]
    public void A_collection_with_faces_gains_only_what_it_lacks()
    {
        for (var person = 0; person < 3; person++)
            _folder.Put($"{person}.jpg", IndexedFolder.Person(person));
        _folder.Index();
        var before = _folder.Ask(reader => reader.Faces(default, 100).ToArray());
        _ = _folder.Decoded;
        _folder.Put("new.jpg", IndexedFolder.Person(3));
        _folder.Put("copy.jpg", IndexedFolder.Person(0));
        _folder.Look = _look;

        var summary = _folder.Index();

        Assert.Equal(1, summary.Faces);
        Assert.InRange(_folder.Decoded, 4, 5); // a copy in flight beside its original may be read before that is known
        Assert.InRange(summary.Looks, 4, 5);
        Assert.Equal(before, _folder.Ask(reader => reader.Faces(default, 3).ToArray()));
        Assert.Equal([(SpaceKind.Faces, 4L), (SpaceKind.Photos, 4L)], Rows);
    }

    [Fact]
    public void Without_look_new_photos_get_no_row_and_a_later_run_makes_it()
    {
        _folder.Put("a.png", IndexedFolder.Empty(1));
        _folder.Look = _look;
        _folder.Index();
        _folder.Put("b.png", IndexedFolder.Empty(2));
        _folder.Look = null;
        Assert.Equal((1, 0), (_folder.Index().Photos, (int)_folder.Index().Looks));
        _folder.Look = _look;
        Assert.Equal(1, _folder.Index().Looks);
        Assert.Equal([(SpaceKind.Faces, 0L), (SpaceKind.Photos, 2L)], Rows);
    }

    [Fact, Slow]
    public void A_run_by_look_that_ends_early_goes_on_where_it_was()
    {
        const int photos = 100;
        for (var i = 0; i < photos; i++)
            _folder.Put($"{i}.png", IndexedFolder.Empty(i));
        _folder.Index();
        _ = _folder.Decoded;
        _folder.Look = _look;
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => _folder.Run(new IndexOptions(), new Stop(cancel), cancel.Token));
        var done = Rows[1].Count;
        Assert.InRange(done, 1, photos);
        _ = _folder.Decoded;

        Assert.Equal(photos - done, _folder.Index().Looks);
        Assert.Equal(photos - done, _folder.Decoded);
        Assert.Equal((0, 0, photos, 0, 0), Counts());

        (long, long, long, long, long) Counts() =>
            (_folder.Counts.Searchable, _folder.Counts.TooPoor, _folder.Counts.NoFace, _folder.Counts.Unreadable, _folder.Counts.Waiting);
    }

    [Fact]
    public void A_stored_photo_that_cannot_be_read_for_its_look_stays_with_its_faces()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What may be read is told the way of Linux.");
        _folder.Put("a.jpg", IndexedFolder.Person(0));
        _folder.Index();
        _folder.Limits = _folder.Limits with { MaxPixels = 100 }; // so that it is refused now
        _folder.Look = _look;

        Assert.Equal(0, _folder.Index().Looks);
        Assert.Equal(1, _folder.Counts.Searchable);
        _folder.Limits = new();
        Assert.Equal(1, _folder.Index().Looks);
    }

    [Fact]
    public void A_model_with_rows_too_long_for_a_collection_is_refused()
    {
        var entry = RealFiles.Model("resnet-18").Entry;
        var refused = Assert.Throws<ModelException>(() =>
            AppearanceReader.Check(entry with { Output = entry.Output with { Dimensions = 5000 } })
        );
        Assert.Contains("5,000 numbers of a photo, and a collection holds up to 4,096", refused.Message);
    }

    private (SpaceKind Of, long Count)[] Rows =>
        _folder.Ask(reader => reader.Spaces().Select(space => (space.Space.Of, space.Rows)).ToArray());

    private static AppearanceReader Tiny()
    {
        var model = TinyModel.Embedding();
        var entry = TinyModel.Entry(model, ModelKind.ImageEmbedding);
        return new AppearanceReader(new ImageEmbedder(OnnxSession.Load(model.ToByteArray(), entry), entry));
    }

    private sealed class Stop(CancellationTokenSource cancel) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => cancel.Cancel();
    }
}
