using Sosia.Vectors.Exact;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;
using Sosia.Vectors.Tests.Exact;

namespace Sosia.Vectors.Tests.Stored;

/// <summary>Long rows have second records, which an index file keeps and which are checked when they are read.</summary>
public sealed class SecondRecordsTests : IDisposable
{
    private const int Rows = 800;

    private readonly TemporaryDirectory _directory = new();
    private readonly float[][] _rows = Some.Structured(1, Rows, 512, fall: 0.03);

    private string FilePath => Path.Combine(_directory.Path, "faces.index");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void They_are_found_again_and_rows_that_came_since_have_them_too()
    {
        var table = Some.Table(_rows);
        IndexFile.Write(FilePath, ExactIndex.Build<InnerProduct>(table), new IndexStamp("ab12", 42, 0), default);
        using var stored = IndexFile.Open<InnerProduct>(FilePath);
        Assert.True(stored.Index.Encoding.Rotation.HasSecond);
        stored.CheckAll(TestContext.Current.CancellationToken);
        var joined = new JoinedRows(stored.Rows, Some.Table(Some.Structured(2, 300, 512, fall: 0.03)));
        var index = stored.Index.With(joined, null);
        var parts = ExactIndex.Join<InnerProduct>([stored.Index, ExactIndex.Encode<InnerProduct>(table, stored.Index.Encoding)]);
        var twice = new JoinedRows(table, table);
        foreach (
            var request in new SearchRequest[]
            {
                new(),
                new() { K = 400, Threads = 2 },
                SearchRequest.Within(-0.2f),
            }
        )
            for (var row = 0; row < joined.Count; row += 97)
            {
                var query = joined.Row(row).ToArray();
                Oracle.AssertSame(Oracle.Search<InnerProduct>(joined, query, request), index.Search(query, request));
                Oracle.AssertSame(Oracle.Search<InnerProduct>(twice, query, request), parts.Search(query, request));
            }
    }

    [Fact]
    public void A_flipped_bit_in_one_is_noticed_by_who_reads_it()
    {
        IndexFile.Write(FilePath, ExactIndex.Build<InnerProduct>(Some.Table(_rows)), new IndexStamp("ab12", 42, 0), default);
        var sound = File.ReadAllBytes(FilePath);
        var header = IndexHeader.Parse(sound[..IndexHeader.PageBytes], FilePath, sound.Length);
        var random = new Random(5);
        for (var round = 0; round < 40; round++)
        {
            var bytes = (byte[])sound.Clone();
            var row = random.Next(Rows);
            bytes[header.SecondAt(row) + random.Next(RecordLayout.Second.Bytes)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(FilePath, bytes);
            using var stored = IndexFile.Open<InnerProduct>(FilePath);
            Assert.Throws<DamagedFileException>(() => stored.Index.Search(_rows[row], new SearchRequest { K = 1 }));
            Assert.Throws<DamagedFileException>(() => stored.CheckAll(TestContext.Current.CancellationToken));
        }
    }
}
