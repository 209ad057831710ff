using System.Diagnostics;
using System.Text.Json;
using Sosia.Catalogue;
using Sosia.Copies;
using Sosia.Photos;
using Sosia.Photos.Decoders;
using Sosia.Photos.Folders;

namespace Sosia.Bench.Copies;

/// <summary>
/// How many changed pictures are found again among all of a folder, which pictures of the folder count as the same, and what it costs.
/// </summary>
internal static class CopiesBench
{
    private const int Seed = 7,
        Changed = 2_000;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static int Run(string folder)
    {
        string[] files = [.. PhotoFinder.Find([folder]).Select(file => file.Stamp.Path)];
        var stored = new byte[files.Length][];
        var making = Stopwatch.StartNew();
        Parallel.For(0, files.Length, i => stored[i] = DescriptorOf(File.ReadAllBytes(files[i])).ToBytes());
        making.Stop();
        var reader = new DescriptorReader(stored);
        var indexing = Stopwatch.StartNew();
        var finder = CopyFinder.Read(reader, default);
        indexing.Stop();

        var random = new Random(Seed);
        int[] picked = [.. Enumerable.Range(0, files.Length).OrderBy(_ => random.Next()).Take(Changed).Order()];
        var found = new int[Changes.Names.Length];
        var asking = TimeSpan.Zero;
        foreach (var photo in picked)
        {
            byte[][] changes = [.. Changes.Of(File.ReadAllBytes(files[photo]), random)];
            for (var i = 0; i < changes.Length; i++)
            {
                var descriptor = DescriptorOf(changes[i]);
                var started = Stopwatch.GetTimestamp();
                var copies = finder.Of(descriptor, reader, 20, Likenesses.Copy, null, default);
                asking += Stopwatch.GetElapsedTime(started);
                if (copies.Any(copy => copy.Photo.Value == photo + 1))
                    found[i]++;
            }
        }

        var pairing = Stopwatch.StartNew();
        var pairs = finder.Pairs(reader);
        pairing.Stop();
        var groups = CopyGroups.Of(pairs.Select(pair => (pair.First, pair.Second)));
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    photos = files.Length,
                    found = Changes.Names.Zip(found).ToDictionary(change => change.First, change => 100.0 * change.Second / picked.Length),
                    milliseconds = new
                    {
                        descriptor = 1000 * making.Elapsed.TotalSeconds / files.Length,
                        index = indexing.Elapsed.TotalMilliseconds,
                        search = asking.TotalMilliseconds / (picked.Length * Changes.Names.Length),
                        allPairs = pairing.Elapsed.TotalMilliseconds,
                    },
                    pairs = pairs
                        .OrderByDescending(pair => pair.Likeness)
                        .Select(pair => $"{pair.Likeness:F3} {NameOf(pair.First)} {NameOf(pair.Second)}"),
                    groupsOfMoreThanTwo = groups.Where(group => group.Count > 2).Select(group => string.Join(' ', group.Select(NameOf))),
                },
                Indented
            )
        );
        return 0;

        string NameOf(PhotoId photo) => Path.GetFileName(files[photo.Value - 1]);
    }

    private static PhotoDescriptor DescriptorOf(byte[] file)
    {
        var decoder = new PhotoDecoder(new PhotoOptions());
        return PhotoDescriptor.Of(
            decoder.Decode(new PhotoFile(new FileStamp("/photo.jpg", file.Length, default), file, ""), longest => longest)
        );
    }
}
