using System.Runtime.InteropServices;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Search.Local;
using Sosia.Tests.Catalogue;
using Sosia.Tests.Search.Local;

namespace Sosia.Tests.Faults;

/// <summary>What a <see cref="ChildLife"/> said, and whether the collection that it left keeps every word.</summary>
internal sealed class LivedThrough
{
    /// <summary>Photos that a life commits at once, at most.</summary>
    private const int MostAtOnce = 5;

    private readonly HashSet<int> _stored = [],
        _forgetting = [],
        _forgotten = [];

    /// <summary>The number of the next photo that nobody has seen.</summary>
    public int Next { get; private set; }

    /// <summary>The number of a photo; -1 where it lies nowhere.</summary>
    public static int NumberOf(PhotoRow photo) => photo.Paths.Count > 0 ? int.Parse(Path.GetFileNameWithoutExtension(photo.Paths[0])) : -1;

    /// <summary>Takes a line that was said.</summary>
    public void Take(string line)
    {
        if (line.Split(' ') is not [var what, var number, ..] || !int.TryParse(number, out var photo))
            return;
        if (what == "stored")
            _stored.Add(photo);
        else if (what == "forgetting")
            _forgetting.Add(photo);
        else if (what == "forgotten")
            _forgotten.Add(photo);
    }

    /// <summary>
    /// Opens the collection as the next command would, and looks: what was acknowledged is there, once, as it was; what was forgotten is
    /// in no byte; the index answers as the catalogue does.
    /// </summary>
    /// <param name="directory">The collection's directory; may be missing.</param>
    /// <returns>What is wrong, as sentences.</returns>
    public IReadOnlyList<string> WhatIsWrong(string directory)
    {
        var store = new SqliteCatalogueStore(directory);
        if (!File.Exists(store.File))
            return _stored.Count == 0 ? [] : ["the catalogue is gone"];
        try
        {
            using var writer = store.OpenWriter();
            var seen = _stored.Concat(writer.Photos(default, int.MaxValue).Select(NumberOf));
            Next = Math.Max(Next, seen.DefaultIfEmpty(0).Max() + MostAtOnce + 1); // one that was committed and not said, and forgotten
            return
            [
                .. writer.Verify(),
                .. WrongPhotos(writer),
                .. _forgotten.Where(number => IsInSomeFile(directory, number)).Select(number => $"{number} is forgotten, and in a file"),
                .. WrongIndex(directory, writer),
            ];
        }
        catch (CatalogueException refused)
        {
            return [refused.Message];
        }
    }

    private IEnumerable<string> WrongPhotos(ICatalogueReader catalogue)
    {
        var photos = catalogue.Photos(default, int.MaxValue);
        var numbers = photos.Select(NumberOf).ToHashSet();
        if (numbers.Count < photos.Count)
            yield return "a photo is there twice";
        foreach (var number in _stored.Except(_forgetting).Except(numbers))
            yield return $"{number} was acknowledged and is gone";
        foreach (var number in _forgotten.Intersect(numbers))
            yield return $"{number} was forgotten and is there";
        foreach (var photo in photos)
        {
            var truth = ChildWriter.Outcome(NumberOf(photo)).Photo;
            var boxes = catalogue.FacesOf(photo.Id).Select(face => face.Box).OrderBy(box => box.Left);
            if (photo.Sha256 != truth.Sha256 || !boxes.SequenceEqual(truth.Faces.Select(face => face.Box).OrderBy(box => box.Left)))
                yield return $"{NumberOf(photo)} is not what it was";
        }
    }

    /// <summary>The index that is there, and the one that the next command makes.</summary>
    private static IEnumerable<string> WrongIndex(string directory, ICatalogueReader catalogue)
    {
        if (catalogue.Spaces().FirstOrDefault(space => space.Space.Key == ChildLife.KeyOf) is not { } space)
            yield break;
        var truth = new VectorTable(catalogue.ReadEmbeddings(space.Id)).Truth([Some.Embedding(3)]).Select(score => score.Photo).ToArray();
        foreach (var renewed in new[] { false, true })
        {
            using var index = new LocalIndex(directory, ChildLife.KeyOf, "model-a", new SqliteCatalogueStore(directory).OpenReader);
            if (renewed)
                index.Renew(default);
            if (!index.Ask(catalogue, table => table.Best([Some.Embedding(3)])).Select(score => score.Photo).SequenceEqual(truth))
                yield return renewed ? "the index made anew answers otherwise" : "the index that was left answers otherwise";
        }
    }

    /// <summary>
    /// SQLite's shared memory (<c>-shm</c>) is left out: where a log is recovered that has nothing in it, SQLite copies memory that it got
    /// from the allocator, and did not clear, into that file, here what this process read of other collections (docs/promises.md).
    /// </summary>
    private static bool IsInSomeFile(string directory, int number) =>
        ChildWriter.Outcome(number).Photo.Faces is [var face, ..]
        && Directory
            .EnumerateFiles(directory, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith("-shm", StringComparison.Ordinal))
            .Any(file => Bytes(file).AsSpan().IndexOf(MemoryMarshal.AsBytes<float>(face.Embedding!)) >= 0);

    private static byte[] Bytes(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
