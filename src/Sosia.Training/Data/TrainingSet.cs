using System.Security.Cryptography;
using System.Text;
using Sosia.Evaluation.Datasets;
using Sosia.Evaluation.Lfw;
using Sosia.Photos;

namespace Sosia.Training.Data;

/// <summary>The images to learn, looked over once: every one can be decoded, and those of another size are known.</summary>
internal sealed class TrainingSet
{
    /// <summary>Sets up to this size stay decoded: 1,400 images of 250×250.</summary>
    private const long MostBytesKept = 256L << 20;

    private readonly RowOrder _rows;
    private readonly SquareReader _reader;
    private readonly byte[]?[] _kept;
    private int _fitted;

    private TrainingSet(RowOrder rows, TrainingOptions options)
    {
        _rows = rows;
        (_reader, Classes, Labels) = (new SquareReader(options.Side), rows.Classes, rows.ClassNumbers());
        Split = ValidationSplit.Of(Labels, options.Validation, options.Seed);
        _kept = (long)rows.Files.Count * ImageBytes <= MostBytesKept ? new byte[rows.Files.Count][] : [];
    }

    /// <summary>Images, learned and only checked.</summary>
    public int Count => Labels.Count;

    /// <summary>Which rows are learned, and which are only checked.</summary>
    public ValidationSplit Split { get; }

    /// <summary>The image of a row.</summary>
    public string File(int row) => _rows.Files[row];

    /// <summary>Bytes of one image: rows × columns × red, green, blue.</summary>
    public int ImageBytes => _reader.Bytes;

    /// <summary>Names, in the order of their class numbers.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Class number of each row.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>Images that were not of the input's size.</summary>
    public int Fitted => _fitted;

    /// <summary>Finds the rows and decodes every image once.</summary>
    /// <exception cref="UsageException">Nothing there, fewer images than a batch, only one class, or an image that can't be
    /// read.</exception>
    public static TrainingSet Open(string directory, string? labelFile, TrainingOptions options, CancellationToken cancellation)
    {
        var folder = LabelledFolder.Read(directory);
        var set = new TrainingSet(RowOrder.Of(folder, labelFile, options.Labels), options);
        if (set.Classes.Count < 2)
            throw new UsageException(
                $"{folder.Root} holds one person only, {set.Classes[0]}; a classifier needs at least two folders with images."
            );
        if (options.Validation > 0 && set.Split.Checked.Count == 0)
            throw new UsageException(
                $"--validation {options.Validation} keeps none of the {set.Count} images aside, for nobody has another one to learn "
                    + "from; take a larger share or more images of the same people."
            );
        if (set.Split.Learned.Count < options.BatchSize)
            throw new UsageException(
                $"{folder.Root} gives {set.Split.Learned.Count} images, fewer than a batch of {options.BatchSize}; take a smaller "
                    + "--batch or more images."
            );
        set.LookOver(cancellation);
        return set;
    }

    /// <summary>Names and labels of all rows: what a checkpoint was made with.</summary>
    public string Fingerprint()
    {
        var text = new StringBuilder();
        foreach (var (file, label) in _rows.Files.Zip(_rows.Labels))
            text.Append(Path.GetFileName(file)).Append('\t').Append(label).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Decodes one row.</summary>
    /// <param name="row">From 0.</param>
    /// <param name="into"><see cref="ImageBytes"/>, written.</param>
    /// <exception cref="UsageException">The image can't be read.</exception>
    public void Read(int row, Span<byte> into)
    {
        if (_kept.Length > 0 && _kept[row] is { } kept)
            kept.CopyTo(into);
        else
            Decode(_rows.Files[row], into);
    }

    private void LookOver(CancellationToken cancellation)
    {
        try
        {
            Parallel.For(
                0,
                Count,
                new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
                row =>
                {
                    var pixels = new byte[ImageBytes];
                    if (Decode(_rows.Files[row], pixels))
                        Interlocked.Increment(ref _fitted);
                    if (_kept.Length > 0)
                        _kept[row] = pixels;
                }
            );
        }
        catch (AggregateException several) when (several.InnerExceptions.OfType<UsageException>().FirstOrDefault() is { } first)
        {
            throw first;
        }
    }

    private bool Decode(string file, Span<byte> into)
    {
        try
        {
            return _reader.Read(file, into);
        }
        catch (UnreadablePhotoException unreadable)
        {
            throw new UsageException($"{unreadable.Message} Mend it or take it away; it can't be learnt from.", unreadable);
        }
    }
}
