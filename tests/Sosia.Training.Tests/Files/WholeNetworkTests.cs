using Sosia.Evaluation.Classification;
using Sosia.Training.Files;
using Sosia.Training.Network;
using static TorchSharp.torch;

namespace Sosia.Training.Tests.Files;

/// <summary>What is written is the network that was learned, its last layer included.</summary>
public class WholeNetworkTests
{
    [Fact]
    public void The_saved_network_gives_the_probabilities_of_libtorch()
    {
        Needs.Libtorch();
        using var directory = new TemporaryDirectory();
        var options = Some.Options;
        using var parameters = new Parameters(options, 4, CPU);
        parameters.DenseBiases.Value.uniform_(-1, 1);
        WholeNetwork.Write(options, parameters, ["Ann", "Bob", "Cid", "Dan"], directory.Path);
        Assert.Equal(WholeNetwork.Bytes(options, 4), new FileInfo(directory["network.data"]).Length);

        Some.People(directory["people"], options.Side, ("Ann", 3));
        using var classifier = PersonClassifier.Load(directory.Path);
        using var step = new AutogradStep(options, parameters, CPU);
        foreach (var image in Directory.GetFiles(directory["people"], "*.png", SearchOption.AllDirectories))
        {
            var guesses = classifier.Classify(image, 4);
            Assert.Equal(1, guesses.Sum(guess => guess.Probability), 1e-5);
            var pixels = new byte[options.Side * options.Side * 3];
            new Evaluation.Datasets.SquareReader(options.Side).Read(image, pixels);
            foreach (var (person, probability) in guesses)
            {
                // The loss of one image is the negative logarithm of what its class was given.
                var loss = step.Check(pixels, [Array.IndexOf(["Ann", "Bob", "Cid", "Dan"], person)]).Loss;
                Assert.Equal(Math.Exp(-loss), probability, 1e-4);
            }
        }
    }
}
