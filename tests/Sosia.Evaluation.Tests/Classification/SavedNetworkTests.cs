using System.Runtime.InteropServices;
using Sosia.Evaluation.Classification;
using Sosia.Models;
using Sosia.Models.Onnx;

namespace Sosia.Evaluation.Tests.Classification;

/// <summary>A directory with a network that names people, and what is said of one that is not whole.</summary>
public sealed class SavedNetworkTests : IDisposable
{
    private const int Side = 34;
    private static readonly string[] People = ["Ann", "Bob", "Cid"];
    private readonly string _directory = Directory.CreateTempSubdirectory("sosia-network-").FullName;

    public SavedNetworkTests() => Write(_directory, People);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void People_are_named_by_falling_probability_and_all_add_up_to_one()
    {
        using var classifier = PersonClassifier.Load(_directory);
        Assert.Equal(3, classifier.Classes);
        var guesses = classifier.Classify(Picture(), 10);
        Assert.Equal(People, guesses.Select(guess => guess.Person).Order());
        Assert.Equal(1, guesses.Sum(guess => guess.Probability), 1e-5);
        Assert.True(guesses[0].Probability >= guesses[1].Probability && guesses[1].Probability >= guesses[2].Probability);
        Assert.Equal(guesses.Take(2), classifier.Classify(Picture(), 2));
    }

    [Theory]
    [InlineData("network.data", "is without its last layer's weights (the graph's external data): network.data is missing")]
    [InlineData("network.onnx", "is without its graph: network.onnx is missing")]
    [InlineData("network.json", "network.json is missing; give the --out of a `sosia train baseline` that ended")]
    public void A_file_that_is_missing_is_named(string file, string sentence)
    {
        File.Delete(Path.Combine(_directory, file));
        Refused(sentence);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_named() =>
        Assert.Contains(
            "There is no directory",
            Assert.Throws<ModelException>(() => PersonClassifier.Load(_directory + "-other")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_network_of_another_version_says_which_is_read()
    {
        Change("\"version\":1", "\"version\":2");
        Refused("has version 2, and this program reads version 1");
    }

    [Fact]
    public void Weights_of_another_run_are_told_by_their_length_or_by_their_hash()
    {
        var other = Path.Combine(_directory, "other");
        Write(Directory.CreateDirectory(other).FullName, ["Ann", "Bob"]);
        File.Copy(Path.Combine(other, "network.data"), Path.Combine(_directory, "network.data"), overwrite: true);
        Refused("network.data does not belong to");
        Write(_directory, People, seed: 9);
        var data = Path.Combine(_directory, "network.data");
        var bytes = File.ReadAllBytes(data);
        bytes[100] ^= 1;
        File.WriteAllBytes(data, bytes);
        Refused("network.data is not the file of this network: Expected SHA-256");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"version\":1,\"side\":34,\"classes\":null}")]
    [InlineData("no JSON")]
    public void A_description_that_is_damaged_is_told(string text)
    {
        File.WriteAllText(Path.Combine(_directory, "network.json"), text);
        Refused("is damaged or describes no network");
    }

    [Fact]
    public void A_description_that_names_fewer_people_than_the_network_has_is_told()
    {
        Change("\"Ann\",", "");
        Refused("has 3 classes, and network.json names 2 people");
    }

    [Fact]
    public void A_graph_that_reads_another_file_is_refused()
    {
        var graph = Graph(People.Length);
        graph.Graph.Initializer.Single(tensor => tensor.ExternalData.Count > 0).ExternalData[0].Value = "/etc/passwd";
        SavedNetwork.Write(_directory, graph, People, stream => stream.Write(Weights(People.Length, 1)));
        Refused("keeps constants in /etc/passwd");
    }

    private void Change(string from, string to)
    {
        var path = Path.Combine(_directory, "network.json");
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    }

    private void Refused(string sentence)
    {
        var error = Assert.Throws<ModelException>(() => PersonClassifier.Load(_directory).Dispose());
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static void Write(string directory, string[] people, int seed = 1) =>
        SavedNetwork.Write(directory, Graph(people.Length), people, stream => stream.Write(Weights(people.Length, seed)));

    /// <summary>34 → 16 → 7 pixels, 16 channels.</summary>
    private static Sosia.Models.Onnx.Schema.ModelProto Graph(int classes) =>
        ClassifierGraph.Make(
            Side,
            [new(Floats(16 * 3 * 9, 1, 0.001f), new float[16]), new(Floats(16 * 16 * 9, 2, 0.1f), new float[16])],
            Floats(classes, 3, 1),
            "a test"
        );

    private static ReadOnlySpan<byte> Weights(int classes, int seed) =>
        MemoryMarshal.AsBytes(Floats(classes * 7 * 7 * 16, seed, 0.1f).AsSpan());

    private static float[] Floats(int count, int seed, float scale)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2 - 1) * scale)];
    }

    private static string Picture() => Path.Combine(AppContext.BaseDirectory, "samples", "sample1.jpg");
}
