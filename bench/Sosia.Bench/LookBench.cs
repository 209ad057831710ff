using System.Diagnostics;
using System.Numerics.Tensors;
using System.Text.Json;
using NetVips;
using Sosia.Embeddings;
using Sosia.Faces;
using Sosia.Models;
using Sosia.Models.Store;
using Sosia.Photos;
using Sosia.Photos.Folders;
using Sosia.Photos.Vips;

namespace Sosia.Bench;

/// <summary>
/// What finds a photo again by its look. Of every photo of a folder each model makes one row; then some of the photos, changed, look for
/// themselves among all. Beside the image models of the manifest: the face network on the whole picture, and a layout of colours and edges
/// made by hand.
/// </summary>
internal static class LookBench
{
    private const int MostPhotos = 500,
        Queries = 150,
        Seed = 5;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Ways in which the same picture, or the same scene, comes back.</summary>
    private static readonly (string Name, Func<Photo, Photo> Change)[] Changes =
    [
        ("smallPoorJpeg", SmallPoorJpeg),
        ("brighter", photo => Map(photo, value => value * 1.4f + 10)),
        ("darker", photo => Map(photo, value => value * 0.5f)),
        ("mirrored", photo => Cut(photo, 0, 0, 1, 1, mirrored: true)),
        ("crop70", photo => Cut(photo, 0.1, 0.15, 0.7, 0.7)),
        ("crop50", photo => Cut(photo, 0.35, 0.1, 0.5, 0.5)),
        ("leftHalf", photo => Cut(photo, 0, 0, 0.5, 1)),
    ];

    public static int Run(string folder)
    {
        var files = PhotoFinder.Find([folder]).Select(file => file.Stamp.Path).ToArray();
        new Random(Seed).Shuffle(files);
        var decoder = new VipsPhotoDecoder(new PhotoOptions());
        var photos = files
            .Take(MostPhotos)
            .AsParallel()
            .AsOrdered()
            .Select(path => decoder.Decode(PhotoFile.Read(path, new PhotoOptions())))
            .ToArray();
        var store = ModelStore.Open();
        var results = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["(by hand) colours and edges"] = Measure(photos, Layout),
            ["(misused) face-512"] = Measure(photos, WholeAsFace(FaceEmbedder.Load(store))),
        };
        foreach (var model in store.Models.Where(model => model.Entry.Makes == ModelKind.ImageEmbedding))
        foreach (var fit in model.BuiltIn ? new[] { InputFit.Stretch, InputFit.CentreCrop } : [model.Entry.Input.Fit])
        {
            using var embedder = new ImageEmbedder(store.Load(model), model.Entry with { Input = model.Entry.Input with { Fit = fit } });
            results[$"{model.Entry.Name}, {fit}"] = Measure(
                photos,
                photo =>
                {
                    var row = new float[embedder.Dimensions];
                    embedder.Embed(photo, row);
                    return row;
                }
            );
        }
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    photos = photos.Length,
                    queries = Math.Min(Queries, photos.Length),
                    results,
                },
                Indented
            )
        );
        return 0;
    }

    private static object Measure(Photo[] photos, Func<Photo, float[]> embed)
    {
        embed(photos[0]);
        var started = Stopwatch.GetTimestamp();
        var rows = photos.AsParallel().AsOrdered().Select(embed).ToArray();
        var perSecond = photos.Length / Stopwatch.GetElapsedTime(started).TotalSeconds;
        var found = Changes.ToDictionary(
            change => change.Name,
            change => Math.Round(FoundFirst(photos, rows, photo => embed(change.Change(photo))), 3)
        );
        // Two halves that share no pixel: only the scene is the same.
        var right = photos.AsParallel().AsOrdered().Select(photo => embed(Cut(photo, 0.5, 0, 0.5, 1))).ToArray();
        found["leftFindsRight"] = Math.Round(FoundFirst(photos, right, photo => embed(Cut(photo, 0, 0, 0.5, 1, mirrored: true))), 3);
        return new
        {
            photosPerSecond = Math.Round(perSecond, 1),
            mean = Math.Round(found.Values.Average(), 3),
            foundFirst = found,
        };
    }

    /// <summary>The share of changed photos that are nearest to what they were made from.</summary>
    private static double FoundFirst(Photo[] photos, float[][] rows, Func<Photo, float[]> changed)
    {
        var count = Math.Min(Queries, photos.Length);
        return Enumerable
                .Range(0, count)
                .AsParallel()
                .Count(i =>
                {
                    var query = changed(photos[i]);
                    var own = TensorPrimitives.Dot<float>(query, rows[i]);
                    return !rows.Where((row, other) => other != i && TensorPrimitives.Dot<float>(query, row) >= own).Any();
                }) / (double)count;
    }

    private static Func<Photo, float[]> WholeAsFace(FaceEmbedder embedder) =>
        photo =>
        {
            var row = new float[embedder.Dimensions];
            embedder.Embed([new AlignedFace(embedder.FaceSize, Resized(photo, embedder.FaceSize, embedder.FaceSize))], row);
            return row;
        };

    /// <summary>The mean colour of 8 × 8 fields and the directions of edges in 4 × 4 fields, each half of a unit row.</summary>
    private static float[] Layout(Photo photo)
    {
        const int Side = 64,
            Fields = 8,
            Coarse = 4,
            Ways = 8;
        var pixels = Resized(photo, Side, Side);
        var colours = Array.ConvertAll(Resized(photo, Fields, Fields), value => value / 127.5f - 1);
        var edges = new float[Coarse * Coarse * Ways];
        int Grey(int x, int y) => pixels[(y * Side + x) * 3] + 2 * pixels[(y * Side + x) * 3 + 1] + pixels[(y * Side + x) * 3 + 2];
        for (var y = 1; y < Side - 1; y++)
        for (var x = 1; x < Side - 1; x++)
        {
            var (across, down) = (Grey(x + 1, y) - Grey(x - 1, y), Grey(x, y + 1) - Grey(x, y - 1));
            var way = (int)((MathF.Atan2(down, across) / MathF.PI + 1) * Ways) % Ways; // a line and its opposite are one
            edges[(y * Coarse / Side * Coarse + x * Coarse / Side) * Ways + way] += MathF.Sqrt(across * across + down * down);
        }
        float[] row = [.. Unit(colours), .. Unit(edges)];
        return Unit(row);
    }

    private static float[] Unit(float[] row)
    {
        var length = MathF.Max(TensorPrimitives.Norm<float>(row), 1e-6f);
        return Array.ConvertAll(row, value => value / length);
    }

    private static byte[] Resized(Photo photo, int width, int height)
    {
        var into = new byte[width * height * Photo.Channels];
        Resampler.Resize(photo.Pixels, photo.Width, photo.Height, into, (width, height));
        return into;
    }

    private static Photo Map(Photo photo, Func<float, float> change)
    {
        var pixels = Array.ConvertAll(photo.Pixels.ToArray(), value => (byte)Math.Clamp(change(value), 0, 255));
        return new Photo(photo.Width, photo.Height, pixels, photo.Width, photo.Height);
    }

    private static Photo Cut(Photo photo, double left, double top, double width, double height, bool mirrored = false)
    {
        var (x, y, columns, rows) = (
            (int)(left * photo.Width),
            (int)(top * photo.Height),
            (int)(width * photo.Width),
            (int)(height * photo.Height)
        );
        var pixels = new byte[columns * rows * Photo.Channels];
        for (var row = 0; row < rows; row++)
        for (var column = 0; column < columns; column++)
            photo
                .Pixels.Slice(((y + row) * photo.Width + x + (mirrored ? columns - 1 - column : column)) * 3, 3)
                .CopyTo(pixels.AsSpan((row * columns + column) * 3));
        return new Photo(columns, rows, pixels, columns, rows);
    }

    private static Photo SmallPoorJpeg(Photo photo)
    {
        using var whole = Image.NewFromMemory(photo.Pixels.ToArray(), photo.Width, photo.Height, Photo.Channels, Enums.BandFormat.Uchar);
        using var small = whole.Resize(0.4);
        using var poor = Image.NewFromBuffer(small.JpegsaveBuffer(q: 25));
        return new Photo(poor.Width, poor.Height, poor.WriteToMemory<byte>(), poor.Width, poor.Height);
    }
}
