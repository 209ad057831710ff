using Sosia.Evaluation.Classification;
using Sosia.Evaluation.Datasets;
using Sosia.Evaluation.Experiments;
using Sosia.Evaluation.Lfw;
using Sosia.Evaluation.Rows;
using Sosia.Models;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Student;

/// <summary>What the student project is run with.</summary>
/// <param name="Source">A copy of LFW: a folder for each person, or an archive.</param>
/// <param name="Out">Where everything goes; what is there is gone on with.</param>
/// <param name="Images">Rows at most; null for all.</param>
/// <param name="Train">Runs the training program with these arguments; null when it ended well, else one sentence why not.</param>
public sealed record StudentOptions(string Source, string Out, int? Images, Func<IReadOnlyList<string>, string?> Train);

/// <summary>What came of the sample's network when it was asked about photos that it had not learned.</summary>
/// <param name="Asked">Other photos of its people.</param>
/// <param name="Right">Of which it named the right one first.</param>
public sealed record OtherPhotos(int Asked, int Right);

/// <summary>What the run gave, beside the experiments.</summary>
/// <param name="Rows">Images.</param>
/// <param name="Sample">Images that were learned.</param>
/// <param name="Classes">People of the sample.</param>
/// <param name="NotTrained">Why nothing was trained; null when it was.</param>
/// <param name="Training">Last line of the training's record, by column; empty where nothing was trained.</param>
/// <param name="Others">What the network says of other photos; null where nothing was trained or there are none.</param>
/// <param name="Experiments">What the experiments found.</param>
public sealed record StudentResult(
    int Rows,
    int Sample,
    int Classes,
    string? NotTrained,
    IReadOnlyDictionary<string, string> Training,
    OtherPhotos? Others,
    ExperimentsResult Experiments
);

/// <summary>
/// All that the student project did, one step after the other: arrays, training, features, neighbours, experiments. Each step keeps what it
/// made.
/// </summary>
public static class StudentProject
{
    private const int MostAsked = 300;

    /// <summary>Runs what is not done yet.</summary>
    /// <param name="options">On what, and where to.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="rows">Told of the arrays' rows.</param>
    /// <param name="cancellation">Ends it; the next run goes on from there.</param>
    /// <exception cref="ArgumentException">No copy of LFW, or too little of one.</exception>
    /// <exception cref="ModelException">A model is missing or can't be run.</exception>
    /// <exception cref="IOException">The disk is too small, or refuses.</exception>
    public static StudentResult Run(
        StudentOptions options,
        ExperimentProgress progress,
        IProgress<RowProgress>? rows = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        var taken = StudentRows.Of(Folder(options, cancellation), options.Images); // before anything is made: it may be no LFW
        Directory.CreateDirectory(options.Out);
        progress.Say?.Invoke($"{taken.Rows.Files.Count:N0} images: arrays");
        var images = LayOut(taken, options, cancellation);
        var arrays = Path.Combine(options.Out, "arrays");
        if (!DatasetArrays.AreWritten(images.Rows, arrays))
            DatasetArrays.Write(images.Rows, arrays, rows, cancellation);

        progress.Say?.Invoke($"training on the sample of {taken.Sample.Files.Count:N0} images");
        var run = Path.Combine(options.Out, "run");
        var notTrained = Train(images.Sample, run, options);
        cancellation.ThrowIfCancellationRequested();

        var folder = new LabelledFolder(images.Root, images.Rows.Files, images.Rows.Labels);
        var sample = notTrained is null ? $"sample={Path.Combine(run, "baseline.onnx")}," : "";
        var experiments = Experiment.Run(
            folder,
            new ExperimentOptions
            {
                Models = $"untrained,{sample}resnet-18,face",
                Work = Path.Combine(options.Out, "work"),
                People = [.. StudentRows.QueriedPeople.Where(person => images.Rows.Labels.Contains(person))],
                HalfPrecision = true,
            },
            progress,
            cancellation
        );
        var others = notTrained is null ? AskAboutOthers(images, run, cancellation) : null;
        return new StudentResult(
            images.Rows.Files.Count,
            images.Sample.Files.Count,
            images.Sample.Classes.Count,
            notTrained,
            notTrained is null ? LastLine(run) : new Dictionary<string, string>(),
            others,
            experiments
        );
    }

    /// <summary>The images, in a folder of their own where not all are taken: what is measured is all that the folder holds.</summary>
    private sealed record Images(string Root, RowOrder Rows, RowOrder Sample);

    private static LabelledFolder Folder(StudentOptions options, CancellationToken cancellation)
    {
        if (Directory.Exists(options.Source))
            return LabelledFolder.Read(options.Source);
        var laidOut = Path.Combine(options.Out, "lfw");
        if (!Directory.Exists(laidOut))
            LfwLayout.Write(options.Source, laidOut, cancellation);
        return LabelledFolder.Read(laidOut);
    }

    private static Images LayOut(StudentRows taken, StudentOptions options, CancellationToken cancellation)
    {
        var root = Path.Combine(options.Out, "images");
        RowOrder Moved(RowOrder rows) =>
            new([.. rows.Files.Zip(rows.Labels, (file, label) => Path.Combine(root, label, Path.GetFileName(file)))], rows.Labels);
        var (rows, sample) = (Moved(taken.Rows), Moved(taken.Sample));
        if (
            Directory.Exists(root)
            && !LabelledFolder.Read(root).Files.Order(StringComparer.Ordinal).SequenceEqual(rows.Files.Order(StringComparer.Ordinal))
        )
            throw new ArgumentException($"{root} holds other images than these; give another --out, or the same --images as before.");
        if (Directory.Exists(root))
            return new Images(root, rows, sample);
        using var layout = DerivedDirectory.Create(root);
        foreach (var (from, to) in taken.Rows.Files.Zip(rows.Files))
        {
            cancellation.ThrowIfCancellationRequested();
            layout.Add(Path.GetRelativePath(root, to), File.ReadAllBytes(from));
        }
        layout.Commit();
        return new Images(root, rows, sample);
    }

    /// <returns>Why nothing was trained; null when the network is there.</returns>
    private static string? Train(RowOrder sample, string run, StudentOptions options)
    {
        if (File.Exists(Path.Combine(run, SavedNetwork.DescriptionFile)))
            return null;
        var order = Path.Combine(options.Out, "sample-rows.txt");
        DerivedFile.Write(
            order,
            stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(string.Concat(sample.Labels.Select(label => label + "\n"))))
        );
        var root = Path.GetDirectoryName(Path.GetDirectoryName(sample.Files[0]))!;
        List<string> arguments = ["baseline", root, "--order", order, "--out", run];
        if (File.Exists(Path.Combine(run, "checkpoint.bin")))
            arguments.Add("--resume");
        return options.Train(arguments);
    }

    /// <summary>The network learned its photos by heart; what it makes of others is what it is worth.</summary>
    private static OtherPhotos? AskAboutOthers(Images images, string run, CancellationToken cancellation)
    {
        var learned = images.Sample.Files.ToHashSet(StringComparer.Ordinal);
        var people = images.Sample.Classes.ToHashSet(StringComparer.Ordinal);
        var others = images
            .Rows.Files.Zip(images.Rows.Labels)
            .Where(row => people.Contains(row.Second) && !learned.Contains(row.First))
            .Take(MostAsked)
            .ToArray();
        if (others.Length == 0)
            return null;
        using var classifier = PersonClassifier.Load(run);
        var right = 0;
        foreach (var (file, person) in others)
        {
            cancellation.ThrowIfCancellationRequested();
            if (classifier.Classify(file, 1)[0].Person == person)
                right++;
        }
        return new OtherPhotos(others.Length, right);
    }

    private static Dictionary<string, string> LastLine(string run)
    {
        var lines = File.ReadAllLines(Path.Combine(run, "run.csv"));
        return lines[0].Split(',').Zip(lines[^1].Split(',')).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }
}
