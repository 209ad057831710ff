using System.IO.Compression;
using System.Security.Cryptography;
using Google.Protobuf;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Models.Packages;
using Sosia.Models.Store;
using Sosia.Photos;
using Sosia.Pipeline;

namespace Sosia.Tests.Models.Packages;

/// <summary>
/// Packages taken by the hashes of their files. The published ones can't be had here: small networks of the same inputs and outputs stand
/// for them, but for YuNet, which is real.
/// </summary>
public sealed class PackageImportTests : IDisposable
{
    private static readonly byte[] Detector = TinyDetector.Scrfd().ToByteArray();
    private static readonly byte[] Embedder = TinyDetector.ArcFace().ToByteArray();
    private static readonly ModelPackage Package = Standing();

    private readonly TemporaryDirectory _place = new();
    private readonly ModelStore _store;

    public PackageImportTests()
    {
        _store = new ModelStore(RealFiles.Models, new UserDirectories(_place["user"]));
        Directory.CreateDirectory(_place["from"]);
    }

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Detector_and_embedder_are_found_by_their_hashes_whatever_they_are_called_and_work_together(bool zipped)
    {
        Put("some name.onnx", Detector);
        Put("models/another.ONNX".ToLowerInvariant(), Embedder);
        Put("models/readme.onnx", "no network"u8.ToArray());

        var models = PackageImport.Import(Package, zipped ? Zip() : _place["from"], _store);

        Assert.Equal(["scrfd-10g", "buffalo_l"], models.Select(model => model.Entry.Name));
        Assert.Equal("scrfd-10g", models[1].Entry.Detector);
        Assert.Equal(("input.1", "683"), (models[1].Entry.Input.Name, models[1].Entry.Output.Name));
        Assert.All(_store.Verify(), check => Assert.Null(check.Problem));

        using var networks = Networks.Load(_store, "buffalo_l", new DetectorOptions { SmallestFace = 1000 });
        var photo = networks.Pipeline.ToStored(PhotoSource.Of(RealFiles.Sample(1)), new string('0', 64), []);
        var face = Assert.Single(photo.Faces);
        Assert.Equal(512, face.Embedding!.Length);
        Assert.StartsWith("scrfd-10g", photo.FoundBy!.Description);
        Assert.NotEqual(FaceSpace.Of(_store).Key, networks.Pipeline.Space.Key);
        Assert.Equal(FaceSpace.Of(_store, "buffalo_l").Key, networks.Pipeline.Space.Key);
        Assert.NotEqual(
            FaceSpace.Of(_store, "buffalo_l", new DetectorOptions { Network = "ultra-light-320" }).Key,
            networks.Pipeline.Space.Key
        );
        Assert.Contains("there already", Refusal(_place["from"]));
    }

    [Fact]
    public void A_package_without_one_of_its_files_changes_nothing_and_says_which()
    {
        Put("detector.onnx", Detector);
        Assert.Matches(
            "does not hold .*w600k_r50.onnx.* \\(SHA-256 [0-9a-f]{64}\\): its one ONNX file is another;",
            Refusal(_place["from"])
        );
        Assert.DoesNotContain(_store.Models, model => model.Entry.Name == "scrfd-10g");
        Assert.Contains("none of its 0 ONNX files is that", Refusal(Directory.CreateDirectory(_place["empty"]).FullName));
        Assert.Contains("There is no file or folder", Refusal(_place["nowhere"]));
    }

    [Theory]
    [InlineData("../outside.onnx")]
    [InlineData("/etc/outside.onnx")]
    [InlineData("a/../../outside.onnx")]
    [InlineData("..\\outside.onnx")]
    [InlineData("C:/outside.onnx")]
    public void A_zip_whose_paths_lead_out_of_it_is_refused_whole(string path)
    {
        Put("detector.onnx", Detector);
        Put("embedder.onnx", Embedder);
        var zip = Zip();
        using (var archive = ZipFile.Open(zip, ZipArchiveMode.Update))
        using (var stream = archive.CreateEntry(path).Open())
            stream.Write(Detector);

        Assert.Contains($"a path that leads out of it ('{path}'); nothing was imported", Refusal(zip));
        Assert.DoesNotContain(_store.Models, model => !model.BuiltIn);
        Assert.Empty(Directory.EnumerateFiles(_place["."], "outside.onnx", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_zip_that_is_damaged_is_refused_in_one_sentence()
    {
        Put("detector.onnx", Detector);
        Put("embedder.onnx", Embedder);
        var zip = Zip();
        var bytes = File.ReadAllBytes(zip);
        File.WriteAllBytes(zip, bytes[..(bytes.Length / 2)]);
        Assert.Matches("^The ZIP .* is damaged: .*; get it again\\.$", Refusal(zip));
        bytes.AsSpan(bytes.Length / 3, 200).Clear();
        File.WriteAllBytes(zip, bytes);
        Assert.DoesNotContain('\n', Refusal(zip));
    }

    [Fact]
    public void A_file_with_the_hash_and_other_outputs_than_its_family_is_refused()
    {
        var other = TinyModel.Embedding().ToByteArray();
        Put("other.onnx", other);
        Put("embedder.onnx", Embedder);
        var package = Package with
        {
            Parts =
            [
                [Package.Parts[0][0] with { Sha256 = HashOf(other) }],
                Package.Parts[1],
            ],
        };
        var refused = Assert.Throws<ModelException>(() => PackageImport.Import(package, _place["from"], _store));
        Assert.StartsWith("The model 'scrfd-10g' is not an SCRFD with points: it has no single input", refused.Message);
        Assert.DoesNotContain(_store.Models, model => !model.BuiltIn);
    }

    [Fact, Slow]
    public void The_real_YuNet_is_known_by_its_hash()
    {
        var package = KnownPackages.All.Single(known => known.Name == "yunet");
        var model = Assert.Single(PackageImport.Import(package, RealFiles.Shared("models/yunet-n-640.onnx"), _store));
        Assert.Equal((DetectorFamily.Yunet, "yunet"), (model.Entry.Family, model.Entry.Name));
        using var networks = Networks.Load(_store, null, new DetectorOptions { Network = "yunet" });
        var faces = Enumerable
            .Range(1, 6)
            .Select(number => networks.Pipeline.ToStored(PhotoSource.Of(RealFiles.Sample(number)), new string('0', 64), []).Faces);
        Assert.Equal(22, faces.Sum(photo => photo.Count));
    }

    [Fact]
    public void A_manifest_entry_that_makes_no_sense_is_refused()
    {
        var entry = Package.Parts[0][0].Entry with { Sha256 = new string('0', 64) };
        Assert.Contains("multiples of 32", Problem(entry with { Input = entry.Input with { Width = 650 } }));
        Assert.Contains("three planes", Problem(entry with { Input = entry.Input with { Layout = TensorLayout.Nhwc } }));
        Assert.Contains("only a face embedding names the detector", Problem(entry with { Detector = "yunet" }));
        Assert.Contains(
            "only a detector of faces has a family",
            Problem(Package.Parts[1][0].Entry with { Sha256 = new string('0', 64), Family = DetectorFamily.Scrfd })
        );
    }

    private static string Problem(ModelEntry entry) => Assert.Throws<ModelException>(() => entry.Check("models.json")).Message;

    private string Refusal(string from) => Assert.Throws<ModelException>(() => PackageImport.Import(Package, from, _store)).Message;

    private void Put(string name, byte[] bytes)
    {
        var path = Path.Combine(_place["from"], name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    private string Zip()
    {
        var zip = _place["package.zip"];
        File.Delete(zip);
        ZipFile.CreateFromDirectory(_place["from"], zip);
        return zip;
    }

    /// <summary>The package of InsightFace with the hashes of the networks that stand for its own.</summary>
    private static ModelPackage Standing()
    {
        var package = KnownPackages.All.Single(known => known.Name == "buffalo_l");
        var detector = package.Parts[0][0];
        return package with
        {
            Parts =
            [
                [
                    detector with
                    {
                        Sha256 = HashOf(Detector),
                        Entry = detector.Entry with
                        {
                            Input = detector.Entry.Input with { Width = TinyDetector.Side, Height = TinyDetector.Side },
                        },
                    },
                ],
                [package.Parts[1][0] with { Sha256 = HashOf(Embedder) }],
            ],
        };
    }

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
