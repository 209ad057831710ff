using Sosia.Catalogue;
using Sosia.Cli.Output.OnTerminal;
using Sosia.People.Cases;

namespace Sosia.Cli.Output;

internal sealed record CaseFaceJson(string Role, string? Path, BoxJson Box, long? Face, long? Photo);

internal sealed record CaseJson(
    string Id,
    string Name,
    string? Purpose,
    DateTimeOffset? Expires,
    bool Expired,
    bool Closed,
    IReadOnlyList<CaseFaceJson> Faces
);

internal sealed record ReferenceJson(long? Photo, string Path);

/// <summary>Cases, for people and for programs.</summary>
internal static class CaseReport
{
    /// <summary>A case on a line.</summary>
    public static string Line(CaseView of)
    {
        var details = of.Row.Details;
        var state =
            of.IsExpired ? $", expired on {details.LastDay:yyyy-MM-dd}: locked"
            : details.IsClosed ? ", closed"
            : details.LastDay is { } until ? $", until {until:yyyy-MM-dd}"
            : "";
        return $"{of.Row.Id, 4}  {Text.Printable(details.Name)}: {of.In(CaseRole.For).Count()} for, "
            + $"{of.In(CaseRole.Against).Count()} against, {of.In(CaseRole.Rejected).Count()} rejected{state}";
    }

    public static void Print(CaseView of, Collection collection)
    {
        Console.WriteLine(Line(of));
        if (of.Row.Details.Purpose is { } purpose)
            Console.WriteLine($"Purpose: {Text.Printable(purpose)}");
        foreach (var face in of.Faces)
            Console.WriteLine($"{Lower(face.Role), -9} {Text.Printable(PathOf(face, collection))}");
    }

    public static void Print(CaseMatches found, bool onlyNew)
    {
        var table = new AnswerTable([new("", 4, true), new("Score", 6, true), new("Meaning", 42), new("", 3), new("Photo")]);
        foreach (var (match, reference, isNew) in found.Matches)
            table.Add(
                $"{match.Rank}",
                new($"{match.Score:F3}", Tone.Good),
                match.Sentence,
                new(isNew ? "new" : "", Tone.Doubtful),
                new($"{match.Path}  (by {Path.GetFileName(reference.Path)})", File: match.Path)
            );
        table.Print();
        var name = Text.Printable(found.Case.Row.Details.Name);
        Console.WriteLine(
            found.Matches.Count == 0
                ? $"Nothing{(onlyNew ? " new" : "")} for {name} among {Text.Count(found.Search.FacesSearched, "face")}."
                : $"{Text.Count(found.Matches.Count, "photo")} for {name}, {found.Matches.Count(match => match.IsNew):N0} of them new "
                    + $"(threshold {found.Search.Threshold:F3})."
        );
    }

    public static CaseJson ToJson(CaseView of)
    {
        var details = of.Row.Details;
        return new(
            of.Row.Id.ToString(),
            details.Name,
            details.Purpose,
            details.Expires,
            of.IsExpired,
            details.IsClosed,
            [
                .. of.Faces.Select(face => new CaseFaceJson(
                    Lower(face.Role),
                    face.Outside?.Path,
                    new BoxJson(face.Place.Box.Left, face.Place.Box.Top, face.Place.Box.Width, face.Place.Box.Height),
                    face.Face?.Value,
                    face.Photo?.Value
                )),
            ]
        );
    }

    /// <summary>As a search, with the reference that found each match.</summary>
    public static SearchJson ToJson(CaseMatches found)
    {
        var search = SearchReport.ToJson(found.Search with { Matches = [.. found.Matches.Select(match => match.Match)] });
        return search with
        {
            Case = found.Case.Row.Details.Name,
            Matches =
            [
                .. search.Matches.Zip(found.Matches, (json, match) =>
                    json with
                    {
                        Reference = new ReferenceJson(found.ReferencePhotoOf(match)?.Value, match.Reference.Path),
                        New = match.IsNew,
                    }
                ),
            ],
        };
    }

    private static string PathOf(CaseFace face, Collection collection) =>
        face.Photo is { } photo && collection.Catalogue.Ask(reader => reader.FindPhoto(photo)) is { Paths: [var path, ..] }
            ? path
            : face.Outside?.Path ?? "a photo that is not in the collection at the moment";

    private static string Lower(CaseRole role) => role.ToString().ToLowerInvariant();
}
