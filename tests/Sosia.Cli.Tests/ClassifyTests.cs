using System.Runtime.InteropServices;
using Sosia.Evaluation.Classification;
using Sosia.Models.Onnx;

namespace Sosia.Cli.Tests;

/// <summary><c>sosia classify</c> on a small network with made-up weights.</summary>
public sealed class ClassifyTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void The_most_likely_people_are_named()
    {
        WriteNetwork();
        var photo = _sosia.Put("face.jpg", Portraits.Of(0));
        var text = _sosia.Run("classify", photo, "--network", "network", "-k", "2");
        Assert.Equal(0, text.Code);
        Assert.Matches("^ +[0-9.]+%  (Ann|Bob|Cid)\n +[0-9.]+%  (Ann|Bob|Cid)\n$", text.Out);

        var json = _sosia.Run("classify", photo, "--network", "network", "--json").Json;
        Assert.Equal(3, json.GetProperty("classes").GetInt32());
        Assert.Equal(3, json.GetProperty("people").GetArrayLength());
    }

    [Fact]
    public void A_network_without_its_external_data_is_2_in_one_sentence()
    {
        WriteNetwork();
        File.Delete(_sosia["network/network.data"]);
        var ran = _sosia.Run("classify", _sosia.Put("face.jpg", Portraits.Of(0)), "--network", "network");
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.Contains("network.data is missing", ran.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none.jpg", "There is no file none.jpg")]
    [InlineData("text.jpg", "text.jpg")]
    public void What_is_no_image_is_2_in_one_sentence(string image, string sentence)
    {
        WriteNetwork();
        File.WriteAllText(_sosia["text.jpg"], "no image");
        var ran = _sosia.Run("classify", image, "--network", "network");
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.Contains(sentence, ran.Sentence, StringComparison.Ordinal);
    }

    private void WriteNetwork()
    {
        var directory = Directory.CreateDirectory(_sosia["network"]).FullName;
        var random = new Random(1);
        float[] Floats(int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2 - 1) * scale)];
        var graph = ClassifierGraph.Make(34, [new(Floats(16 * 3 * 9, 0.001f), new float[16])], Floats(3, 1), "a test");
        SavedNetwork.Write(
            directory,
            graph,
            ["Ann", "Bob", "Cid"],
            stream => stream.Write(MemoryMarshal.AsBytes(Floats(3 * 16 * 16 * 16, 0.1f).AsSpan()))
        );
    }
}
