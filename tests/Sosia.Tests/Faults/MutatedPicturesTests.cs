using NetVips;
using Sosia.Photos;
using Sosia.Tests.Photos;

namespace Sosia.Tests.Faults;

/// <summary>
/// Pictures of every format, changed in header and body, are decoded or refused with a reason: no process ends, none hangs, and memory
/// stays within the limit.
/// </summary>
public sealed class MutatedPicturesTests : IDisposable
{
    private const int Usual = 2000,
        Many = 100_000;

    /// <summary>What a process may hold beside the picture that it decodes: the runtime, its libraries, and what they keep.</summary>
    private const long OfTheProcess = 400_000_000;

    private static readonly TimeSpan Patience = ChildReader.Limits.Timeout + TimeSpan.FromSeconds(15);
    private static readonly string?[] Answers = [.. Enum.GetNames<UnreadableReason>(), "read"];

    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact, Slow]
    public async Task Are_decoded_or_refused_with_a_reason()
    {
        var originals = Originals();
        string FileOf(string format) => Path.Combine(_place.Path, format == "camera RAW" ? "mutated.dng" : "mutated");
        var wrong = new List<string>();
        var seen = new Dictionary<string, int>();
        using var child = new ChildReader(ReadAs.Photo);
        foreach (var seed in FaultRun.Seeds("pictures", Usual, Many))
        {
            var random = new Random(seed);
            var (name, bytes) = originals[random.Next(originals.Count)];
            var file = FileOf(name);
            await File.WriteAllBytesAsync(file, Mutator.Mutate(bytes, random), TestContext.Current.CancellationToken);
            var answer = await child.Read(file, Patience);
            seen[answer ?? "none"] = seen.GetValueOrDefault(answer ?? "none") + 1;
            var memory = child.Memory;
            if (Answers.Contains(answer) && !(memory > ChildReader.Limits.MaxMemory + OfTheProcess))
                continue;
            wrong.Add($"seed {seed}, {name}: {answer ?? "the process ended or hung"}, {memory:N0} bytes");
            child.Dispose(); // the next begins with the memory of a new one
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(!FaultRun.IsUsual || seen.ContainsKey("read") && seen.Count > 2, string.Join(", ", seen)); // some live, some are refused
    }

    private static List<(string Name, byte[] Bytes)> Originals()
    {
        using var picture = MadePictures.Portrait.Copy();
        return
        [
            ("JPEG", picture.JpegsaveBuffer(q: 85)),
            ("JPEG, progressive", picture.JpegsaveBuffer(q: 85, interlace: true)),
            ("PNG", picture.PngsaveBuffer()),
            ("PNG, interlaced", picture.PngsaveBuffer(interlace: true)),
            ("WebP", picture.WebpsaveBuffer()),
            ("WebP, lossless", picture.WebpsaveBuffer(lossless: true)),
            ("TIFF", picture.TiffsaveBuffer(compression: Enums.ForeignTiffCompression.Deflate)),
            ("TIFF, tiled", picture.TiffsaveBuffer(tile: true, compression: Enums.ForeignTiffCompression.Lzw)),
            ("GIF", picture.GifsaveBuffer()),
            ("AVIF", picture.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1)),
            ("HEIC", HeicFiles.Soft),
            ("HEIC grid", HeicByHand.Grid(2, 2, 64, 128, 128)),
            ("JPEG XL", MadeFiles.Read("soft.jxl")),
            ("camera RAW", DngByHand.Make(64, 48, 9000, 12000, 7000)),
        ];
    }
}
