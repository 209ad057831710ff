using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sosia.Catalogue;
using Sosia.Evaluation.Lfw;
using Sosia.Evaluation.Speed;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Indexing;
using Sosia.Models;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation;

/// <summary>A labelled folder with the row of every image.</summary>
/// <param name="Rows">The principal face of each image; zeros where there is none that could be recognised.</param>
/// <param name="SpaceKey">The space of the rows.</param>
/// <param name="Embedded">Images embedded in this run; the rows of the others were kept from an earlier one.</param>
/// <param name="WithoutFace">Images without a usable face, or that could not be read.</param>
/// <param name="Figures">Speed and memory of the last run that embedded enough images to tell; null when none did.</param>
public sealed record EmbeddedFolder(LabelledRows Rows, string SpaceKey, long Embedded, int WithoutFace, RunFigures? Figures)
{
    /// <summary>Where the principal face of each image is, in pixels of the upright original; null where none was found.</summary>
    public required IReadOnlyList<Box?> Faces { get; init; }
}

/// <summary>
/// Embeds a labelled folder with the product's own indexing, into a collection of its own that is kept: an image whose space, length and
/// time of change are the same is not embedded again.
/// </summary>
public sealed class FolderEmbedding
{
    /// <summary>Fewer images than this say nothing of speed.</summary>
    private const int EnoughForSpeed = 200;

    private readonly LabelledFolder _folder;
    private readonly string? _model;
    private readonly DetectorOptions _detector;
    private readonly string _directory;
    private readonly TimeProvider _clock;

    /// <param name="folder">The images.</param>
    /// <param name="model">The face model; null for the default.</param>
    /// <param name="directory">Where rows are kept; null for a place of this folder's in the user's cache.</param>
    /// <param name="clock">Used for times; null for the system's.</param>
    /// <param name="detector">Which detector finds the faces; null for the model's own.</param>
    public FolderEmbedding(
        LabelledFolder folder,
        string? model = null,
        string? directory = null,
        TimeProvider? clock = null,
        string? detector = null
    )
    {
        ArgumentNullException.ThrowIfNull(folder);
        (_folder, _model, _clock) = (folder, model, clock ?? TimeProvider.System);
        _detector = new() { Network = detector };
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder.Root)))[..16];
        _directory = directory ?? Path.Combine(UserDirectories.Default.EvaluationCache, name);
    }

    /// <summary>Embeds what is not embedded yet, and reads all rows.</summary>
    /// <param name="again">Forget what is kept, and embed everything.</param>
    /// <param name="progress">Told of every image embedded.</param>
    /// <param name="cancellation">Ends the run; the next one goes on from there.</param>
    /// <exception cref="CatalogueException">The kept rows are being written by another process, damaged, or the disk is full.</exception>
    /// <exception cref="ModelException">A model is missing or can't be run.</exception>
    public EmbeddedFolder Run(bool again = false, IProgress<IndexProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (again && Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
        using var collection = Collection.Open(
            new CollectionOptions
            {
                Directory = _directory,
                Model = _model,
                Detector = _detector,
                Clock = _clock,
            }
        );
        using var stages = new StageTimes();
        var summary = collection.Indexing.Run([_folder.Root], new IndexOptions { Force = true }, progress, cancellation);
        var figures = summary.Photos < EnoughForSpeed ? Kept() : Keep(Measure(summary, stages));

        using var reader = collection.Catalogue.Open();
        var key = collection.Space.Key;
        var (rows, boxes) = ReadRows(reader, reader.Spaces().First(space => space.Space.Key == key).Id, cancellation);
        var without = Enumerable.Range(0, rows.Count).Count(row => !rows.Row(row).ContainsAnyExcept(0f));
        return new EmbeddedFolder(rows, key, summary.Photos, without, figures) { Faces = boxes };
    }

    private (LabelledRows Rows, Box?[] Faces) ReadRows(ICatalogueReader reader, SpaceId space, CancellationToken cancellation)
    {
        var table = reader.ReadEmbeddings(space, cancellation);
        var rowOf = Enumerable.Range(0, table.Faces.Length).ToDictionary(row => table.Faces[row]);
        var rows = new float[_folder.Files.Count * table.Dimensions];
        var boxes = new Box?[_folder.Files.Count];
        for (var i = 0; i < _folder.Files.Count; i++)
        {
            if (reader.FindPhotoAt(_folder.Files[i]) is not { } photo)
                continue; // unreadable
            var faces = reader.FacesOf(photo.Id);
            var principal = FaceChoice.Principal([.. faces.Select(face => face.Box)], photo.Width, photo.Height);
            if (principal >= 0)
                boxes[i] = faces[principal].Box;
            if (principal >= 0 && rowOf.TryGetValue(faces[principal].Id, out var row))
                table.Rows.Row(row).CopyTo(rows.AsSpan(i * table.Dimensions));
        }
        return (new LabelledRows(table.Dimensions, rows, [.. _folder.Labels], [.. _folder.Files]), boxes);
    }

    private RunFigures Measure(IndexSummary summary, StageTimes stages)
    {
        using var process = Process.GetCurrentProcess();
        var peak = process.PeakWorkingSet64 / (double)(1 << 20);
        var pipeline = summary.Photos / summary.Elapsed.TotalSeconds;
        var shares = stages.Shares();
        using var alone = new NetworksAlone(rewritten: true, _model, _detector);
        var calls = stages.CallsFor(summary.Photos);
        var networks = alone.Measure(calls, alone.FastestThreads(calls), photos: 600);
        return new RunFigures(summary.Photos, new Throughput(pipeline, networks, pipeline / networks), peak, shares, _clock.GetUtcNow());
    }

    private string FiguresFile => Path.Combine(_directory, "speed.json");

    private RunFigures Keep(RunFigures figures)
    {
        DerivedFile.Write(FiguresFile, stream => JsonSerializer.Serialize(stream, figures), isPrivate: true);
        return figures;
    }

    /// <summary>Figures are worth no error: what can't be read any more is as good as not measured.</summary>
    private RunFigures? Kept()
    {
        try
        {
            return File.Exists(FiguresFile) ? JsonSerializer.Deserialize<RunFigures>(File.ReadAllText(FiguresFile)) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException)
        {
            return null;
        }
    }
}
