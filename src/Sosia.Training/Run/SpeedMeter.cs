using System.Diagnostics;
using Sosia.Training.Kernels;
using Sosia.Training.Network;
using static TorchSharp.torch;

namespace Sosia.Training.Run;

/// <summary>How fast steps go, against libtorch's product of two 4096 × 4096 matrices in the same process.</summary>
/// <param name="Classes">Of the network.</param>
/// <param name="MatrixGflops">Best of several products, before and after the steps.</param>
/// <param name="StepGflops">The median step.</param>
/// <param name="StepSeconds">The median step.</param>
/// <param name="PeakMemoryMb">Largest resident memory.</param>
internal sealed record Speed(int Classes, double MatrixGflops, double StepGflops, double StepSeconds, double PeakMemoryMb)
{
    /// <summary>Steps against products.</summary>
    public double Ratio => StepGflops / MatrixGflops;
}

/// <summary>Measures steps on made-up images.</summary>
internal static class SpeedMeter
{
    private const int Side = 4096;

    public static Speed Measure(TrainingOptions options, int classes, (int Steps, int Threads) run)
    {
        var before = Product();
        using var parameters = new Parameters(options, classes, CPU);
        using var step = new TiledStep(options, parameters, run.Threads);
        var random = new Random(options.Seed);
        var pixels = new byte[options.BatchSize * options.Side * options.Side * 3];
        random.NextBytes(pixels);
        var labels = Enumerable.Range(0, options.BatchSize).Select(_ => random.Next(classes)).ToArray();
        var seconds = new List<double>();
        for (var i = -2; i < run.Steps; i++) // the first two are for the compiler and the memory
        {
            var began = Stopwatch.GetTimestamp();
            step.Run(pixels, labels, AdamRate.At(options.LearningRate, i + 3));
            if (i >= 0)
                seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        var median = seconds.Order().ElementAt(seconds.Count / 2);
        using var process = Process.GetCurrentProcess();
        var peak = process.PeakWorkingSet64 / 1e6; // before the matrices come again
        return new Speed(classes, Math.Max(before, Product()), options.Operations(classes) / median / 1e9, median, peak);
    }

    private static double Product()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (rand(Side, Side), rand(Side, Side));
        var best = double.MaxValue;
        for (var i = 0; i < 4; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var product = a.matmul(b);
            best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        return 2.0 * Side * Side * Side / best / 1e9;
    }
}
