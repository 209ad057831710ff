using System.Security.Cryptography;
using System.Text;
using Sosia.Evaluation.Lfw;
using Sosia.Photos;

namespace Sosia.Training.Data;

/// <summary>The images to learn, looked over once: every one can be decoded, and those of another size are known.</summary>
internal sealed class TrainingSet
{
    /// <summary>Sets up to this size stay decoded: 1,400 images of 250×250.</summary>
    private const long MostBytesKept = 256L << 20;

    private readonly VipsPhotoDecoder _decoder = new(PhotoOptions);
    private readonly RowOrder _rows;
    private readonly byte[]?[] _kept;
    private readonly int _side;
    private int _fitted;

    private TrainingSet(RowOrder rows, int side)
    {
        (_rows, _side) = (rows, side);
        Classes = [.. rows.Labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = Classes.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        Labels = [.. rows.Labels.Select(name => numbers[name])];
        _kept = (long)rows.Files.Count * ImageBytes <= MostBytesKept ? new byte[rows.Files.Count][] : [];
    }

    private static PhotoOptions PhotoOptions { get; } = new();

    /// <summary>Images.</summary>
    public int Count => Labels.Count;

    /// <summary>Bytes of one image: rows × columns × red, green, blue.</summary>
    public int ImageBytes => _side * _side * Photo.Channels;

    /// <summary>Names, in the order of their class numbers.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Class number of each row.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>Images that were not of the input's size.</summary>
    public int Fitted => _fitted;

    /// <summary>Finds the rows and decodes every image once.</summary>
    /// <exception cref="UsageException">Nothing there, fewer images than a batch, only one class, or an image that can't be read.</exception>
    public static TrainingSet Open(string directory, string? labelFile, TrainingOptions options, CancellationToken cancellation)
    {
        var folder = LabelledFolder.Read(directory);
        var set = new TrainingSet(RowOrder.Of(folder, labelFile, options.Labels), options.Side);
        if (set.Classes.Count < 2)
            throw new UsageException($"{folder.Root} holds one person only, {set.Classes[0]}; a classifier needs at least two folders with images.");
        if (set.Count < options.BatchSize)
            throw new UsageException($"{folder.Root} gives {set.Count} images, fewer than a batch of {options.BatchSize}; take a smaller --batch or more images.");
        set.LookOver(cancellation);
        return set;
    }

    /// <summary>Names and labels of all rows: what a checkpoint was made with.</summary>
    public string Fingerprint()
    {
        var text = new StringBuilder();
        foreach (var (file, label) in _rows.Files.Zip(_rows.Labels)) text.Append(Path.GetFileName(file)).Append('\t').Append(label).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Decodes one row.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="into"><see cref="ImageBytes"/>, written.</param>
    /// <exception cref="UsageException">The image can't be read.</exception>
    public void Read(int row, Span<byte> into)
    {
        if (_kept.Length > 0 && _kept[row] is { } kept) kept.CopyTo(into);
        else Fit(Decode(_rows.Files[row]), into);
    }

    private void LookOver(CancellationToken cancellation)
    {
        try
        {
            Parallel.For(0, Count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, row =>
            {
                var photo = Decode(_rows.Files[row]);
                if ((photo.Width, photo.Height) != (_side, _side)) Interlocked.Increment(ref _fitted);
                if (_kept.Length == 0) return;
                var pixels = new byte[ImageBytes];
                Fit(photo, pixels);
                _kept[row] = pixels;
            });
        }
        catch (AggregateException several) when (several.InnerExceptions.OfType<UsageException>().FirstOrDefault() is { } first)
        {
            throw first;
        }
    }

    private Photo Decode(string file)
    {
        try
        {
            return _decoder.Decode(PhotoFile.Read(file, PhotoOptions));
        }
        catch (UnreadablePhotoException unreadable)
        {
            throw new UsageException($"{file} can't be learnt from; mend it or take it away. {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Another size: the largest square in the middle, scaled.</summary>
    private void Fit(Photo photo, Span<byte> into)
    {
        if ((photo.Width, photo.Height) == (_side, _side))
        {
            photo.Pixels.CopyTo(into);
            return;
        }
        var square = Math.Min(photo.Width, photo.Height);
        var (left, top) = ((photo.Width - square) / 2, (photo.Height - square) / 2);
        var middle = new byte[square * square * Photo.Channels];
        for (var y = 0; y < square; y++)
            photo.Pixels.Slice(((top + y) * photo.Width + left) * Photo.Channels, square * Photo.Channels).CopyTo(middle.AsSpan(y * square * Photo.Channels));
        Resampler.Resize(middle, square, square, into, (_side, _side));
    }
}
