using Sosia.Catalogue;
using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;

namespace Sosia.Search.Local.Segments;

/// <summary>
/// Writes the segments of an index from the catalogue: all of them, or those whose rows changed. What it reads at once is a segment, so
/// that a collection of millions takes no more memory than a small one. The caller holds the lock of the index files.
/// </summary>
/// <param name="file">The index.</param>
/// <param name="reader">The catalogue, which others may write meanwhile.</param>
/// <param name="space">The space of the index.</param>
/// <param name="threads">Threads to encode with.</param>
internal sealed class SegmentMaker(LocalIndexFile file, IEmbeddingReader reader, NamedSpace space, int threads)
{
    /// <summary>Rows of a segment at most: to write it again takes about a second.</summary>
    public const int MostRows = 1 << 16;

    /// <summary>Rows of a segment at most, here; fewer in tests.</summary>
    public int RowsASegment { get; init; } = MostRows;

    /// <summary>Brings the segments to the state of the catalogue, and writes no other than those that this concerns.</summary>
    /// <param name="unsound">Names of segments that are missing or of no use.</param>
    /// <param name="cancellation">Checked every few thousand rows. What was written is deleted, and the index stays as it was.</param>
    /// <exception cref="IOException">The disk is full or refuses; likewise.</exception>
    public void Renew(IReadOnlySet<string> unsound, CancellationToken cancellation)
    {
        // Once: the catalogue answers one question at a time, and segments are written while others are read.
        var catalogue = reader.Identity;
        var list = file.TryReadList(catalogue, space.Space.Dimensions, out _);
        file.DeleteUnlisted(list);
        if (list is not null && reader.IsBehind(list.Revision))
            return; // what it was made of comes to the replica yet
        var revision = reader.Revision; // before anything is read: what comes meanwhile is added by who opens the index
        var changes = list is null ? null : reader.ReadChangedOwners(space.Id, list.Revision, cancellation);
        var encoding = changes is null ? null : file.EncodingOf(list!, unsound);
        var plan =
            encoding is null || encoding.LearntFrom * 2L <= list!.Rows + changes!.Added.Count
                ? SegmentPlan.Everything((int)Math.Min(int.MaxValue, reader.CountEmbeddings(space.Id)))
                : SegmentPlan.Of(list, changes, unsound, RowsASegment);
        if (plan.IsEverything)
            encoding = Learn(plan.Rows, cancellation);
        if (encoding is null)
        {
            file.WriteList(file.Empty(catalogue, space.Space.Dimensions, revision)); // there is no row
            return;
        }

        var written = new List<string>();
        try
        {
            var segments = new List<Segment>();
            foreach (var run in plan.Runs)
                if (run.Kept is { } kept)
                    segments.Add(list!.Segments[kept]);
                else
                    Write(run, encoding, catalogue, segments, written, cancellation);
            var made = file.Empty(catalogue, space.Space.Dimensions, changes?.Revision ?? revision) with { Segments = segments };
            file.WriteList(made);
        }
        catch
        {
            foreach (var name in written)
                File.Delete(file.PathOf(new Segment(name, 0, 0)));
            throw;
        }
    }

    /// <returns>Null when there is no row.</returns>
    private RowEncoding? Learn(int rows, CancellationToken cancellation)
    {
        var sample = reader.SampleEmbeddings(space.Id, RowEncoding.SampleRows, cancellation);
        return sample.Count == 0 ? null : RowEncoding.Learn<InnerProduct>(sample, Math.Max(rows, sample.Count), threads);
    }

    /// <summary>Writes the rows of some owners as segments of about the same length. While one is written, the next one is read.</summary>
    private void Write(
        SegmentRun run,
        RowEncoding encoding,
        string catalogue,
        List<Segment> segments,
        List<string> written,
        CancellationToken cancellation
    )
    {
        var pieces = Math.Max(1, (run.Rows + RowsASegment - 1) / RowsASegment);
        var rowsAPiece = Math.Clamp((run.Rows + pieces - 1) / pieces, 1, RowsASegment);
        var (after, isLast) = (run.Range.After, false);
        var writing = Task.CompletedTask;
        try
        {
            while (!isLast)
            {
                var table = reader.ReadPart(space.Id, run.Range with { After = after }, rowsAPiece, cancellation);
                writing.GetAwaiter().GetResult();
                isLast = table.Count < rowsAPiece;
                if (table.Count == 0)
                    break;
                after = table.OwnerOf(table.Count - 1);
                var name = file.NewName();
                written.Add(name);
                segments.Add(new Segment(name, table.Count, after));
                writing = Task.Run(
                    () =>
                    {
                        var index = ExactIndex.Encode<InnerProduct>(table.Rows, encoding, threads, cancellation);
                        file.WriteSegment(name, index, table, catalogue, cancellation);
                    },
                    CancellationToken.None
                );
            }
        }
        finally
        {
            writing.GetAwaiter().GetResult();
        }
    }
}
