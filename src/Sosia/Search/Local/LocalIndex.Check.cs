using Sosia.Catalogue;
using Sosia.Vectors;

namespace Sosia.Search.Local;

/// <summary>Checks an index file against the catalogue, row by row.</summary>
internal sealed partial class LocalIndex
{
    private const int RowsBetweenChecks = 4096;

    /// <summary>How often the catalogue may change between reading its changes and its rows.</summary>
    private const int Tries = 5;

    /// <summary>
    /// What is wrong with the file, checked to the last byte and against the rows of the catalogue, or how far it is behind; one sentence.
    /// </summary>
    public static (string Says, bool Ok) Check(LocalIndexFile file, ISearchReader reader, string key, CancellationToken cancellation)
    {
        var space = reader.Spaces().FirstOrDefault(space => space.Space.Key == key);
        if (space is null)
            return ($"{file.Path} belongs to no space of this collection; it may be deleted.", true);
        try
        {
            using var stored = file.TryOpen(reader.Identity, space.Space.Dimensions, out var problem);
            if (problem is { IsOtherVersion: true })
                return ($"{problem.Says} It is outdated: the next search or index makes it again.", true);
            if (problem is not null)
                return ($"{problem.Says} It is made again from the catalogue; nothing is lost.", false);
            if (stored is null)
                return ($"{file.Path} is gone. It is made again from the catalogue; nothing is lost.", true);
            stored.CheckAll(cancellation);
            var table = new VectorTable(stored);
            if (reader.ReadChanges(space.Id, table.Revision, cancellation) is not { } changes)
                return (
                    $"{file.Path} is of a state that the catalogue never was in, or does not remember, as after a restored copy; it is "
                        + "made again.",
                    true
                );
            var (added, removed) = (changes.Added.Count, changes.RemovedOwners.Count);
            if (Difference(table, changes, reader, space.Id, cancellation) is { } difference)
                return (
                    $"{file.Path} does not hold what the catalogue holds: {difference}. Delete it; it is made again from the catalogue, "
                        + "and nothing is lost.",
                    false
                );
            return (
                $"{file.Path} is sound, with {stored.Index.Count:N0} rows; since it was made {added:N0} came and {removed:N0} went.",
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

    /// <summary>How a table, with what changed since, differs from the rows of the catalogue, as a clause; null when it does not.</summary>
    private static string? Difference(
        VectorTable table,
        EmbeddingChanges changes,
        ISearchReader reader,
        SpaceId space,
        CancellationToken cancellation
    )
    {
        for (var i = 0; i < Tries; i++)
        {
            table = table.With(changes, cancellation);
            var truth = reader.ReadEmbeddings(space, cancellation);
            if (truth.Revision == table.Revision)
                return Difference(table, truth, cancellation);
            if (reader.ReadChanges(space, table.Revision, cancellation) is not { } more)
                return null; // another catalogue, at this moment
            changes = more;
        }
        return null; // another process writes without end: what could be read of the file is sound
    }

    private static string? Difference(VectorTable table, EmbeddingTable truth, CancellationToken cancellation)
    {
        if (table.Count != truth.Count)
            return $"it has {table.Count:N0} rows, and the catalogue {truth.Count:N0}";
        for (var i = 0; i < truth.Count; i++)
        {
            if (i % RowsBetweenChecks == 0)
                cancellation.ThrowIfCancellationRequested();
            var owner = truth.OwnerOf(i);
            var row = table.RowOf(owner);
            if (row < 0)
                return $"it has no row {owner}";
            if (table.Photo(row) != truth.Photos[i])
                return $"its row {owner} is of another photo";
            if (!table.Row(row).SequenceEqual(truth.Rows.Row(i)))
                return $"its row {owner} has other values";
        }
        return null;
    }
}
