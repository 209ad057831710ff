using Sosia.Vectors.Files;
using Sosia.Vectors.Tests.Files;

namespace Sosia.Vectors.Tests.Faults;

/// <summary>NumPy files from strangers are read, or refused as damaged or of another kind.</summary>
public sealed class HostileNpyTests : IDisposable
{
    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Arrays_are_read_or_refused()
    {
        byte[][] sound =
        [
            .. new[] { "<f4", "<f2", "<f8", "|u1", "<i8" }.Select(type =>
                NpyBytes.Make(NpyBytes.Header(type, "(6, 4)"), new byte[24 * 8], version: type == "<f8" ? 2 : 1)
            ),
        ];
        var (read, refused) = (0, 0);
        foreach (var seed in FaultRun.Seeds("npy", 150, 4000))
        {
            var random = new Random(seed);
            var file = Path.Combine(_place.Path, "array.npy");
            File.WriteAllBytes(file, Mutator.Mutate(sound[seed % sound.Length], random));
            try
            {
                using var rows = NpyRows.Open(file);
                for (var row = 0; row < rows.Count; row += 1 + rows.Count / 100)
                    _ = rows.Row(row).ToArray();
                read++;
            }
            catch (Exception typed) when (typed is DamagedFileException or UnsupportedFileException)
            {
                refused++;
            }
        }
        Assert.True(!FaultRun.IsUsual || read > 0 && refused > 0, $"{read} read, {refused} refused");
    }
}
