namespace Sosia.Tests.Search.Local;

/// <summary>
/// No array holds the embeddings of millions of faces: they lie in pieces. Here a piece ends at 1,000 rows, and what is found is compared
/// with a scan over rows that no catalogue has held.
/// </summary>
public sealed class ManyPiecesTests
{
    private const int RowsAPiece = 1000,
        Best = 20;
    private static readonly int[] Queries = [0, 499, 511, 512, 1023, 1024, 2000, 2599, 3800];

    [Fact, Slow]
    public void More_rows_than_a_piece_holds_are_indexed_searched_and_renewed()
    {
        using var rows = new StoredRows(2600, RowsAPiece);
        var there = Enumerable.Range(0, 2600).ToHashSet();
        Check(isIndexed: false); // scanned
        rows.Index.Renew(default);
        Check(isIndexed: true);

        rows.Add(1300);
        there.UnionWith(Enumerable.Range(2600, 1300));
        rows.Remove(3, 512, 1023, 2599, 2600);
        there.ExceptWith([3, 512, 1023, 2599, 2600]);
        Check(isIndexed: true); // and what came since
        rows.Index.Renew(default);
        Check(isIndexed: true);
        rows.AssertRight(rows.NewIndex(), Queries);

        void Check(bool isIndexed)
        {
            using var reader = rows.Store.OpenReader();
            Assert.True(reader.ReadEmbeddings(reader.Spaces()[0].Id).Count > 3 * RowsAPiece);
            Assert.Equal(isIndexed, rows.Index.Load(reader).IsIndexed);
            foreach (var query in Queries)
            {
                var found = rows.Index.Ask(reader, table => table.Best([StoredRows.Row(query)], photos: Best));
                var expected = Scan(there, StoredRows.Row(query));
                Assert.Equal(
                    expected.Select(photo => $"/photos/{photo.Number}.jpg"),
                    found.Select(score => reader.FindPhoto(score.Photo)!.Paths[0])
                );
                Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-5f));
            }
        }
    }

    /// <summary>The best photos, by one loop over what was stored.</summary>
    private static (int Number, float Score)[] Scan(IEnumerable<int> numbers, float[] query) =>
        [
            .. numbers
                .Select(number => (number, Score: StoredRows.RowsOf(number).Max(row => row.Zip(query, (a, b) => a * b).Sum())))
                .OrderByDescending(photo => photo.Score)
                .Take(Best),
        ];
}
