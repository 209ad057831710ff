using System.IO.Compression;
using Google.Protobuf;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Packages;
using Sosia.Models.Store;

namespace Sosia.Tests.Faults;

/// <summary>Networks, packages and manifests from strangers: taken as what they are, or refused with one sentence.</summary>
[Slow]
public sealed class HostileModelsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly string?[] Answers = [.. Enum.GetNames<ModelProblem>(), "read"];

    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Networks_are_run_or_refused()
    {
        var sound = TinyModel.Embedding().ToByteArray();
        var wrong = new List<string>();
        var file = _place["network.onnx"];
        using var child = new ChildReader(ReadAs.Network);
        foreach (var seed in FaultRun.Seeds("onnx", 150, 6000))
        {
            await File.WriteAllBytesAsync(file, Mutator.Mutate(sound, new Random(seed)), TestContext.Current.CancellationToken);
            var answer = await child.Read(file, Patience);
            if (!Answers.Contains(answer))
                wrong.Add($"seed {seed}: {answer ?? "the process ended or hung"}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Packages_are_read_or_refused()
    {
        var (zip, refused) = (_place["package.zip"], 0);
        var package = KnownPackages.All.Single(known => known.Name == "yunet");
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Create))
            foreach (var name in new[] { "one.onnx", "two/three.onnx", "readme.txt" })
                using (var entry = archive.CreateEntry(name).Open())
                    entry.Write(TinyModel.Embedding().ToByteArray());
        var sound = File.ReadAllBytes(zip);
        foreach (var seed in FaultRun.Seeds("zip", 70, 3000))
        {
            File.WriteAllBytes(zip, Mutator.Mutate(sound, new Random(seed)));
            try
            {
                PackageImport.Import(package, zip, new ModelStore(RealFiles.Models, new UserDirectories(_place["user"])));
                Assert.Fail($"seed {seed} is no YuNet, and was taken");
            }
            catch (ModelException)
            {
                refused++;
            }
        }
        Assert.True(!FaultRun.IsUsual || refused > 0);
    }

    [Fact]
    public void Manifests_are_read_or_refused()
    {
        var (directory, refused) = (_place["models"], 0);
        Directory.CreateDirectory(directory);
        var sound = File.ReadAllBytes(Path.Combine(RealFiles.Models, ModelManifest.FileName));
        foreach (var seed in FaultRun.Seeds("manifest", 70, 3000))
        {
            File.WriteAllBytes(Path.Combine(directory, ModelManifest.FileName), Mutator.Mutate(sound, new Random(seed)));
            try
            {
                var store = new ModelStore(directory, new UserDirectories(_place["user"]));
                _ = store.Verify();
            }
            catch (ModelException)
            {
                refused++;
            }
        }
        Assert.True(!FaultRun.IsUsual || refused > 0);
    }
}
