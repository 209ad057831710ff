using System.Globalization;
using System.Net;
using System.Text;
using Sosia.People.Absence;
using Sosia.Search.Ranking;
using Sosia.Vectors.Files;

namespace Sosia.Reports;

/// <summary>A certificate of absence, to read and to keep.</summary>
internal static class CertificatePage
{
    /// <summary>What it rests on, line by line.</summary>
    public static IEnumerable<(string What, string Value)> LinesOf(AbsenceCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var photos = certificate.Photos;
        yield return ("Case", certificate.Case);
        if (certificate.Purpose is { } purpose)
            yield return ("Purpose", purpose);
        yield return ("Made", Text($"{certificate.At:yyyy-MM-dd HH:mm} UTC"));
        yield return ("Searched", Text($"{photos.Searchable:N0} photos with {certificate.Faces:N0} faces"));
        yield return (
            "Not searched",
            Text($"{certificate.NotSearched:N0} photos: {photos.NoFace:N0} in which no face was found, ")
                + Text(
                    $"{photos.TooPoor:N0} with faces too poor, {photos.Unreadable:N0} that can't be read, {photos.Waiting:N0} not read yet"
                )
        );
        yield return ("Matches", Text($"{certificate.Matches:N0} to look at; {certificate.Rejected:N0} looked at and rejected"));
        var rule = certificate.Rule == ScoringRule.Mean ? "the cosine with the mean of" : "the cosine with";
        var references = certificate.References.Count == 1 ? "1 photo" : $"{certificate.References.Count} photos";
        yield return (
            "Score",
            Text($"{rule} {references} of the person; {certificate.Threshold:F3} or more is a match ({certificate.Meaning.Sentence})")
        );
        if (certificate.Misses is { } misses)
        {
            yield return (
                "Misses",
                Text(
                    $"{misses.Missed:N0} of {misses.Trials:N0} confirmed faces of {misses.People:N0} people were not found when left out: "
                ) + Text($"{misses.Rate:P1} of the collection's faces, at most {misses.UpperBound:P1}")
            );
            foreach (var band in misses.Bands)
                yield return (
                    Text($"… quality {band.From:F2} and more"),
                    Text($"{band.Missed:N0} of {band.Trials:N0} missed; {band.Share:P0} of the collection's faces")
                );
        }
        yield return ("Scores calibrated on", certificate.CalibratedOn);
        foreach (var found in certificate.FoundBy)
        {
            yield return ("Faces found by", Text($"{found.FoundBy?.Description ?? "not noted"}: {found.Photos:N0} photos"));
            if (found.FoundBy?.Key is { } key)
                yield return ("SHA-256 of how they are found", key);
        }
        yield return ("Face model", certificate.Model);
        yield return ("SHA-256 of its file", certificate.ModelSha256);
        yield return ("SHA-256 of its rows' making", certificate.Space);
        yield return ("State of the collection", Text($"{certificate.Revision.Version} ({certificate.Revision.Nonce})"));
        foreach (var reference in certificate.References)
            yield return ("SHA-256 of a photo of the person", reference);
    }

    /// <summary>What it does not say.</summary>
    public const string Limits =
        "It says nothing of photos that were not searched, of faces that were not found in them, of people who are turned away or covered, "
        + "or of photos that are not in the collection. The bound holds for people like those whose faces were confirmed, and is too low "
        + "where only such faces were confirmed as a search had suggested.";

    /// <summary>Writes the page.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static void Write(string path, AbsenceCertificate certificate) =>
        DerivedFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Html(certificate))));

    private static string Html(AbsenceCertificate certificate)
    {
        var rows = LinesOf(certificate).Select(line => $"<tr><th>{Encode(line.What)}</th><td>{Encode(line.Value)}</td></tr>");
        return $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sosia: {{Encode(certificate.Case)}}</title>
            <style>
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
            body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
            table { border-collapse: collapse } td { overflow-wrap: anywhere }
            th, td { text-align: left; vertical-align: top; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #8886 }
            </style></head><body>
            <h1>{{(certificate.Holds ? "Not found" : "Not certified")}}: {{Encode(certificate.Case)}}</h1>
            <p><strong>{{Encode(certificate.Sentence)}}</strong></p>
            <table>{{string.Concat(rows)}}</table>
            <p>{{Limits}}</p>
            </body></html>

            """;
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
