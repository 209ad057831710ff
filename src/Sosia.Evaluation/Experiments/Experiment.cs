using Sosia.Evaluation.Experiments.Matching;
using Sosia.Evaluation.Experiments.Models;
using Sosia.Evaluation.Experiments.Products;
using Sosia.Evaluation.Lfw;
using Sosia.Evaluation.Measures;
using Sosia.Evaluation.Rows;
using Sosia.Indexing;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Photos;
using Sosia.Photos.Decoders;

namespace Sosia.Evaluation.Experiments;

/// <summary>What the experiments tell while they run.</summary>
/// <param name="Faces">Of every image whose faces were read.</param>
/// <param name="Features">Of features computed.</param>
/// <param name="Products">Of the share of a product table that is done.</param>
/// <param name="Say">What comes next.</param>
public sealed record ExperimentProgress(
    IProgress<IndexProgress>? Faces = null,
    IProgress<RowProgress>? Features = null,
    IProgress<double>? Products = null,
    Action<string>? Say = null
);

/// <summary>The student project's experiments, for several models on the same rows.</summary>
public static class Experiment
{
    private const int HubsKept = 8;
    private const int PeopleShown = 10;
    private const int GreyedAtMost = 330;

    /// <summary>Computes what is missing, and measures every model.</summary>
    /// <param name="folder">The images.</param>
    /// <param name="options">What is compared.</param>
    /// <param name="progress">Told what is done.</param>
    /// <param name="cancellation">Ends the run; features and products that are done are kept for the next one.</param>
    /// <exception cref="ArgumentException">Nobody has two images, a model or person is named that isn't there, or features belong to
    /// another folder.</exception>
    /// <exception cref="ModelException">A model is missing or can't be run.</exception>
    /// <exception cref="IOException">The disk is too small, or refuses.</exception>
    public static ExperimentsResult Run(
        LabelledFolder folder,
        ExperimentOptions options,
        ExperimentProgress? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        progress ??= new ExperimentProgress();
        var people = Enumerable.Range(0, folder.Files.Count).ToLookup(row => folder.Labels[row], StringComparer.Ordinal);
        Retrieval.ThrowIfNothingToFind(people);
        var shown = Shown(people, options.People);
        var specs = ModelSpec.ParseAll(options.Models);
        var store = ModelStore.Open();
        var loader = new ModelLoader(folder, store, options);
        foreach (var spec in specs)
            loader.Check(spec);

        var embedded = new FolderEmbedding(folder, options.FaceModel).Run(again: false, progress.Faces, cancellation);
        progress.Say?.Invoke("how the pictures look");
        var looks = Looks(embedded, store, cancellation);
        var alike = new Alikeness(looks);
        int[] asked = [.. Spread(Queries(people), embedded)];
        var greying = new GreyingOut(folder.Files, embedded.Faces, asked);
        var kept = new KeptMeasures(options.Work, embedded, folder.Labels, shown, asked);
        return new ExperimentsResult
        {
            Files = folder.Files,
            Labels = folder.Labels,
            People = people.Count,
            PeopleWithTwoOrMore = folder.PeopleWithTwoOrMore,
            Shown = shown,
            Greyed = asked.Length,
            Looked = alike.Count,
            Guesses = GuessCheck.Of([.. looks.Select(look => look.Guess)], people),
            Models = [.. specs.Select(spec => Measure(spec))],
        };

        ModelResult Measure(ModelSpec spec)
        {
            progress.Say?.Invoke($"{spec.Name}: features");
            using var model = loader.Load(spec, embedded, progress.Features, cancellation);
            return kept.Get(model, () => MeasureNow(spec, model));
        }

        ModelResult MeasureNow(ModelSpec spec, IExperimentModel model)
        {
            using var tables = Tables.Open(
                model,
                loader,
                sum => progress.Say?.Invoke($"{spec.Name}: {(sum == PairSum.Products ? "products" : "differences")}"),
                progress.Products,
                cancellation
            );
            progress.Say?.Invoke($"{spec.Name}: measures");
            var metrics = model
                .Metrics.Select(metric => (Metric: metric, Scores: tables.Scores(metric)))
                .Select(metric => (metric.Metric, metric.Scores, Near: Neighbourhoods.Find(metric.Scores)))
                .ToArray();
            var results = metrics
                .Select(metric =>
                    ByMetric(metric, folder.Labels, people, alike, shown, cancellation) with
                    {
                        Common = metric.Near.Common(asked, (one, other) => folder.Labels[one] != folder.Labels[other]),
                    }
                )
                .ToArray();
            progress.Say?.Invoke($"{spec.Name}: parts greyed out");
            return new ModelResult
            {
                Name = model.Name,
                Says = model.Says,
                Dimensions = model.Rows.Dimensions,
                Metrics = results,
                GreyedOut = model.CanEmbed ? greying.Measure(model, metrics, cancellation) : [],
            };
        }
    }

    private static MetricResult ByMetric(
        (Metric Metric, ProductScores Scores, Neighbourhoods Near) by,
        IReadOnlyList<string> labels,
        ILookup<string, int> people,
        Alikeness alike,
        IReadOnlyList<int> shown,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        var six = Retrieval.EveryoneWithSix(people);
        return new MetricResult
        {
            Metric = by.Metric,
            SixImage = six.Length == 0 ? null : Retrieval.Measure(people, labels, by.Scores.Source, six),
            Retrieval = Retrieval.Measure(people, labels, by.Scores.Source, Retrieval.EveryoneWithTwoOrMore(people)),
            Hubs = HubReport.Of(by.Near, [.. Enumerable.Range(0, labels.Count)], withQuery: false, HubsKept),
            SixImageHubs = six.Length == 0 ? null : HubReport.Of(by.Near, six, withQuery: true, HubsKept),
            Contrast = by.Near.Contrast,
            Agreement = alike.Of(by.Near.Of),
            Shown = [.. shown.Select(row => (IReadOnlyList<int>)[row, .. by.Near.Of(row).Take(Neighbourhoods.Most - 1)])],
        };
    }

    private static int[] Queries(ILookup<string, int> people) =>
        Retrieval.EveryoneWithSix(people) is { Length: > 0 } six ? six : Retrieval.EveryoneWithTwoOrMore(people);

    /// <summary>At most so many of the queries that show a face good enough to be compared, spread evenly over all.</summary>
    private static IEnumerable<int> Spread(int[] queries, EmbeddedFolder embedded)
    {
        var faces = Array.FindAll(queries, row => embedded.Faces[row] is not null && embedded.Rows.Row(row).ContainsAnyExcept(0f));
        var count = Math.Min(GreyedAtMost, faces.Length);
        return Enumerable.Range(0, count).Select(i => faces[(int)((long)i * faces.Length / count)]);
    }

    /// <exception cref="ArgumentException">Somebody has no image here.</exception>
    private static int[] Shown(ILookup<string, int> people, IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => !people.Contains(name)) is { } nobody)
            throw new ArgumentException($"'{nobody}' has no folder here; name people whose pictures are there.");
        var of =
            names.Count > 0
                ? names
                :
                [
                    .. people
                        .OrderBy(person =>
                            person.Count() == 6 ? 0
                            : person.Count() >= 2 ? 1
                            : 2
                        )
                        .ThenBy(person => person.Key, StringComparer.Ordinal)
                        .Take(PeopleShown)
                        .Select(person => person.Key),
                ];
        return [.. of.Select(name => people[name].First())];
    }

    private static Look[] Looks(EmbeddedFolder embedded, ModelStore store, CancellationToken cancellation)
    {
        using var guesses = FaceGuesses.Load(store);
        var decoder = new PhotoDecoder(new PhotoOptions());
        var looks = new Look[embedded.Rows.Count];
        Parallel.For(
            0,
            looks.Length,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation },
            row =>
            {
                try
                {
                    var photo = decoder.Decode(PhotoFile.Read(embedded.Rows.Files[row], new PhotoOptions()));
                    var face = embedded.Faces[row]?.Scale(1 / photo.ToOriginal);
                    looks[row] = Look.Of(photo, face, guesses.Of(photo, face));
                }
                catch (UnreadablePhotoException)
                {
                    looks[row] = Look.Unknown; // an image model refuses it by name; the face model goes on without it
                }
            }
        );
        return looks;
    }
}
