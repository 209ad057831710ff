using System.Formats.Tar;
using System.IO.Compression;
using Sosia.Evaluation.Datasets;

namespace Sosia.Evaluation.Tests.Datasets;

/// <summary>Anybody's copy of LFW, well meant or not. The pictures are made up; only their names are LFW's.</summary>
public sealed class LfwLayoutTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-lfw-").FullName;

    private string Archive => Path.Combine(_directory, "lfw.tgz");

    private string Out => Path.Combine(_directory, "out", "lfw");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_names_are_those_of_the_whole_data_set()
    {
        Assert.Equal(
            (5749, 13_233, 1680),
            (LfwNames.Images.Count, LfwNames.Images.Values.Sum(), LfwNames.Images.Values.Count(images => images >= 2))
        );
        Assert.Equal(55, LfwNames.Images.Values.Count(images => images == 6));
        Assert.Equal(13_233, LfwNames.Places().Distinct().Count());
    }

    [Theory]
    [InlineData(TarEntryFormat.V7), InlineData(TarEntryFormat.Ustar), InlineData(TarEntryFormat.Pax), InlineData(TarEntryFormat.Gnu)]
    public void Every_kind_of_tar_archive_is_laid_out(TarEntryFormat format)
    {
        // 100 letters and more need the long names of each kind.
        var folder =
            format == TarEntryFormat.V7
                ? "lfw"
                : "a-mirror/that-packed-it-again/under-many-folders-with-long-names/lfw-deepfunneled/lfw-deepfunneled";
        Pack(
            format,
            ($"{folder}/Aaron_Peirsol/Aaron_Peirsol_0001.jpg", Jpeg(1)),
            ($"{folder}/Aaron_Peirsol/Aaron_Peirsol_0002.jpg", Jpeg(2)),
            ($"{folder}/AJ_Cook/AJ_Cook_0001.jpg", Jpeg(3)),
            ($"{folder}/README.txt", [1])
        );
        var lfw = LfwLayout.Write(Archive, Out, TestContext.Current.CancellationToken);
        Assert.Equal((3, 2, 1, 13_230, 1), (lfw.Images, lfw.People, lfw.PeopleWithTwoOrMore, lfw.Missing.Count, lfw.LeftOut));
        Assert.Equal(
            ["AJ_Cook/AJ_Cook_0001.jpg", "Aaron_Peirsol/Aaron_Peirsol_0001.jpg", "Aaron_Peirsol/Aaron_Peirsol_0002.jpg"],
            Written()
        );
        Assert.Equal(Jpeg(2), File.ReadAllBytes(Path.Combine(Out, "Aaron_Peirsol", "Aaron_Peirsol_0002.jpg")));
        Assert.DoesNotContain("AJ_Cook/AJ_Cook_0001.jpg", lfw.Missing);
        Assert.Contains("Aaron_Peirsol/Aaron_Peirsol_0003.jpg", lfw.Missing);
    }

    [Fact]
    public void A_zip_archive_and_a_folder_are_laid_out_alike()
    {
        var zip = Path.Combine(_directory, "lfw.zip");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        using (var entry = archive.CreateEntry("lfw/AJ_Cook/AJ_Cook_0001.jpg").Open())
            entry.Write(Jpeg(1));
        Assert.Equal(1, LfwLayout.Write(zip, Out, TestContext.Current.CancellationToken).Images);
        Directory.CreateDirectory(Path.Combine(_directory, "again")); // an empty folder is as good as none
        Assert.Equal(1, LfwLayout.Write(Out, Path.Combine(_directory, "again"), TestContext.Current.CancellationToken).Images);
        Assert.Equal(Jpeg(1), File.ReadAllBytes(Path.Combine(_directory, "again", "AJ_Cook", "AJ_Cook_0001.jpg")));
    }

    [Fact]
    public void What_is_damaged_too_large_or_not_of_LFW_is_left_out_and_named()
    {
        Pack(
            TarEntryFormat.Gnu,
            ("lfw/AJ_Cook/AJ_Cook_0001.jpg", Jpeg(1)[..100]),
            ("lfw/AJ_Lamas/AJ_Lamas_0001.jpg", [.. Jpeg(1), .. new byte[2 << 20]]),
            ("lfw/AJ_Cook/AJ_Cook_0002.jpg", Jpeg(1)),
            ("lfw/Jane_Doe/Jane_Doe_0001.jpg", Jpeg(1)),
            ("lfw/AJ_Cook/AJ_Cook_+001.jpg", Jpeg(1)),
            ("lfw/Aaron_Guiel/Aaron_Guiel_0001.jpg", Jpeg(4))
        );
        var lfw = LfwLayout.Write(Archive, Out, TestContext.Current.CancellationToken);
        Assert.Equal(["Aaron_Guiel/Aaron_Guiel_0001.jpg"], Written());
        Assert.Equal(["AJ_Cook/AJ_Cook_0001.jpg", "AJ_Lamas/AJ_Lamas_0001.jpg"], lfw.Damaged);
        Assert.Equal((3, 13_232), (lfw.LeftOut, lfw.Missing.Count));
    }

    [Fact]
    public void An_archive_that_wants_to_lead_elsewhere_writes_nothing_elsewhere()
    {
        using (var writer = new TarWriter(new GZipStream(File.Create(Archive), CompressionLevel.Fastest)))
        {
            foreach (
                var name in new[]
                {
                    "../../AJ_Cook/AJ_Cook_0001.jpg",
                    "/AJ_Lamas/AJ_Lamas_0001.jpg",
                    "lfw/../../evil.jpg",
                    "lfw/AJ_Cook/../../../evil.jpg",
                }
            )
                writer.WriteEntry(Entry(new GnuTarEntry(TarEntryType.RegularFile, name), Jpeg(1)));
            writer.WriteEntry(new GnuTarEntry(TarEntryType.SymbolicLink, "lfw/Aaron_Guiel") { LinkName = "/etc" });
            writer.WriteEntry(
                new GnuTarEntry(TarEntryType.SymbolicLink, "lfw/Aaron_Pena/Aaron_Pena_0001.jpg") { LinkName = "/etc/passwd" }
            );
            writer.WriteEntry(
                new GnuTarEntry(TarEntryType.HardLink, "lfw/Aaron_Patterson/Aaron_Patterson_0001.jpg") { LinkName = "/etc/passwd" }
            );
        }
        LfwLayout.Write(Archive, Out, TestContext.Current.CancellationToken);
        // at their own place, wherever the archive wanted them
        Assert.Equal(["AJ_Cook/AJ_Cook_0001.jpg", "AJ_Lamas/AJ_Lamas_0001.jpg"], Written());
        Assert.Equal([Archive], Directory.EnumerateFiles(_directory));
        Assert.Equal(["lfw"], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Out)!).Select(Path.GetFileName));
    }

    [Fact, Slow]
    public void A_long_name_without_end_and_an_archive_without_end_are_refused()
    {
        var header = Header("././@LongLink", 'L', 3L << 30);
        using (var packed = new GZipStream(File.Create(Archive), CompressionLevel.Fastest))
            packed.Write(header);
        Refused("it has a file name of 3,221,225,472 bytes");

        using (var packed = new GZipStream(File.Create(Archive), CompressionLevel.Fastest))
        {
            packed.Write(Header("lfw/zeros.bin", '0', 5L << 30));
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 2050; i++)
                packed.Write(zeros);
        }
        Refused("it unpacks to more than 2,147,483,648 bytes");
    }

    [Fact]
    public void A_damaged_or_foreign_file_is_told_in_a_sentence()
    {
        Pack(TarEntryFormat.Ustar, [.. Enumerable.Range(1, 26).Select(i => (LfwNames.Place("Alejandro_Toledo", i), Jpeg(i)))]);
        var whole = File.ReadAllBytes(Archive);
        File.WriteAllBytes(Archive, whole[..(whole.Length / 2)]);
        Refused("can't be read");
        for (var seed = 0; seed < 40; seed++)
        {
            var noisy = (byte[])whole.Clone();
            var random = new Random(seed);
            for (var i = 0; i < 4; i++)
                noisy[random.Next(10, noisy.Length)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(Archive, noisy);
            try
            {
                LfwLayout.Write(Archive, Out, TestContext.Current.CancellationToken);
                Directory.Delete(Out, recursive: true); // only a picture's own bytes were hit
            }
            catch (ArgumentException refused)
            {
                Assert.Contains(Archive, refused.Message, StringComparison.Ordinal);
            }
        }
        File.WriteAllText(Archive, "<html>This server is gone</html>");
        Refused("neither a folder nor a tar, tar.gz or zip archive");
        Assert.Contains(
            "There is no file or folder",
            Assert.Throws<ArgumentException>(() => LfwLayout.Write(Path.Combine(_directory, "none"), Out)).Message,
            StringComparison.Ordinal
        );
        Pack(TarEntryFormat.Ustar, ("photos/me.jpg", Jpeg(1)));
        Refused("holds no image of LFW");
    }

    [Fact]
    public void Two_copies_in_one_are_told_apart()
    {
        Pack(TarEntryFormat.Gnu, ("lfw/AJ_Cook/AJ_Cook_0001.jpg", Jpeg(1)), ("again/AJ_Cook/AJ_Cook_0001.jpg", Jpeg(1)));
        Assert.Equal(1, LfwLayout.Write(Archive, Out, TestContext.Current.CancellationToken).Images);
        Directory.Delete(Out, recursive: true);
        Pack(TarEntryFormat.Gnu, ("lfw/AJ_Cook/AJ_Cook_0001.jpg", Jpeg(1)), ("funneled/AJ_Cook/AJ_Cook_0001.jpg", Jpeg(2)));
        Refused("two different images AJ_Cook/AJ_Cook_0001.jpg");
    }

    [Fact]
    public void Nothing_that_is_there_is_overwritten_and_cancelled_nothing_is_left()
    {
        Pack(TarEntryFormat.Gnu, ("lfw/AJ_Cook/AJ_Cook_0001.jpg", Jpeg(1)));
        Assert.Throws<OperationCanceledException>(() => LfwLayout.Write(Archive, Out, new CancellationToken(canceled: true)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Out)!));
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "mine.txt"), "mine");
        Assert.Contains(
            "is there already",
            Assert.Throws<IOException>(() => LfwLayout.Write(Archive, Out)).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(["mine.txt"], Written());
    }

    private void Refused(string sentence)
    {
        Assert.Contains(sentence, Assert.Throws<ArgumentException>(() => LfwLayout.Write(Archive, Out)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));
        Assert.False(Directory.Exists(Out + ".part"));
    }

    private string[] Written() =>
        [
            .. Directory
                .EnumerateFiles(Out, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Out, file))
                .Order(StringComparer.Ordinal),
        ];

    private void Pack(TarEntryFormat format, params (string Name, byte[] Content)[] files)
    {
        using var writer = new TarWriter(new GZipStream(File.Create(Archive), CompressionLevel.Fastest));
        foreach (var (name, content) in files)
            writer.WriteEntry(
                Entry(
                    format switch
                    {
                        TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                        TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                        TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
                        _ => new GnuTarEntry(TarEntryType.RegularFile, name),
                    },
                    content
                )
            );
    }

    private static TarEntry Entry(TarEntry entry, byte[] content)
    {
        entry.DataStream = new MemoryStream(content);
        return entry;
    }

    /// <summary>A header by hand: it may say any size.</summary>
    private static byte[] Header(string name, char type, long size)
    {
        var header = new byte[512];
        System.Text.Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0')).CopyTo(header, 124);
        header[156] = (byte)type;
        System.Text.Encoding.ASCII.GetBytes("ustar  ").CopyTo(header, 257);
        header.AsSpan(148, 8).Fill((byte)' ');
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0").CopyTo(header, 148);
        return header;
    }

    /// <summary>Begins and ends like a picture; the layout looks no further.</summary>
    private static byte[] Jpeg(int seed)
    {
        var bytes = new byte[5000];
        new Random(seed).NextBytes(bytes);
        return [0xFF, 0xD8, 0xFF, .. bytes.Where(b => b != 0xFF), 0xFF, 0xD9];
    }
}
