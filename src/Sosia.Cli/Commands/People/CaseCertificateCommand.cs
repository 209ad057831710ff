using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.People.Absence;
using Sosia.Reports;

namespace Sosia.Cli.Commands.People;

/// <summary><c>sosia case certificate NAME</c></summary>
internal static class CaseCertificateCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The case's name or number" };
    private static readonly Option<string?> Html = new("--html") { Description = "Write it as a page to keep", HelpName = "FILE" };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(
            "certificate",
            "Say that the person is not in the collection, with the probability of being wrong (exit code 1: that can't be said)"
        )
        {
            Name,
            Html,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var certificate = collection.People.Absence.Certify(collection.People.Cases.Find(parsed.GetValue(Name)!), cancellation);
        if (parsed.GetValue(AsJson))
            Json.Write(ToJson(certificate));
        else
            Print(certificate);
        if (parsed.GetValue(Html) is { } path)
            CertificatePage.Write(path, certificate);
        return certificate.Holds ? ExitCode.Done : ExitCode.NothingMatched;
    }

    private static void Print(AbsenceCertificate certificate)
    {
        Console.WriteLine(Text.Printable(certificate.Sentence));
        foreach (var (what, value) in CertificatePage.LinesOf(certificate))
            Console.WriteLine($"  {what, -34}{Text.Printable(value)}");
        Console.WriteLine(CertificatePage.Limits);
    }

    private static CertificateJson ToJson(AbsenceCertificate certificate) =>
        new(
            certificate.Case,
            certificate.Purpose,
            certificate.At,
            certificate.Holds,
            certificate.Sentence,
            certificate.Matches,
            certificate.Rejected,
            new PhotoCountsJson(
                certificate.Photos.Total,
                certificate.Photos.Searchable,
                certificate.Photos.TooPoor,
                certificate.Photos.NoFace,
                certificate.Photos.Unreadable,
                certificate.Photos.Waiting,
                certificate.Photos.UnreadableNow > 0 ? certificate.Photos.UnreadableNow : null
            ),
            certificate.Faces,
            certificate.References,
            certificate.Rule.ToString().ToLowerInvariant(),
            certificate.Threshold,
            certificate.Meaning.FalseMatchRate,
            certificate.Misses is { } misses
                ? new MissRateJson(
                    misses.Rate,
                    misses.UpperBound,
                    misses.People,
                    misses.Trials,
                    misses.Missed,
                    [.. misses.Bands.Select(band => new QualityBandJson(band.From, band.Share, band.Trials, band.Missed))]
                )
                : null,
            certificate.CalibratedOn,
            certificate.Model,
            certificate.ModelSha256,
            certificate.Space,
            [.. certificate.FoundBy.Select(found => new ProvenanceJson(found.FoundBy?.Key, found.FoundBy?.Description, found.Photos))],
            certificate.Revision.Version,
            certificate.Revision.Nonce
        );
}
