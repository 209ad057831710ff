using NetVips;
using Sosia.Catalogue;
using Sosia.Embeddings;
using Sosia.Faces;
using Sosia.Indexing;
using Sosia.Tests.Faces;

namespace Sosia.Tests.Indexing;

/// <summary>Other options of the detector: what is read again, and when.</summary>
[Slow]
public sealed class AgainTests : IDisposable
{
    private const int People = 4;

    private static readonly Provenance Quick = RealNetworks.QuickPipeline.FoundBy,
        Thorough = RealNetworks.Pipeline.FoundBy;

    private readonly IndexedFolder _folder = new();

    public AgainTests()
    {
        for (var person = 0; person < People; person++)
            _folder.Put($"{person}.jpg", IndexedFolder.Person(person));
        _folder.Put("lying.jpg", Lying(IndexedFolder.Person(4)));
        _folder.Index();
        Assert.Equal(People + 1, _folder.Decoded);
        _folder.Pipeline = RealNetworks.Pipeline; // tries harder
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Unasked_nothing_is_read_again_and_the_rows_stay_comparable()
    {
        var summary = _folder.Index();
        Assert.Equal((0, People + 1, 0), (summary.Photos, summary.Skipped, _folder.Decoded));
        Assert.Equal([new(Quick, People + 1)], Provenances);
        var (space, rows) = Rows;
        Assert.Equal((RealNetworks.Pipeline.Space, People), (space, rows.Count));
    }

    [Fact]
    public void When_asked_a_run_reads_again_what_was_found_in_another_way_and_nothing_twice()
    {
        var (_, before) = Rows;
        Assert.Equal(new PhotoCounts(People, 0, 1, 0, 0), _folder.Counts);

        var summary = _folder.Index(new IndexOptions { Again = true });

        Assert.Equal((People + 1, 0, People + 1), (summary.Photos, summary.Skipped, _folder.Decoded));
        Assert.Equal([new(Thorough, People + 1)], Provenances);
        Assert.Equal(new PhotoCounts(People + 1, 0, 0, 0, 0), _folder.Counts); // the one that lies is seen now
        var (_, after) = Rows;
        Assert.Equal(before.Faces, after.Faces[..People]); // the others are who they were
        Assert.Equal(before.Floats(), after.Floats()[..before.Floats().Length]);

        summary = _folder.Index(new IndexOptions { Again = true });
        Assert.Equal((0, People + 1, 0), (summary.Photos, summary.Skipped, _folder.Decoded));
    }

    [Fact]
    public void Only_photos_under_the_folders_of_the_run_are_read_again()
    {
        _folder.Pipeline = RealNetworks.QuickPipeline;
        _folder.Put("below/5.jpg", IndexedFolder.Person(5));
        _folder.Index();
        _ = _folder.Decoded;
        _folder.Pipeline = RealNetworks.Pipeline;
        _folder.Index(new IndexOptions { Again = true }, _folder["below"]);
        Assert.Equal(1, _folder.Decoded);
        Assert.Equal([new(Quick, People + 1), new(Thorough, 1)], Provenances);
    }

    [Fact]
    public void New_photos_are_found_as_now_and_the_old_ones_stay_as_they_were()
    {
        _folder.Put("5.jpg", IndexedFolder.Person(5));
        Assert.Equal(1, _folder.Index().Photos);
        Assert.Equal([new(Quick, People + 1), new(Thorough, 1)], Provenances);
        _ = _folder.Decoded;
        Assert.Equal(People + 1, _folder.Index(new IndexOptions { Again = true }).Photos);
        Assert.Equal(People + 1, _folder.Decoded);
    }

    [Fact]
    public void A_run_that_was_ended_goes_on_with_the_rest_and_until_then_the_old_rows_answer()
    {
        for (var i = 0; i < 60; i++)
            _folder.Put($"empty{i}.png", IndexedFolder.Empty(i));
        _folder.Pipeline = RealNetworks.QuickPipeline;
        _folder.Index();
        _folder.Pipeline = RealNetworks.Pipeline;
        var all = People + 1 + 60;

        using var cancel = new CancellationTokenSource();
        var reported = 0;
        var stop = new Stop(() =>
        {
            reported++;
            cancel.Cancel();
            Assert.True(Rows.Table.Count >= People); // also while the run goes on
        });
        var options = new IndexOptions { Again = true, Workers = 1 };
        Assert.Throws<OperationCanceledException>(() => _folder.Run(options, stop, cancel.Token));

        Assert.InRange(reported, 1, all - 1);
        Assert.Equal(all, _folder.Counts.Read);
        Assert.Equal(0, _folder.Counts.Waiting);
        Assert.Equivalent(new[] { new ProvenanceCount(Thorough, reported), new ProvenanceCount(Quick, all - reported) }, Provenances);
        var rest = _folder.Index(options);
        Assert.Equal((all - reported, reported), (rest.Photos, rest.Skipped));
        Assert.Equal([new(Thorough, all)], Provenances);
    }

    [Fact]
    public void Photos_of_which_nobody_noted_how_they_were_found_are_read_again_when_asked()
    {
        _folder.Pipeline = RealNetworks.QuickPipeline;
        var key = RealNetworks.Pipeline.Space.Key;
        var (_, before) = Rows;
        VersionEight.Restore(_folder.Store.File, key, EmbedderKey.Of(RealFiles.Model("face-512").Entry));
        Assert.Equal([new(null, People + 1)], Provenances);

        Assert.Equal(0, _folder.Index().Photos);
        Assert.Equal(People + 1, _folder.Index(new IndexOptions { Again = true }).Photos);
        Assert.Equal([new(Quick, People + 1)], Provenances);
        var (_, after) = Rows;
        Assert.Equal(before.Faces, after.Faces);
        Assert.Equal(before.Floats(), after.Floats());
    }

    private IReadOnlyList<ProvenanceCount> Provenances => _folder.Ask(reader => reader.CountByProvenance(reader.Spaces()[0].Id));

    private (SpaceInfo Space, EmbeddingTable Table) Rows =>
        _folder.Ask(reader => (reader.Spaces().Single().Space, reader.ReadEmbeddings(reader.Spaces()[0].Id)));

    /// <summary>The same picture, lying on its side: found only by a detector that turns it.</summary>
    private static byte[] Lying(byte[] portrait)
    {
        using var upright = Image.NewFromBuffer(portrait);
        using var lying = upright.Rot90();
        return lying.JpegsaveBuffer(q: 95);
    }

    private sealed class Stop(Action say) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => say();
    }
}
