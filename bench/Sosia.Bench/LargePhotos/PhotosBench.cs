using System.Diagnostics;
using System.Text.Json;
using Sosia.Evaluation.Speed;
using Sosia.Faces;
using Sosia.Models.Store;
using Sosia.Photos;
using Sosia.Photos.Folders;
using Sosia.Photos.Vips;
using Sosia.Pipeline;

namespace Sosia.Bench.LargePhotos;

/// <summary>What the bench is run with.</summary>
/// <param name="Lfw">The folder of LFW, whose faces are put into scenes.</param>
/// <param name="Scenes">How many scenes are made.</param>
/// <param name="Python">A command for Python with OpenCV and ONNX Runtime.</param>
/// <param name="Yunet">The Python way's detector.</param>
internal sealed record PhotosBenchOptions(string Lfw, int Scenes, string Python, string Yunet);

/// <summary>
/// Photos as people have them: how long those of 2, 12 and 48 megapixels take, beside the Python way in the same run, what is found in made
/// scenes with faces at known places, and from the drop of a photo on the page to its results.
/// </summary>
internal static class PhotosBench
{
    private const int Seed = 7,
        Rounds = 3,
        Pictures = 600,
        Drops = 12;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<int> Run(PhotosBenchOptions options)
    {
        var work = Directory.CreateTempSubdirectory("sosia-bench-").FullName;
        try
        {
            var peer = new PythonPeer(options.Python, options.Yunet);
            var hasPeer = peer.IsThere;
            var sizes = SampleCorpus.Sizes.ToDictionary(
                size => size.Megapixels,
                size => SampleCorpus.Make(Path.Combine(work, $"{size.Megapixels}mp"), size.Side, 90)
            );
            var many = Path.Combine(work, "many");
            SampleCorpus.Make(many, SampleCorpus.Sizes[1].Side, 76, 82, 88, 94);
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        oneThread = OneThread(sizes, hasPeer ? peer : null),
                        indexing = Indexing(many, work, hasPeer ? peer : null),
                        memory = Memory(sizes[48], work),
                        page = await Page(work, Path.GetDirectoryName(sizes[12][0])!),
                        scenes = Scenes(options, new DetectorOptions(), options.Scenes),
                        scenesThoroughly = Scenes(options, DetectorOptions.Thorough, options.Scenes / 3),
                    },
                    Indented
                )
            );
            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Only what a detector decides, for one that the user has added: time and faces of the samples, and scenes.</summary>
    public static int RunDetector(string lfw, string name)
    {
        var work = Directory.CreateTempSubdirectory("sosia-bench-").FullName;
        try
        {
            var detector = new DetectorOptions { Network = name };
            var sizes = SampleCorpus.Sizes.ToDictionary(
                size => size.Megapixels,
                size => SampleCorpus.Make(Path.Combine(work, $"{size.Megapixels}mp"), size.Side, 90)
            );
            var options = new PhotosBenchOptions(lfw, 300, "", "");
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        oneThread = OneThread(sizes, null, detector),
                        scenes = Scenes(options, detector, options.Scenes),
                        scenesThoroughly = Scenes(options, DetectorOptions.Thorough with { Network = name }, options.Scenes / 3),
                    },
                    Indented
                )
            );
            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Decoded, detected, aligned and embedded, one photo after another; the best of the rounds for each side of a pair.</summary>
    private static object OneThread(Dictionary<int, string[]> sizes, PythonPeer? peer, DetectorOptions? detector = null)
    {
        using var networks = Networks.Load(ModelStore.Open(), detector: detector);
        var decoder = new VipsPhotoDecoder(new PhotoOptions());
        var results = new SortedDictionary<int, object>();
        foreach (var (megapixels, files) in sizes)
        {
            var (ours, theirs, faces, peerFaces) = (new List<double>(), new List<double>(), 0, 0);
            using var stages = new StageTimes();
            Read(files[0]);
            for (var round = 0; round < Rounds; round++)
            {
                var started = Stopwatch.GetTimestamp();
                faces = files.Sum(Read);
                ours.Add(Stopwatch.GetElapsedTime(started).TotalSeconds / files.Length);
                if (peer is null)
                    continue;
                (var seconds, peerFaces) = peer.Measure(Path.GetDirectoryName(files[0])!, threads: 1);
                theirs.Add(seconds);
            }
            results[megapixels] = new
            {
                secondsAPhoto = Median(ours),
                faces,
                python = peer is null ? null : new { secondsAPhoto = Median(theirs), faces = peerFaces },
                ratio = peer is null ? (double?)null : Math.Round(Median([.. ours.Zip(theirs, (one, other) => one / other)]), 3),
                shareOfStages = stages.Shares(),
            };
        }
        return results;

        int Read(string file)
        {
            PhotoSource source;
            using (Hosting.Telemetry.Measure("decode"))
                source = PhotoSource.Open(PhotoFile.Read(file, new PhotoOptions()), decoder, networks.Pipeline.SideFor);
            return networks.Pipeline.Read(source).Count;
        }
    }

    private static object Indexing(string folder, string work, PythonPeer? peer)
    {
        var (ours, theirs, faces) = (new List<double>(), new List<double>(), 0L);
        using var stages = new StageTimes();
        for (var round = 0; round < Rounds; round++)
        {
            using var collection = Collection.Open(new CollectionOptions { Directory = Path.Combine(work, $"indexed-{round}") });
            collection.Warm();
            var summary = collection.Indexing.Run([folder]);
            faces = summary.Faces;
            ours.Add(summary.Photos / summary.Elapsed.TotalSeconds);
            if (peer is not null)
                theirs.Add(1 / peer.Measure(folder, Environment.ProcessorCount).Seconds);
        }
        return new
        {
            photosPerSecond = Median(ours),
            faces,
            pythonPhotosPerSecond = peer is null ? (double?)null : Median(theirs),
            ratio = peer is null ? (double?)null : Math.Round(Median([.. ours.Zip(theirs, (one, other) => one / other)]), 3),
            shareOfStages = stages.Shares(),
        };
    }

    /// <summary>Largest resident memory of this process while photos of 48 megapixels are indexed.</summary>
    private static object? Memory(string[] files, string work)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        GC.Collect();
        using (var counter = new FileStream("/proc/self/clear_refs", FileMode.Open, FileAccess.Write))
            counter.Write("5"u8); // counts from here
        using var collection = Collection.Open(new CollectionOptions { Directory = Path.Combine(work, "memory") });
        var summary = collection.Indexing.Run([Path.GetDirectoryName(files[0])!]);
        var peak = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return new { photos = summary.Photos, peakMb = Math.Round(double.Parse(peak[6..^2]) / 1024) };
    }

    private static async Task<object> Page(string work, string folder)
    {
        var directory = Path.Combine(work, "page");
        using (var collection = Collection.Open(new CollectionOptions { Directory = directory }))
            collection.Indexing.Run([folder]);
        return new { firstResultsMs = await PageBench.FirstResults(directory, folder, Drops) };
    }

    private static object Scenes(PhotosBenchOptions options, DetectorOptions detector, int count)
    {
        using var networks = Networks.Load(ModelStore.Open(), detector: detector);
        var decoder = new VipsPhotoDecoder(new PhotoOptions());
        var maker = new SceneMaker(PicturesOfOneFace(options.Lfw, networks.Pipeline, decoder), Seed);
        var score = new SceneScore();
        var seconds = 0.0;
        for (var i = 0; i < count; i++)
        {
            var scene = maker.Make(i);
            var started = Stopwatch.GetTimestamp();
            var file = new PhotoFile(new FileStamp("scene.jpg", scene.Jpeg.Length, default), scene.Jpeg, "");
            var source = PhotoSource.Open(file, decoder, networks.Pipeline.SideFor);
            var faces = networks.Pipeline.Read(source);
            seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
            score.Add(scene, [.. faces.Select(face => face.Face.Box.Scale(source.Photo.ToOriginal))]);
        }
        return new { secondsAScene = Math.Round(seconds / count, 3), found = score.Result };
    }

    /// <summary>
    /// Pictures in which one face is found, also when they are enlarged, so that whoever stands in the background is not counted as false.
    /// </summary>
    private static List<Photo> PicturesOfOneFace(string lfw, FacePipeline pipeline, VipsPhotoDecoder decoder)
    {
        var files = PhotoFinder.Find([lfw]).Select(file => file.Stamp.Path).Order(StringComparer.Ordinal).ToArray();
        new Random(Seed).Shuffle(files);
        return
        [
            .. files
                .Select(file => decoder.Decode(PhotoFile.Read(file, new PhotoOptions())))
                .Where(photo => HasOneFace(photo) && HasOneFace(Enlarged(photo)))
                .Take(Pictures),
        ];

        bool HasOneFace(Photo photo) => pipeline.Read(PhotoSource.Of(photo)).Count == 1;
    }

    private static Photo Enlarged(Photo photo)
    {
        var size = (Width: 3 * photo.Width, Height: 3 * photo.Height);
        var pixels = new byte[size.Width * size.Height * Photo.Channels];
        Resampler.Resize(photo.Pixels, photo.Width, photo.Height, pixels, size);
        return new Photo(size.Width, size.Height, pixels, size.Width, size.Height);
    }

    private static double Median(List<double> values) => Math.Round(values.Order().ElementAt(values.Count / 2), 3);
}
