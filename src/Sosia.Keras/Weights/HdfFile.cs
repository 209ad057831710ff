using System.Buffers.Binary;
using PureHDF;
using PureHDF.VOL.Native;
using Sosia.Models;

namespace Sosia.Keras.Weights;

/// <summary>
/// Reads what Keras writes into HDF5 files. The reader below throws many kinds of exceptions at damaged files; here they become one
/// sentence, and no array is read before its size is known to be what was expected.
/// </summary>
internal sealed class HdfFile : IDisposable
{
    /// <summary>Names in one attribute: Keras splits longer lists.</summary>
    private const ulong MaxNames = 10_000;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    private readonly string _path;
    private readonly BoundedStream _stream;
    private readonly NativeFile _file;

    private HdfFile(string path, BoundedStream stream)
    {
        (_path, _stream) = (path, stream);
        _file = H5File.Open(stream, leaveOpen: true);
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="ModelException">Not there, not HDF5, or cut off.</exception>
    public static HdfFile Open(string path)
    {
        CheckStart(path);
        var stream = new BoundedStream(File.OpenRead(path));
        try
        {
            return Guard(path, () => new HdfFile(path, stream));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _stream.Dispose();
    }

    /// <summary>Whether the root has something of this name.</summary>
    public bool Has(string name) => Guard(_path, () => _file.LinkExists(name));

    /// <summary>A list of names that Keras keeps as an attribute, in several where it is long.</summary>
    /// <param name="group">The group; empty for the root.</param>
    /// <param name="attribute">Its name.</param>
    /// <returns>Null where there is no such attribute.</returns>
    public IReadOnlyList<string>? Names(string group, string attribute) =>
        Guard(
            _path,
            () =>
            {
                IH5Group holder = group.Length == 0 ? _file : _file.Group(group);
                if (holder.AttributeExists(attribute))
                    return Read(holder.Attribute(attribute));
                if (!holder.AttributeExists(attribute + "0"))
                    return null;
                var names = new List<string>();
                for (var i = 0; holder.AttributeExists($"{attribute}{i}"); i++)
                    names.AddRange(Read(holder.Attribute($"{attribute}{i}")));
                return (IReadOnlyList<string>?)names;
            }
        );

    /// <summary>Reads an array of 32-bit floats.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="expected">The shape it must have.</param>
    /// <exception cref="ModelException">It has another shape or type, or is damaged.</exception>
    public float[] Floats(string path, IReadOnlyList<int> expected) =>
        Guard(
            _path,
            () =>
            {
                var dataset = _file.Dataset(path);
                var shape = dataset.Space.Dimensions;
                if (!shape.Select(side => (decimal)side).SequenceEqual(expected.Select(side => (decimal)side)))
                    throw new ModelException(
                        ModelProblem.DoesNotFit,
                        $"{_path}: Expected {path} as {string.Join(" × ", expected)}, got {string.Join(" × ", shape)}; it is of another "
                            + "network or version."
                    );
                if (dataset.Type.Class != H5DataTypeClass.FloatingPoint || dataset.Type.Size != sizeof(float))
                    throw new ModelException(
                        ModelProblem.DoesNotFit,
                        $"{_path}: Expected {path} as 32-bit floats, got {dataset.Type.Size} bytes of {dataset.Type.Class}; save the "
                            + "weights as float32."
                    );
                if (dataset.Layout.Class != H5DataLayoutClass.Contiguous)
                    throw new ModelException(
                        ModelProblem.DoesNotFit,
                        $"{_path}: Expected {path} in one piece, got {dataset.Layout.Class}; save the weights without compression."
                    );
                var values = new float[expected.Aggregate(1, (product, side) => checked(product * side))];
                _stream.Allow(values.LongLength * sizeof(float) * 2);
                dataset.Read(values);
                return values;
            }
        );

    private static string[] Read(IH5Attribute attribute)
    {
        var dimensions = attribute.Space.Dimensions;
        if (dimensions.Length > 1 || dimensions.Any(side => side > MaxNames))
            throw new FormatException($"The list {attribute.Name} is {string.Join(" × ", dimensions)} long.");
        // An empty list is written as an empty array of floats.
        var names = dimensions is [0] ? [] : attribute.Read<string[]>();
        if (Array.Exists(names, name => name is null))
            throw new FormatException($"The list {attribute.Name} has a name that is missing.");
        return names;
    }

    /// <summary>What is no HDF5 file, and what is shorter than its own header says, is told before the reader tries.</summary>
    private static void CheckStart(string path)
    {
        try
        {
            Span<byte> start = stackalloc byte[48];
            using var file = File.OpenHandle(path);
            start = start[..RandomAccess.Read(file, start, 0)];
            if (start.StartsWith("PK\u0003\u0004"u8))
                throw new ModelException(
                    ModelProblem.NotAModel,
                    $"{path} is a .keras file of Keras 3, and the older .h5 with weights is read here; give the published .h5 file of "
                        + "weights."
                );
            if (!start.StartsWith(Signature))
                throw new ModelException(ModelProblem.NotAModel, $"{path} is no HDF5 file; give the published .h5 file of weights.");
            if (start.Length == 48 && StatedLength(start) is { } stated && stated > (ulong)RandomAccess.GetLength(file))
                throw new ModelException(
                    ModelProblem.NotAModel,
                    $"{path} is cut off: Expected {stated:N0} bytes, got {RandomAccess.GetLength(file):N0}; get it again."
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(ModelProblem.Missing, $"The weights {path} can't be read: {e.Message}", e);
        }
    }

    /// <summary>The end of the file in the superblock, versions 0 to 3 with 8-byte addresses; null where it is written otherwise.</summary>
    private static ulong? StatedLength(ReadOnlySpan<byte> start) =>
        start[8] switch
        {
            0 when start[13] == 8 => BinaryPrimitives.ReadUInt64LittleEndian(start[40..]),
            2 or 3 when start[9] == 8 => BinaryPrimitives.ReadUInt64LittleEndian(start[28..]),
            _ => null,
        };

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not (ModelException or OperationCanceledException))
        {
            throw new ModelException(
                ModelProblem.NotAModel,
                $"{path} is damaged or no weights of Keras: {e.Message.Split('\n')[0].Trim()}",
                e
            );
        }
    }
}
