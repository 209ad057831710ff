using System.Security.Cryptography;
using System.Text.Json;
using Sosia.Training.Files;
using Sosia.Training.Run;

namespace Sosia.Training.Tests.Faults;

/// <summary>Checkpoints from strangers, whose checksums may fit, are read or refused with one sentence.</summary>
public class HostileCheckpointsTests
{
    private const int StartBytes = 16;

    [Fact]
    public void Headers_are_read_or_refused()
    {
        using var directory = new TemporaryDirectory();
        var file = directory["checkpoint.bin"];
        var header = new CheckpointHeader(Some.Options, null, new string('0', 64), ["ada", "bob"], 2, 1, 1, new History());
        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        var (read, refused) = (0, 0);
        foreach (var seed in FaultRun.Seeds("checkpoint", 80, 3000))
        {
            var random = new Random(seed);
            // Half of them are made by somebody who knows the format.
            File.WriteAllBytes(file, seed % 2 == 0 ? Checked(Mutator.Mutate(text, random)) : Mutator.Mutate(Checked(text), random));
            try
            {
                var found = Checkpoint.ReadHeader(file);
                found.Options.Check();
                Assert.True(Checkpoint.Bytes(found.Options, found.Classes.Count) > 0);
                read++;
            }
            catch (Exception typed) when (typed is UsageException or DamagedException)
            {
                Assert.DoesNotContain('\n', typed.Message);
                refused++;
            }
        }
        Assert.True(!FaultRun.IsUsual || read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    private static byte[] Checked(byte[] header) =>
        [
            .. "SOSIATRN"u8,
            .. BitConverter.GetBytes(Checkpoint.Version),
            .. BitConverter.GetBytes(header.Length),
            .. header,
            .. SHA256.HashData(header),
            .. new byte[StartBytes],
        ];
}
