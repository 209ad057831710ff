using Sosia.Vectors.Exact;
using Sosia.Vectors.Files;
using Sosia.Vectors.Metrics;
using Sosia.Vectors.Stored;
using Sosia.Vectors.Tests.Exact;

namespace Sosia.Vectors.Tests.Stored;

/// <summary>An index file gives what was put in, or says that it can't.</summary>
public sealed class IndexFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly RowSnapshot _rows = Some.Table(Some.Structured(1, 6000, 140));
    private readonly float[] _query = Some.Structured(2, 1, 140)[0];

    private readonly float[] _longQuery = Some.Isotropic(6, 1, 9001)[0];

    private string FilePath => Path.Combine(_directory.Path, "faces.index");

    private byte[] Payload => [.. Enumerable.Range(0, _rows.Count).SelectMany(row => BitConverter.GetBytes((long)row * 7))];

    public void Dispose() => _directory.Dispose();

    private void Write() => IndexFile.Write(FilePath, ExactIndex.Build<Cosine>(_rows), new IndexStamp("ab12", 42, 8), Payload);

    [Fact]
    public void What_was_written_is_found_again()
    {
        Write();
        using var stored = IndexFile.Open<Cosine>(FilePath);
        Assert.Equal(new IndexStamp("ab12", 42, 8), stored.Stamp);
        Assert.Equal(Payload, stored.Payload);
        Assert.True(stored.Index.Coordinates < 140);
        foreach (var threads in new[] { 1, 2 })
            Oracle.AssertSame(Oracle.Search<Cosine>(_rows, _query, new()), stored.Index.Search(_query, new() { Threads = threads }));
        var few = new SearchRequest { Allowed = RowSet.Where(6000, row => row % 100 == 3) };
        Oracle.AssertSame(Oracle.Search<Cosine>(_rows, _query, few), stored.Index.Search(_query, few));
    }

    [Fact]
    public void Rows_added_and_deleted_since_are_taken_in_without_the_file()
    {
        Write();
        using var stored = IndexFile.Open<Cosine>(FilePath);
        var since = Some.Table(Some.Structured(3, 50, 140));
        var joined = new JoinedRows(stored.Index.Rows, since);
        var deleted = RowSet.Where(joined.Count, row => row % 10 == 0);
        var index = stored.Index.With(joined, deleted);
        index = index.With(joined, deleted);
        Oracle.AssertSame(Oracle.Search<Cosine>(joined, _query, new(), deleted), index.Search(_query, new()));
        Assert.Equal(6049, index.Search(since.Row(49), new() { K = 1 })[0].Row);
        IndexFile.Write(FilePath, stored.Index.With(joined, null), new IndexStamp("ab12", 43, 0), default);
        using var again = IndexFile.Open<Cosine>(FilePath);
        Oracle.AssertSame(Oracle.Search<Cosine>(joined, _query, new()), again.Index.Search(_query, new() { Threads = 2 }));
        Oracle.AssertSame(Oracle.Search<Cosine>(_rows, _query, new()), stored.Index.Search(_query, new()));
    }

    [Fact]
    public void Other_metrics_empty_tables_and_unturned_rows_are_kept_as_well()
    {
        var rows = Some.Table(Some.Isotropic(4, 501, 33));
        IndexFile.Write(FilePath, ExactIndex.Build<Euclidean>(rows), new IndexStamp("", 0, 0), default);
        using (var stored = IndexFile.Open<Euclidean>(FilePath))
            Oracle.AssertSame(Oracle.Search<Euclidean>(rows, rows.Row(7), new()), stored.Index.Search(rows.Row(7), new()));
        Assert.Contains("cosine", Assert.Throws<DamagedFileException>(() => IndexFile.Open<Cosine>(FilePath)).Message);
        IndexFile.Write(FilePath, ExactIndex.Build<Cosine>(new RowTable(9).Snapshot()), new IndexStamp("", 0, 0), default);
        using var empty = IndexFile.Open<Cosine>(FilePath);
        Assert.Empty(empty.Index.Search(new float[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, new()));
    }

    [Fact, Slow]
    public void Every_bit_of_the_header_is_watched()
    {
        Write();
        var bytes = File.ReadAllBytes(FilePath);
        // All bits that hold something, and every bit of the rest of the page as well.
        for (var bit = 0; bit < IndexHeader.PageBytes * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Throws<DamagedFileException>(() => IndexHeader.Parse(bytes[..IndexHeader.PageBytes], FilePath, bytes.Length));
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.Equal(6000, IndexHeader.Parse(bytes[..IndexHeader.PageBytes], FilePath, bytes.Length).Rows);
    }

    [Fact, Slow]
    public void A_flipped_bit_anywhere_gives_a_typed_error_or_the_right_answer()
    {
        IndexFile.Write(
            FilePath,
            ExactIndex.Build<Cosine>(Some.Table(Some.Structured(1, 700, 140))),
            new IndexStamp("ab12", 42, 8),
            Payload.AsMemory(0, 700 * 8)
        );
        var expected = Oracle.Search<Cosine>(Some.Table(Some.Structured(1, 700, 140)), _query, new());
        var random = new Random(8);
        using var file = new FileStream(FilePath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        var noticed = 0;
        for (var i = 0; i < 2000; i++)
        {
            var at = random.NextInt64(IndexHeader.PageBytes, file.Length);
            var bit = (byte)(1 << random.Next(8));
            Flip(file, at, bit);
            try
            {
                using var stored = IndexFile.Open<Cosine>(FilePath);
                Oracle.AssertSame(expected, stored.Index.Search(_query, new()));
            }
            catch (DamagedFileException)
            {
                noticed++;
            }
            Flip(file, at, bit);
        }
        Assert.InRange(noticed, 100, 1999); // rows that no search looks at may be damaged unnoticed, until one does
    }

    private static void Flip(FileStream file, long at, byte bit)
    {
        file.Position = at;
        var value = (byte)file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ bit));
        file.Flush();
    }

    [Fact]
    public void Files_that_are_cut_off_longer_foreign_or_missing_are_refused()
    {
        Write();
        var bytes = File.ReadAllBytes(FilePath);
        foreach (var length in new[] { 0, 100, 4096, bytes.Length / 2, bytes.Length - 1, bytes.Length + 1 })
        {
            File.WriteAllBytes(FilePath, [.. bytes.Take(length), .. new byte[Math.Max(0, length - bytes.Length)]]);
            Assert.Throws<DamagedFileException>(() => IndexFile.Open<Cosine>(FilePath));
        }
        File.WriteAllText(FilePath, new string('x', 10_000));
        Assert.Throws<DamagedFileException>(() => IndexFile.Open<Cosine>(FilePath));
        File.Delete(FilePath);
        Assert.Throws<FileNotFoundException>(() => IndexFile.Open<Cosine>(FilePath));
    }

    [Fact]
    public void An_index_beside_a_file_of_long_rows_searches_them_and_notices_other_rows()
    {
        var npy = Path.Combine(_directory.Path, "long.npy");
        var rows = Some.Isotropic(5, 40, 9001);
        NpyFile.Write<float>(npy, rows.SelectMany(row => row).ToArray(), 9001);
        using (var mapped = NpyRows.Open(npy))
        {
            IndexFile.WriteBeside(FilePath, ExactIndex.Build<Euclidean>(mapped), new IndexStamp("long.npy", 0, 0));
            using var stored = IndexFile.Open<Euclidean>(FilePath, mapped);
            Assert.True(stored.FileBytes < 40 * 9001 * 2);
            Oracle.AssertSame(Oracle.Search<Euclidean>(mapped, _longQuery, new()), stored.Index.Search(_longQuery, new() { Threads = 2 }));
            Assert.Throws<DamagedFileException>(() => IndexFile.Open<Euclidean>(FilePath));
            Assert.Throws<DamagedFileException>(() => IndexFile.Open<Euclidean>(FilePath, _rows));
        }
        rows[7][100] += 0.001f;
        using var changed = IndexFile.Open<Euclidean>(FilePath, Some.Table(rows));
        Assert.Contains("Row 7", Assert.Throws<DamagedFileException>(() => changed.Index.Search(rows[7], new())).Message);
    }

    [Fact]
    public void Only_what_can_be_kept_is_written()
    {
        var index = ExactIndex.Build<Cosine>(_rows);
        Assert.Throws<ArgumentException>(() => IndexFile.Write(FilePath, index, new IndexStamp("a", 1, 8), new byte[3]));
        Assert.Throws<ArgumentException>(() => IndexFile.Write(FilePath, index, new IndexStamp(new string('a', 201), 1, 0), default));
        Assert.Throws<ArgumentException>(() =>
            IndexFile.Write(FilePath, index.With(_rows, RowSet.Where(6000, row => row == 3)), new IndexStamp("a", 1, 0), default)
        );
        Assert.False(File.Exists(FilePath));
    }
}
