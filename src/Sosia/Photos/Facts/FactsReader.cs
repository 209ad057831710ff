using MetadataExtractor.Formats.Exif;
using MetadataExtractor.Formats.Iptc;
using Directory = MetadataExtractor.Directory;

namespace Sosia.Photos.Facts;

/// <summary>Reads what a photo says of itself: EXIF, XMP and IPTC. Nothing in them keeps a photo from being indexed.</summary>
internal static class FactsReader
{
    /// <summary>Longest caption kept, in characters.</summary>
    private const int LongText = 2_000;

    /// <summary>Longest name kept, in characters.</summary>
    private const int ShortText = 200;

    /// <summary>What a file says.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="places">Whether the place is wanted.</param>
    /// <param name="now">The time, in UTC: no photo was taken later.</param>
    public static PhotoFacts Read(PhotoFile file, bool places, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            var metadata = Metadata.Of(file.Bytes, PhotoFormats.Of(file.Bytes, file.Stamp.Path));
            return FactsOf(metadata, XmpPacket.ReadFirst(metadata.Xmp), places, now);
        }
        catch (Exception unreadable) when (Metadata.IsUnreadable(unreadable))
        {
            return PhotoFacts.None with { Problem = "What the photo says of itself (EXIF, XMP, IPTC) is damaged; it is left out." };
        }
    }

    /// <summary>What a sidecar says.</summary>
    /// <param name="sidecar">The file.</param>
    /// <param name="now">As for <see cref="Read"/>.</param>
    public static PhotoFacts OfSidecar(SidecarStamp sidecar, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(sidecar);
        var name = PlainText.Of(Path.GetFileName(sidecar.Path), ShortText);
        if (sidecar.Bytes > XmpDocument.MostBytes)
            return Left($"The sidecar {name} has {sidecar.Bytes:N0} bytes, and the limit is {XmpDocument.MostBytes:N0}; it is left out.");
        try
        {
            return FactsOf(Metadata.None, XmpPacket.ReadFirst([File.ReadAllBytes(sidecar.Path)]), places: false, now);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Left($"The sidecar {name} can't be read; it is left out.");
        }

        static PhotoFacts Left(string why) => PhotoFacts.None with { Problem = why };
    }

    private static PhotoFacts FactsOf(Metadata metadata, XmpPacket xmp, bool places, DateTime now)
    {
        var problem = xmp.Problem;
        var taken = TakenByExif(metadata, now, ref problem) ?? TakenByXmp(xmp, now, ref problem);
        return new PhotoFacts
        {
            Taken = taken,
            Camera = CameraOf(metadata.Find<ExifIfd0Directory>()),
            Place = places ? PlaceOf(metadata.Find<GpsDirectory>(), ref problem) : null,
            Caption = PlainText.Of(xmp.Description ?? TextOf(metadata, IptcDirectory.TagCaption), LongText),
            Credit = PlainText.Of(
                xmp.Credit ?? TextOf(metadata, IptcDirectory.TagCredit) ?? xmp.Creator ?? TextOf(metadata, IptcDirectory.TagByLine),
                ShortText
            ),
            Problem = problem,
        };
    }

    private static TimeTaken? TakenByExif(Metadata metadata, DateTime now, ref string? problem)
    {
        if (metadata.Find<ExifSubIfdDirectory>() is not { } exif)
            return null;
        return First(
            ref problem,
            Times.OfExif(StringOf(exif, ExifDirectoryBase.TagDateTimeOriginal), StringOf(exif, ExifDirectoryBase.TagTimeZoneOriginal), now),
            Times.OfExif(
                StringOf(exif, ExifDirectoryBase.TagDateTimeDigitized),
                StringOf(exif, ExifDirectoryBase.TagTimeZoneDigitized),
                now
            )
        );
    }

    private static TimeTaken? TakenByXmp(XmpPacket xmp, DateTime now, ref string? problem) =>
        First(ref problem, [.. xmp.Times.Select(time => Times.OfXmp(time, now))]);

    /// <summary>The first time that is one. What was said before it and is none is a problem.</summary>
    private static TimeTaken? First(ref string? problem, params ReadOnlySpan<(TimeTaken? Taken, string? Problem)> times)
    {
        foreach (var (taken, wrong) in times)
        {
            if (taken is not null)
                return taken;
            problem ??= wrong;
        }
        return null;
    }

    /// <summary>Maker and model, the maker not twice.</summary>
    private static string? CameraOf(ExifIfd0Directory? exif)
    {
        if (exif is null)
            return null;
        var maker = PlainText.Of(StringOf(exif, ExifDirectoryBase.TagMake), ShortText);
        var model = PlainText.Of(StringOf(exif, ExifDirectoryBase.TagModel), ShortText);
        if (maker is null || model is null)
            return model ?? maker;
        return model.StartsWith(maker.Split(' ')[0], StringComparison.OrdinalIgnoreCase) ? model : $"{maker} {model}";
    }

    private static Place? PlaceOf(GpsDirectory? gps, ref string? problem)
    {
        if (gps is null || !gps.ContainsTag(GpsDirectory.TagLatitude) || !gps.ContainsTag(GpsDirectory.TagLongitude))
            return null;
        var at = gps.GetGeoLocation();
        if (at is { Latitude: >= -90 and <= 90, Longitude: >= -180 and <= 180, IsZero: false })
            return new Place(at.Latitude, at.Longitude);
        if (at is not { IsZero: true }) // 0° N 0° E is what a receiver without a fix writes
            problem ??= "The place that its EXIF gives is none on Earth; it is left out.";
        return null;
    }

    private static string? TextOf(Metadata metadata, int tag) => metadata.Find<IptcDirectory>() is { } iptc ? StringOf(iptc, tag) : null;

    private static string? StringOf(Directory directory, int tag) => MetadataExtractor.DirectoryExtensions.GetString(directory, tag);
}
