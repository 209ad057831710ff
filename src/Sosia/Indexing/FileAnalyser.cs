using Sosia.Catalogue;
using Sosia.Copies;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Models;
using Sosia.Photos;
using Sosia.Photos.Facts;
using Sosia.Pipeline;

namespace Sosia.Indexing;

/// <summary>
/// The work on one file: reads and hashes it, asks the catalogue what its photo lacks, and makes that. Safe for several threads.
/// </summary>
/// <param name="limits">The largest file that is read.</param>
/// <param name="decoder">Makes photos of files.</param>
/// <param name="faces">Makes faces of photos.</param>
/// <param name="look">Makes rows by look; null when they are not wanted.</param>
internal sealed class FileAnalyser(PhotoOptions limits, IPhotoDecoder decoder, FacePipeline faces, AppearanceReader? look)
{
    /// <summary>Tells what lies in the future.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Analyses a file. One that can't be read is an outcome, not an exception.</summary>
    /// <param name="file">The file as it was found.</param>
    /// <param name="catalogue">What is known of photos.</param>
    /// <param name="spaces">The spaces that the run fills.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    public FileOutcome Analyse(FileStamp file, IFileReader catalogue, IndexedSpaces spaces, CancellationToken cancellation) =>
        AnalyseFile(file, catalogue, spaces, cancellation) with
        {
            Sidecar = FactsOf(file.Sidecar), // also of a photo that can't be read now: what its sidecar says stays
        };

    private FileOutcome AnalyseFile(FileStamp file, IFileReader catalogue, IndexedSpaces spaces, CancellationToken cancellation)
    {
        try
        {
            var read = Read(file, cancellation);
            var progress = catalogue.ProgressOf(read.Sha256, spaces);
            if (progress.IsForgotten)
                return new PhotoForgotten(read.Stamp, read.Sha256);
            var left = progress.WorkLeft(spaces);
            if (left == PhotoWork.None)
                return new PhotoKnown(read.Stamp, read.Sha256);
            var drawn = left.HasFlag(PhotoWork.Faces) && progress.MayHaveDrawn ? catalogue.DrawnIn(read.Sha256) : [];
            return AnalysePhoto(read, left, spaces, drawn, cancellation);
        }
        catch (UnreadablePhotoException unreadable)
        {
            return new PhotoUnreadable(file, new Failure(unreadable.Reason, unreadable.Message));
        }
        catch (ModelException nothing) when (nothing.Problem == ModelProblem.DoesNotFit)
        {
            return new PhotoUnreadable(file, new Failure(UnreadableReason.NotEmbedded, nothing.Message));
        }
        catch (Exception mistake)
            when (mistake is ArgumentException or InvalidOperationException or ArithmeticException or IndexOutOfRangeException)
        {
            // A bug of this program that one photo brings to light must not cost the thousands after it.
            var message = mistake.Message.ReplaceLineEndings(" ");
            return new PhotoUnreadable(
                file,
                new Failure(
                    UnreadableReason.Damaged,
                    $"Sosia can't work on this photo ({mistake.GetType().Name}: {message}); please report it."
                )
            );
        }
    }

    private FileOutcome AnalysePhoto(
        PhotoFile file,
        PhotoWork left,
        IndexedSpaces spaces,
        IReadOnlyList<Box> drawn,
        CancellationToken cancellation
    )
    {
        var facts = left.HasFlag(PhotoWork.Facts) ? FactsOf(file, spaces.Places) : null;
        var wantsDescriptor = left.HasFlag(PhotoWork.Descriptor);
        if ((left & ~(PhotoWork.Facts | PhotoWork.Descriptor)) == PhotoWork.None)
            return new DetailsRead(file.Stamp, file.Sha256)
            {
                Facts = facts,
                Descriptor = wantsDescriptor ? DescriptorOf(DecodeSmall(file, cancellation)) : null, // for facts no pixel is decoded
            };
        var source = Decode(file, cancellation);
        var row = left.HasFlag(PhotoWork.Look) ? look!.Read(source.Photo, cancellation) : null;
        var descriptor = wantsDescriptor ? DescriptorOf(source.Photo) : null;
        if (!left.HasFlag(PhotoWork.Faces))
            return new DetailsRead(file.Stamp, file.Sha256)
            {
                Look = row,
                Facts = facts,
                Descriptor = descriptor,
            };
        var photo = faces.ToStored(source, file.Sha256, drawn, cancellation) with { Facts = facts, Descriptor = descriptor };
        return new PhotoRead(file.Stamp, photo) { Look = row };
    }

    private PhotoFile Read(FileStamp file, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("read");
        var read = PhotoFile.Read(file.Path, limits, cancellation);
        return read with { Stamp = read.Stamp with { Sidecar = file.Sidecar } };
    }

    private PhotoFacts FactsOf(PhotoFile file, bool places)
    {
        using var _ = Telemetry.Measure("facts");
        return FactsReader.Read(file, places, Clock.GetUtcNow().UtcDateTime);
    }

    private PhotoFacts? FactsOf(SidecarStamp? sidecar) =>
        sidecar is null ? null : FactsReader.OfSidecar(sidecar, Clock.GetUtcNow().UtcDateTime);

    private static byte[] DescriptorOf(Photo photo)
    {
        using var _ = Telemetry.Measure("descriptor");
        return PhotoDescriptor.Of(photo).ToBytes();
    }

    private Photo DecodeSmall(PhotoFile file, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("decode");
        return decoder.Decode(file, PhotoDescriptor.SideFor, cancellation);
    }

    private PhotoSource Decode(PhotoFile file, CancellationToken cancellation)
    {
        using var _ = Telemetry.Measure("decode");
        return PhotoSource.Open(file, decoder, faces.SideFor, cancellation);
    }
}
