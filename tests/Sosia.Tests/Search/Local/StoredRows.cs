using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Search.Local;
using Sosia.Search.Local.Segments;
using Sosia.Search.Ranking;

namespace Sosia.Tests.Search.Local;

/// <summary>A catalogue of drawn unit rows, several photos a person, and the index of its space.</summary>
internal sealed class StoredRows : IDisposable
{
    public const int Dimensions = 64;

    private readonly TemporaryDirectory _place = new();
    private readonly int _mostRowsAPiece;
    private int _photos;

    /// <param name="photos">Photos to begin with.</param>
    /// <param name="mostRowsAPiece">Rows that a reader lays into one piece of memory, at most.</param>
    public StoredRows(int photos = 0, int mostRowsAPiece = int.MaxValue)
    {
        _mostRowsAPiece = mostRowsAPiece;
        Add(photos);
    }

    public string Directory => _place["collection"];

    public SqliteCatalogueStore Store => new(Directory) { MostRowsAPiece = _mostRowsAPiece };

    public LocalIndex Index => field ??= NewIndex();

    /// <summary>Rows of a segment at most; set before anything is asked.</summary>
    public int RowsASegment { get; init; } = SegmentMaker.MostRows;

    public LocalIndexFile File => new(Directory, Some.Space().Key);

    /// <summary>Where the list of the segments is.</summary>
    public string IndexPath => File.Path;

    /// <summary>Where the segments are, those that the list names, in order.</summary>
    public string[] SegmentPaths => [.. Ask(reader => File.TryReadList(reader.Identity, Dimensions, out _))!.Segments.Select(File.PathOf)];

    /// <summary>As another process would have it.</summary>
    public LocalIndex NewIndex(int mostInMemory = SegmentMaker.MostRows) => IndexOf(Store, RowsASegment, mostInMemory);

    public static LocalIndex IndexOf(string directory) =>
        IndexOf(new SqliteCatalogueStore(directory), SegmentMaker.MostRows, SegmentMaker.MostRows);

    private static LocalIndex IndexOf(SqliteCatalogueStore store, int rowsASegment, int mostInMemory) =>
        new(store.DirectoryPath, Some.Space().Key, "model-a", store.OpenReader)
        {
            RowsASegment = rowsASegment,
            MostInMemory = mostInMemory,
        };

    /// <summary>A row near to those of the same person; a number stands for the same row always.</summary>
    public static float[] Row(int number)
    {
        var (person, own) = (new Random(number / 4), new Random(~number));
        var row = Enumerable.Range(0, Dimensions).Select(_ => person.NextSingle() - 0.5f + 0.4f * (own.NextSingle() - 0.5f)).ToArray();
        var length = MathF.Sqrt(row.Sum(value => value * value));
        return Array.ConvertAll(row, value => value / length);
    }

    /// <summary>The rows of a photo's faces.</summary>
    public static IEnumerable<float[]> RowsOf(int number) => Faces(number).Select(face => face.Embedding!);

    /// <summary>Adds photos, each with one face or two.</summary>
    public void Add(int photos)
    {
        using var writer = Store.OpenWriter();
        var space = writer.EnsureSpace(Some.Space(dimensions: Dimensions));
        foreach (var batch in Enumerable.Range(_photos, photos).Chunk(500))
            writer.Commit(space, [.. batch.Select(number => Some.Read(PathOf(number), $"{number}", [.. Faces(number)]))]);
        _photos += photos;
    }

    public void Remove(params int[] numbers)
    {
        using var writer = Store.OpenWriter();
        writer.RemovePaths([.. numbers.Select(PathOf)]);
    }

    /// <summary>Finds the first face of some photos again: it keeps its id and gets the row of another number.</summary>
    public void Replace(string by, params (int Photo, int Row)[] rows)
    {
        using var writer = Store.OpenWriter();
        var spaces = new IndexedSpaces(writer.Spaces()[0].Id) { FoundBy = new(Some.Sha256(by), by) };
        writer.Commit(
            spaces,
            [
                .. rows.Select(row =>
                {
                    var photo = Some.Photo($"{row.Photo}", Some.Face(1) with { Embedding = Row(row.Row) });
                    return new PhotoRead(Some.File(PathOf(row.Photo)), photo with { FoundBy = spaces.FoundBy });
                }),
            ]
        );
    }

    public T Ask<T>(Func<ICatalogueReader, T> question)
    {
        using var reader = Store.OpenReader();
        return question(reader);
    }

    /// <summary>
    /// The answers of an index must be those of a scan over what the catalogue holds now: the same photos in the same order with the same
    /// scores.
    /// </summary>
    public void AssertRight(LocalIndex index, params int[] numbers)
    {
        using var reader = Store.OpenReader();
        var truth = new VectorTable(reader.ReadEmbeddings(reader.Spaces()[0].Id));
        foreach (var number in numbers)
        {
            var query = Row(number);
            Same(truth.Truth([query]).Take(20), index.Ask(reader, table => table.Best([query], photos: 20)));
            Same(truth.BestExpanded(query, 50, 50).Take(20), index.Ask(reader, table => table.BestExpanded(query, 50, 50)).Take(20));
            Assert.Equal(truth.Count, index.Load(reader).Count);
        }

        static void Same(IEnumerable<PhotoScore> expected, IEnumerable<PhotoScore> found)
        {
            var (one, other) = (expected.ToArray(), found.ToArray());
            Assert.Equal(one.Select(score => (score.Photo, score.Owner)), other.Select(score => (score.Photo, score.Owner)));
            Assert.All(one.Zip(other), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-6));
        }
    }

    public void Dispose()
    {
        Index.Dispose();
        _place.Dispose();
    }

    private static string PathOf(int number) => $"/photos/{number}.jpg";

    private static IEnumerable<NewFace> Faces(int number)
    {
        yield return Some.Face(1) with
        {
            Embedding = Row(number),
        };
        if (number % 5 == 0)
            yield return Some.Face(2) with
            {
                Embedding = Row(number + 1_000_000),
            };
    }
}
