using Sosia.People.Absence;
using Sosia.Reports;

namespace Sosia.Cli.Output;

internal sealed record QualityBandJson(float From, double Share, int Trials, int Missed);

internal sealed record MissRateJson(
    double Rate,
    double UpperBound,
    int People,
    int Trials,
    int Missed,
    IReadOnlyList<QualityBandJson> Bands
);

internal sealed record CertificateJson(
    string Case,
    string? Purpose,
    DateTimeOffset At,
    bool Holds,
    string Sentence,
    int Matches,
    int Rejected,
    PhotoCountsJson Photos,
    long Faces,
    IReadOnlyList<string> References,
    string Rule,
    float Threshold,
    double? FalseMatchRate,
    MissRateJson? Misses,
    string CalibratedOn,
    string Model,
    string ModelSha256,
    string Space,
    IReadOnlyList<ProvenanceJson> Provenance,
    long Version,
    string Nonce
);

/// <summary>A certificate of absence, for people and for programs.</summary>
internal static class CertificateReport
{
    public static void Print(AbsenceCertificate certificate)
    {
        Console.WriteLine(Text.Printable(certificate.Sentence));
        foreach (var (what, value) in CertificatePage.LinesOf(certificate))
            Console.WriteLine($"  {what, -34}{Text.Printable(value)}");
        Console.WriteLine(CertificatePage.Limits);
    }

    public static CertificateJson ToJson(AbsenceCertificate certificate) =>
        new(
            certificate.Case,
            certificate.Purpose,
            certificate.At,
            certificate.Holds,
            certificate.Sentence,
            certificate.Matches,
            certificate.Rejected,
            PhotoCountsJson.Of(certificate.Photos),
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
