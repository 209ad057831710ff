using NetVips;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.Copies;
using Sosia.Indexing;
using Sosia.Photos;
using Sosia.Photos.Decoders;
using Sosia.Pipeline;
using Sosia.Tests.Faces;
using Sosia.Tests.Photos;

namespace Sosia.Tests.Indexing;

/// <summary>A folder of photos and a collection, indexed by the real networks; counts what is decoded.</summary>
internal sealed class IndexedFolder : IDisposable
{
    private static readonly byte[][] Portraits =
    [
        .. Portrait(1, 388, 312),
        .. Portrait(3, 570, 308),
        .. Portrait(3, 1069, 188),
        .. Portrait(4, 957, 143),
        .. Portrait(6, 241, 459),
        .. Portrait(6, 1460, 248),
    ];

    private readonly TemporaryDirectory _place = new();
    private int _decoded;

    public IndexedFolder()
    {
        Directory.CreateDirectory(Folder);
        Collection = _place["collection"];
    }

    /// <summary>The collection's own directory.</summary>
    public string Collection { get; set; }

    public string Folder => _place["photos"];

    public string this[string name] => Path.Combine(Folder, name);

    public SqliteCatalogueStore Store => new(Collection);

    public PhotoOptions Limits { get; set; } = new();

    public FacePipeline Pipeline { get; set; } = RealNetworks.QuickPipeline;

    /// <summary>Makes rows by look; null when they are not wanted.</summary>
    public AppearanceReader? Look { get; set; }

    /// <summary>Measures the time of a run.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Called with the path of a file before it is decoded, on the thread that does so.</summary>
    public Action<string> Decoding { get; set; } = _ => { };

    /// <summary>Photos decoded since this was last asked.</summary>
    public int Decoded => Interlocked.Exchange(ref _decoded, 0);

    /// <summary>The bytes of one of six portraits of different people, made different by a number in a comment.</summary>
    public static byte[] Person(int number, int variant = 0) =>
        variant == 0 ? Portraits[number] : [.. Portraits[number], (byte)variant, (byte)(variant >> 8)];

    /// <summary>A small picture without a face; another for every number.</summary>
    public static byte[] Empty(int number)
    {
        using var black = Image.Black(32, 32, 3);
        using var colour = black.Linear([1.0, 1, 1], [number % 251, number / 251 % 251, 90.0]);
        using var bytes = colour.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: Enums.Interpretation.Srgb).PngsaveBuffer();
    }

    public string Put(string name, byte[] bytes)
    {
        var path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public IndexSummary Index(params string[] roots) => Index(new IndexOptions(), roots);

    public IndexSummary Index(IndexOptions options, params string[] roots) => Run(options, null, CancellationToken.None, roots);

    public IndexSummary Run(
        IndexOptions options,
        IProgress<IndexProgress>? progress,
        CancellationToken cancellation,
        params string[] roots
    ) =>
        new Indexer(Store, Collection, Limits, new CountingDecoder(this), new(Pipeline.Space, Pipeline.FoundBy, () => Pipeline))
        {
            Look = Look is null ? null : new(Look.Space, () => Look),
            Clock = Clock,
            Order = new WorkOrder(
                null,
                new(),
                new(),
                Limits,
                null,
                options.Again,
                options.Places,
                Pipeline.Space.Key,
                Pipeline.FoundBy.Key,
                Look?.Space.Key,
                PhotoDescriptor.Version
            ),
        }.Run(roots.Length > 0 ? roots : [Folder], options, progress, cancellation);

    public T Ask<T>(Func<ICatalogueReader, T> question)
    {
        using var reader = Store.OpenReader();
        Assert.Empty(reader.Verify());
        return question(reader);
    }

    /// <summary>Empties a table that earlier versions did not have.</summary>
    public void Forget(string table)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Store.File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"DELETE FROM {table}";
        command.ExecuteNonQuery();
    }

    public PhotoCounts Counts => Ask(reader => reader.Count());

    /// <summary>The names, without the folder, of the places where the photo of a name lies.</summary>
    public string[] PlacesOf(string name) =>
        Ask(reader => reader.FindPhotoAt(this[name])?.Paths.Select(path => Path.GetRelativePath(Folder, path)).ToArray() ?? []);

    public void Dispose() => _place.Dispose();

    private static IEnumerable<byte[]> Portrait(int sample, int left, int top)
    {
        using var cut = MadePictures.Cut(sample, left, top, 240, 320);
        yield return cut.JpegsaveBuffer(q: 90);
    }

    private sealed class CountingDecoder(IndexedFolder folder) : IPhotoDecoder
    {
        private readonly PhotoDecoder _decoder = new(folder.Limits);

        public Photo Decode(PhotoFile file, Func<int, int> sideFor, CancellationToken cancellation = default)
        {
            Interlocked.Increment(ref folder._decoded);
            folder.Decoding(file.Stamp.Path);
            return _decoder.Decode(file, sideFor, cancellation);
        }
    }
}
