using Sosia.Catalogue;
using Sosia.Search.Local.Segments;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>Checks an index file against the catalogue, row by row.</summary>
internal sealed partial class LocalIndex
{
    /// <summary>Rows that are compared at a time.</summary>
    private const int RowsAtOnce = 16_384;

    /// <summary>How often the catalogue may change while it is compared.</summary>
    private const int Comparisons = 5;

    /// <summary>
    /// What is wrong with the files of an index, checked to the last byte and against the rows of the catalogue, or how far they are
    /// behind; one sentence.
    /// </summary>
    public static (string Says, bool Ok) Check(LocalIndexFile file, ISearchReader reader, string key, CancellationToken cancellation)
    {
        if (reader.FindSpace(key) is not { } space)
            return ($"{file.Path} belongs to no space of this collection; it may be deleted.", true);
        try
        {
            var none = new HashSet<string>();
            using var open = file.TryOpen(reader.Identity, space.Space.Dimensions, none, null, out var problem);
            if (problem is { IsOtherVersion: true })
                return ($"{problem.Says} It is outdated: the next search or index makes it again.", true);
            if (problem is not null)
                return ($"{problem.Says} It is made again from the catalogue; nothing is lost.", false);
            if (open is null)
                return ($"{file.Path} is gone. It is made again from the catalogue; nothing is lost.", true);
            foreach (var segment in open.Stored)
                segment!.CheckAll(cancellation);
            if (reader.ReadChanges(space.Id, open.List.Revision, cancellation: cancellation) is not { } changes)
                return (
                    $"{file.Path} is of a state that the catalogue never was in, or does not remember, as after a restored copy; it is "
                        + "made again.",
                    true
                );
            var (added, removed) = (changes.Added.Count, changes.RemovedOwners.Count);
            if (Difference(open, changes, reader, space.Id, cancellation) is { } difference)
                return (
                    $"{file.Path} does not hold what the catalogue holds: {difference}. Delete it; it is made again from the catalogue, "
                        + "and nothing is lost.",
                    false
                );
            return (
                $"{file.Path} is sound, with {open.List.Rows:N0} rows in {open.List.Segments.Count:N0} segments; since it was made "
                    + $"{added:N0} came and {removed:N0} went.",
                true
            );
        }
        catch (DamagedFileException damaged)
        {
            return (
                $"{damaged.Message} It is made again from the catalogue when a search comes upon that, or when you delete it; nothing "
                    + "is lost.",
                false
            );
        }
    }

    /// <summary>
    /// How the segments, with what changed since, differ from the rows of the catalogue, as a clause; null when they do not. A difference
    /// counts where nobody wrote to the catalogue while it was looked for.
    /// </summary>
    private static string? Difference(
        OpenSegments open,
        EmbeddingChanges changes,
        ISearchReader reader,
        SpaceId space,
        CancellationToken cancellation
    )
    {
        if (open.Encoding is null)
            return null; // no row
        var table = VectorTable.Of(open, _ => throw new InvalidOperationException("All segments are there."), cancellation);
        for (var i = 0; i < Comparisons; i++)
        {
            table = table.With(changes, cancellation);
            if (Difference(table, reader, space, cancellation) is not { } difference)
                return null;
            if (reader.Revision == table.Revision)
                return difference;
            if (reader.ReadChanges(space, table.Revision, cancellation: cancellation) is not { } more)
                return null; // another catalogue, at this moment
            changes = more;
        }
        return null; // another process writes without end: what could be read of the files is sound
    }

    private static string? Difference(VectorTable table, ISearchReader reader, SpaceId space, CancellationToken cancellation)
    {
        var (after, count) = (long.MinValue, 0L);
        while (reader.ReadPart(space, new OwnerRange(after, long.MaxValue), RowsAtOnce, cancellation) is { Count: > 0 } truth)
        {
            for (var i = 0; i < truth.Count; i++)
            {
                var owner = truth.OwnerOf(i);
                var row = table.RowOf(owner);
                if (row < 0)
                    return $"it has no row {owner}";
                if (table.Photo(row) != truth.Photos[i])
                    return $"its row {owner} is of another photo";
                if (!table.Row(row).SequenceEqual(truth.Rows.Row(i)))
                    return $"its row {owner} has other values";
            }
            (after, count) = (truth.OwnerOf(truth.Count - 1), count + truth.Count);
        }
        return table.Count == count ? null : $"it has {table.Count:N0} rows, and the catalogue {count:N0}";
    }
}
