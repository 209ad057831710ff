using System.Security.Cryptography;
using NetVips;
using Sosia.Storage;

namespace Sosia.Photos;

/// <summary>interim</summary>
public sealed record PhotoOptions;

/// <summary>interim</summary>
public sealed record PhotoFile(FileStamp Stamp, byte[] Bytes, string Sha256);

/// <summary>interim</summary>
public sealed record FoundFile(FileStamp Stamp, Failure? Problem);

/// <summary>interim</summary>
public static class PhotoFinder
{
    /// <summary>interim</summary>
    public static IEnumerable<FoundFile> Find(IEnumerable<string> roots, CancellationToken cancellation) =>
        roots.SelectMany(root => File.Exists(root) ? [root] : Directory.EnumerateFiles(root, "*.jpg", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal).Select(path => new FileInfo(path)).Select(file => new FoundFile(new FileStamp(file.FullName, file.Length, file.LastWriteTimeUtc), null));
}

/// <summary>interim</summary>
public sealed class PhotoReader(PhotoOptions options)
{
    /// <summary>interim</summary>
    public PhotoFile Read(string path, CancellationToken cancellation)
    {
        _ = options;
        var file = new FileInfo(path);
        var bytes = File.ReadAllBytes(path);
        return new PhotoFile(new FileStamp(file.FullName, file.Length, file.LastWriteTimeUtc), bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>interim</summary>
    public Photo Decode(PhotoFile file, CancellationToken cancellation)
    {
        _ = options;
        using var image = Image.NewFromBuffer(file.Bytes);
        using var rgb = image.Colourspace(Enums.Interpretation.Srgb);
        return new Photo(rgb.Width, rgb.Height, rgb.WriteToMemory<byte>(), rgb.Width, rgb.Height);
    }
}
