using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Sosia.Training.Network;
using Sosia.Training.Run;
using Sosia.Vectors.Files;
using TorchSharp;

namespace Sosia.Training.Files;

/// <summary>What a checkpoint says before the weights.</summary>
/// <param name="Options">What decides the weights.</param>
/// <param name="Order">The label file that gave the rows their order; null for paths.</param>
/// <param name="Data">Fingerprint of the images' names and labels.</param>
/// <param name="Classes">Names, in the order of their numbers.</param>
/// <param name="Threads">Of the processor; another number may change last bits.</param>
/// <param name="Epoch">Of the next step, from 0.</param>
/// <param name="Step">The next step of that epoch, from 0.</param>
/// <param name="History">All steps done.</param>
internal sealed record CheckpointHeader(
    TrainingOptions Options,
    string? Order,
    string Data,
    IReadOnlyList<string> Classes,
    int Threads,
    int Epoch,
    int Step,
    History History
);

/// <summary>
/// Everything a run needs to go on: magic, version, length of the header, header (JSON), its SHA-256, then weights and both moments of
/// every parameter as raw floats, and their SHA-256. Written beside and renamed; sizes are checked before anything is allocated.
/// </summary>
internal static unsafe class Checkpoint
{
    public const int Version = 1;
    private const int MostHeaderBytes = 64 << 20;
    private const int Piece = 16 << 20;
    private static ReadOnlySpan<byte> Magic => "SOSIATRN"u8;

    /// <summary>Bytes of a file for this network, without its header.</summary>
    public static long Bytes(TrainingOptions options, int classes) =>
        sizeof(float) * 3 * (options.Blocks().Sum(b => b.Filters * (9L * b.Channels + 1)) + classes * (options.Features + 1L));

    /// <exception cref="IOException">The disk is full or refuses; the checkpoint before stays.</exception>
    public static void Write(string path, CheckpointHeader header, Parameters parameters)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        DerivedFile.Write(
            path,
            stream =>
            {
                stream.Write(Magic);
                Span<byte> numbers = stackalloc byte[8];
                BinaryPrimitives.WriteInt32LittleEndian(numbers, Version);
                BinaryPrimitives.WriteInt32LittleEndian(numbers[4..], text.Length);
                stream.Write(numbers);
                stream.Write(text);
                stream.Write(SHA256.HashData(text));
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                ForEachPiece(
                    parameters,
                    write: false,
                    piece =>
                    {
                        hash.AppendData(piece);
                        stream.Write(piece);
                    }
                );
                stream.Write(hash.GetHashAndReset());
            }
        );
    }

    /// <summary>Reads what stands before the weights.</summary>
    /// <exception cref="UsageException">Missing, or of a newer version.</exception>
    /// <exception cref="DamagedException">Not whole.</exception>
    public static CheckpointHeader ReadHeader(string path)
    {
        using var stream = Open(path);
        return ReadHeader(stream, path);
    }

    /// <summary>Reads the weights into parameters of the header's shapes.</summary>
    /// <exception cref="DamagedException">Not whole.</exception>
    public static void ReadWeights(string path, Parameters parameters)
    {
        using var stream = Open(path);
        var header = ReadHeader(stream, path);
        if (stream.Length - stream.Position != Bytes(header.Options, header.Classes.Count) + SHA256.HashSizeInBytes)
            throw Damaged(path, string.Create(CultureInfo.InvariantCulture, $"it has {stream.Length:N0} bytes"));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ForEachPiece(
            parameters,
            write: true,
            piece =>
            {
                stream.ReadExactly(piece);
                hash.AppendData(piece);
            }
        );
        Span<byte> written = stackalloc byte[SHA256.HashSizeInBytes];
        stream.ReadExactly(written);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(written))
            throw Damaged(path, "its checksum is another");
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"There is no checkpoint {path} to go on from; start without --resume.", missing);
        }
    }

    private static CheckpointHeader ReadHeader(FileStream stream, string path)
    {
        Span<byte> start = stackalloc byte[16];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start[..8].SequenceEqual(Magic))
            throw Damaged(path, "it does not begin like one");
        var version = BinaryPrimitives.ReadInt32LittleEndian(start[8..]);
        if (version > Version)
            throw new UsageException(
                $"The checkpoint {path} has version {version}, and this program reads up to {Version}; use the newer program that wrote it."
            );
        var length = BinaryPrimitives.ReadInt32LittleEndian(start[12..]);
        if (version < 1 || length < 2 || length > MostHeaderBytes || stream.Length < stream.Position + length + SHA256.HashSizeInBytes)
            throw Damaged(path, "its header makes no sense");
        var text = new byte[length + SHA256.HashSizeInBytes];
        stream.ReadExactly(text);
        if (!SHA256.HashData(text.AsSpan(..length)).AsSpan().SequenceEqual(text.AsSpan(length)))
            throw Damaged(path, "the checksum of its header is another");
        try
        {
            var header = JsonSerializer.Deserialize<CheckpointHeader>(text.AsSpan(..length));
            return
                header
                    is { Options.Filters: not null, Data: not null, Classes: not null, History.Moments: not null, Epoch: >= 0, Step: >= 0 }
                ? header
                : throw Damaged(path, "its header is not complete");
        }
        catch (JsonException broken)
        {
            throw Damaged(path, $"its header is no JSON of a checkpoint, at byte {broken.BytePositionInLine}");
        }
    }

    private static DamagedException Damaged(string path, string how) =>
        new($"The checkpoint {path} is damaged ({how}); start again without --resume, or put back a copy.");

    private delegate void PieceAction(Span<byte> piece);

    /// <summary>All floats in pieces, where they are; on a graphics card, in a copy of one tensor at a time.</summary>
    private static void ForEachPiece(Parameters parameters, bool write, PieceAction action)
    {
        foreach (var tensor in parameters.All.SelectMany(p => new[] { p.Value, p.Mean, p.Square }))
        {
            using var copy = tensor.device_type == DeviceType.CPU ? null : tensor.cpu();
            var memory = (byte*)(copy ?? tensor).Floats();
            for (long at = 0, bytes = tensor.numel() * sizeof(float); at < bytes; at += Piece)
                action(new Span<byte>(memory + at, (int)Math.Min(Piece, bytes - at)));
            if (write && copy is not null)
                tensor.copy_(copy);
        }
    }
}
