using System.Formats.Tar;
using System.IO.Compression;
using Sosia.Evaluation.Datasets;

namespace Sosia.Evaluation.Tests.Faults;

/// <summary>Archives from strangers: what is LFW's in them is laid out, or they are refused; nothing is written elsewhere.</summary>
[Slow]
public sealed class HostileArchivesTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("sosia-archives-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void Archives_are_laid_out_or_refused()
    {
        byte[][] sound = [Tar(TarEntryFormat.Ustar), Tar(TarEntryFormat.Pax), Tar(TarEntryFormat.Gnu), Packed(), Zip()];
        var (laid, refused) = (0, 0);
        foreach (var seed in FaultRun.Seeds("archives", 150, 4000))
        {
            var (archive, into) = (Path.Combine(_place, "lfw.archive"), Path.Combine(_place, $"{seed}", "lfw"));
            File.WriteAllBytes(archive, Mutator.Mutate(sound[seed % sound.Length], new Random(seed)));
            try
            {
                LfwLayout.Write(archive, into, TestContext.Current.CancellationToken);
                laid++;
            }
            catch (Exception typed) when (typed is ArgumentException or InvalidDataException or IOException)
            {
                refused++;
            }
            Assert.DoesNotContain(
                Directory.GetFileSystemEntries(_place),
                made => Path.GetFileName(made) is not "lfw.archive" and var name && name != $"{seed}"
            );
            if (Directory.Exists(Path.Combine(_place, $"{seed}")))
                Directory.Delete(Path.Combine(_place, $"{seed}"), recursive: true);
        }
        Assert.True(!FaultRun.IsUsual || laid > 0 && refused > 0, $"{laid} laid out, {refused} refused");
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Files() =>
        Enumerable
            .Range(1, 4)
            .Select(i => ($"lfw/Aaron_Peirsol/Aaron_Peirsol_000{i}.jpg", new byte[] { 0xFF, 0xD8, 0xFF, (byte)i, 0xFF, 0xD9 }));

    private static byte[] Tar(TarEntryFormat format)
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, format))
            foreach (var (name, content) in Files())
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, new string('a', 120) + "/" + name),
                    _ => new UstarTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(content);
                tar.WriteEntry(entry);
            }
        return bytes.ToArray();
    }

    private static byte[] Packed()
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
            gzip.Write(Tar(TarEntryFormat.Ustar));
        return bytes.ToArray();
    }

    private static byte[] Zip()
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
            foreach (var (name, content) in Files())
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        return bytes.ToArray();
    }
}
