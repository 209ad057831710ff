using Sosia.Faces;
using Sosia.Photos.Facts;
using Sosia.Photos.Folders;
using Sosia.Vectors.Files;
using XmpCore;
using XmpCore.Options;

namespace Sosia.Photos.Regions;

/// <summary>
/// The XMP of one file of a photo: in a sidecar beside it, and inside it where it is a JPEG. Only the sidecar is ever written.
/// </summary>
internal sealed class PhotoXmp
{
    private readonly string _path;
    private readonly Frame _frame;
    private readonly string? _sidecar;
    private readonly IReadOnlyList<byte[]> _inside;

    private PhotoXmp(string path, string? sidecar, Frame frame, IReadOnlyList<byte[]> inside) =>
        (_path, _sidecar, _frame, _inside) = (path, sidecar, frame, inside);

    /// <summary>Looks at a file.</summary>
    /// <param name="file">As it was indexed.</param>
    /// <param name="width">Columns of the upright photo.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="limits">Limits on files.</param>
    /// <exception cref="FormatException">The file is gone or was changed since, or can't be read; the message is a sentence.</exception>
    public static PhotoXmp Open(FileStamp file, int width, int height, PhotoOptions limits)
    {
        var sidecar = Sidecars.Beside(file.Path);
        try
        {
            var now = PhotoFile.StampOf(file.Path);
            if (now.Bytes != file.Bytes || now.Modified != file.Modified)
                throw new FormatException($"{file.Path} was changed since it was indexed: index it again.");
            var head = Head(file.Path, sidecar is not null, limits);
            return new PhotoXmp(file.Path, sidecar, new Frame(head.Orientation, width, height), head.Xmp);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or UnreadablePhotoException)
        {
            throw new FormatException($"{file.Path} can't be read: {refused.Message.TrimEnd('.')}.", refused);
        }
    }

    /// <summary>The faces that are noted, in pixels of the upright photo; what the sidecar says of a face comes first.</summary>
    /// <param name="problems">Gets a sentence for what can't be taken.</param>
    public IReadOnlyList<(string Name, Box Box)> Read(ICollection<string> problems)
    {
        var faces = new List<(string Name, Box Box)>();
        foreach (var (name, document) in Documents(problems))
        {
            var noted = FaceRegions.Read(document);
            if (noted.Unreadable > 0)
                problems.Add(
                    noted.Unreadable == 1
                        ? $"{name} has a face region without a box that can be read; it is left out."
                        : $"{name} has {noted.Unreadable} face regions without a box that can be read; they are left out."
                );
            if (_frame.Of(noted) is not { } frame)
            {
                problems.Add(AnotherPicture(name, noted));
                continue;
            }
            foreach (var face in noted.Faces.Where(face => face.Name is not null))
                if (frame.ToPhoto(face.Box) is not { } box)
                    problems.Add($"{name} has a face region outside the picture, of {PlainText.Of(face.Name, 200)}; it is left out.");
                else if (!faces.Exists(known => known.Box.Overlap(box) > SameFace.Overlap))
                    faces.Add((face.Name!, box));
        }
        return faces;
    }

    /// <summary>
    /// Notes faces in the sidecar, which is made where there is none, as <c>photo.jpg.xmp</c>. A new one takes over the faces that are
    /// noted inside the photo: programs that find a sidecar look no further.
    /// </summary>
    /// <returns>Whether anything had to be written.</returns>
    /// <exception cref="FormatException">The sidecar can't be read or written, or notes faces of a picture of other sides; the message is a
    /// sentence, and the sidecar is as it was.</exception>
    public bool Write(IReadOnlyList<NamedFace> faces)
    {
        var xmp = _sidecar is null ? XmpMetaFactory.Create() : ParseSidecar();
        List<NamedFace> all = [.. faces];
        if (_sidecar is null)
            all.AddRange(
                Read([])
                    .Where(inside => !faces.Any(face => face.IsSame(inside.Box)))
                    .Select(inside => new NamedFace(inside.Name, inside.Box, box => box.Overlap(inside.Box) > SameFace.Overlap))
            );
        var noted = FaceRegions.Read(xmp);
        var name = _sidecar ?? Sidecars.NamesOf(_path)[0];
        if (_frame.Of(noted) is not { } frame)
            throw new FormatException(AnotherPicture(name, noted));
        if (!FaceRegions.Write(xmp, all, frame))
            return false;
        var bytes = XmpMetaFactory.SerializeToBuffer(xmp, new SerializeOptions { Indent = "  ", Newline = "\n" });
        try
        {
            DerivedFile.Write(name, stream => stream.Write(bytes));
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{name} can't be written: {refused.Message.TrimEnd('.')}.", refused);
        }
    }

    private IEnumerable<(string Name, IXmpMeta Document)> Documents(ICollection<string> problems)
    {
        if (_sidecar is not null && Parsed(ParseSidecar, problems) is { } sidecar)
            yield return (_sidecar, sidecar);
        foreach (var packet in _inside)
            if (Parsed(() => Parse(packet, _path), problems) is { } inside)
                yield return (_path, inside);
    }

    private static IXmpMeta? Parsed(Func<IXmpMeta> parse, ICollection<string> problems)
    {
        try
        {
            return parse();
        }
        catch (FormatException wrong)
        {
            problems.Add(wrong.Message);
            return null;
        }
    }

    private IXmpMeta ParseSidecar()
    {
        try
        {
            var length = new FileInfo(_sidecar!).Length;
            return length > XmpDocument.MostBytes
                ? throw new FormatException(
                    $"{_sidecar} has {length:N0} bytes, and the limit is {XmpDocument.MostBytes:N0}; it is left out."
                )
                : Parse(File.ReadAllBytes(_sidecar!), _sidecar!);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{_sidecar} can't be read: {refused.Message.TrimEnd('.')}.", refused);
        }
    }

    private static IXmpMeta Parse(byte[] bytes, string name)
    {
        try
        {
            return XmpDocument.Parse(bytes);
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"The XMP of {name} {wrong.Message}; it is left out.", wrong);
        }
    }

    private string AnotherPicture(string name, NotedFaces noted) =>
        $"{name} notes faces of a picture of {noted.Width} × {noted.Height}, and this one has {_frame.StoredWidth} × "
        + $"{_frame.StoredHeight} pixels; they are left out.";

    /// <summary>
    /// How a file is to be turned, and the XMP inside it. Of a JPEG only what comes before its pixels is read; other files are read only
    /// where they have a sidecar.
    /// </summary>
    private static (int Orientation, IReadOnlyList<byte[]> Xmp) Head(string path, bool hasSidecar, PhotoOptions limits)
    {
        try
        {
            using (var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
                if (IsJpeg(stream))
                {
                    var head = Metadata.OfJpeg(stream);
                    return (head.Orientation, head.Xmp);
                }
            if (!hasSidecar)
                return (1, []);
            var bytes = PhotoFile.Read(path, limits).Bytes;
            var format = PhotoFormats.Of(bytes, path);
            // These say in their own structure how they are turned, and their decoders heed that alone.
            return format is PhotoFormat.Heic or PhotoFormat.Avif or PhotoFormat.JpegXl
                ? (1, [])
                : (Metadata.Of(bytes, format).Orientation, []);
        }
        catch (Exception damaged) when (damaged is not (IOException or UnauthorizedAccessException) && Metadata.IsUnreadable(damaged))
        {
            return (1, []);
        }
    }

    private static bool IsJpeg(FileStream stream)
    {
        var isJpeg = stream.ReadByte() == 0xFF && stream.ReadByte() == 0xD8;
        stream.Position = 0;
        return isJpeg;
    }
}
