using Sosia.Cli.Output.OnTerminal;
using Sosia.Faces;
using Sosia.Photos.Facts;
using Sosia.Search;

namespace Sosia.Cli.Output;

/// <summary>The answer to a search, for people and for programs.</summary>
internal static class SearchReport
{
    public static void Print(SearchResult result, PictureKind pictures)
    {
        Matches(result, FacePictures.Chosen(pictures));
        if (result.By != SearchBy.Person)
        {
            Console.WriteLine(Summary(result));
            return;
        }
        var searched = Text.Count(result.FacesSearched, "face");
        Console.WriteLine(
            result.FoundSomebody
                ? $"{Text.Count(result.Found, "photo")} with {Whom(result)} among {searched} (threshold "
                    + $"{result.Threshold:F3}{Expected(result)})."
                : $"Nobody in this collection: of {searched}, none of another photo reaches the threshold {result.Threshold:F3}."
        );
    }

    private static void Matches(SearchResult result, PictureKind pictures)
    {
        var both = result.By == SearchBy.Both;
        AnswerColumn[] found = both ? [new("Found by", 6)] : [];
        var table = new AnswerTable([
            new("", 4, true),
            new("Score", 6, true),
            .. found,
            new("Meaning", 42),
            new("Taken", 10),
            new("Photo"),
        ]);
        var inCells = table.IsTable && pictures == PictureKind.Blocks;
        var draw = FacePictures.For(inCells ? PictureKind.None : pictures);
        foreach (var match in result.Matches)
        {
            var face = match.Face?.Box ?? new Box(0, 0, match.Photo.Width, match.Photo.Height);
            draw(match.Path, face);
            var (meaning, tone) =
                match.IsQuery ? ("the query itself", Tone.Quiet)
                : !match.IsConfirmed && match.FoundBy == FoundBy.Person && match.Score < result.Threshold
                    ? ("below the threshold", Tone.Doubtful)
                : (match.Sentence, match.FoundBy == FoundBy.Look ? Tone.Plain : Tone.Good);
            Cell[] by = both ? [$"{match.FoundBy}"] : [];
            table.Add(
                inCells ? FacePictures.InCell(match.Path, face) : null,
                [
                    $"{match.Rank}",
                    new($"{match.Score:F3}", tone),
                    .. by,
                    new(meaning, tone),
                    match.Photo.Taken is { From: not TimeSource.File } at ? at.Clock.ToString("yyyy-MM-dd") : "",
                    new(match.Path + LikeIt(match), File: match.Path),
                ]
            );
        }
        table.Print();
    }

    private static string Whom(SearchResult result) => result.IsOfPeople && result.Queries.Count > 1 ? "these people" : "this person";

    /// <summary>"and 5 like it", where other photos or copies of the same file were folded into a match.</summary>
    private static string LikeIt(Match match) => match.CountLikeIt > 0 ? $" and {match.CountLikeIt:N0} like it" : "";

    private static string[] Paths(Match match, LikeKind kind) => [.. match.FilesLikeIt(kind).Select(file => file.Path)];

    private static string Summary(SearchResult result)
    {
        var photos = Text.Count(result.PhotosSearched, "photo");
        if (result.By == SearchBy.Copy)
            return result.FoundSomebody
                ? $"{Text.Count(result.Found, "photo")} of this picture among {photos} (likeness {result.Threshold:F2} or more)."
                : $"No other photo of this picture among {photos}.";
        if (!result.FoundSomebody)
            return $"No other photo was found by look: of {photos}, none is another than the "
                + $"query{(result.Threshold is { } line ? $" and reaches {line:F3}" : "")}.";
        var byPerson = result.Matches.SelectMany(match => match.WithFolded).Count(match => !match.IsQuery && match.FoundBy != FoundBy.Look);
        return result.By == SearchBy.Look || result.OnlyByLook
            ? $"The most alike of {photos}, by the cosine of whole images; how often such a score is chance was not measured."
            : $"{Text.Count(byPerson, "photo")} with this person among {Text.Count(result.FacesSearched, "face")} (threshold "
                + $"{result.Threshold:F3}), and the most alike of {photos} by look, merged by rank.";
    }

    private static string Expected(SearchResult result) =>
        result.Threshold is { } line && result.Meaning(line).FalseMatchRate is { } rate
            ? $", where {rate * result.FacesSearched:G2} false matches are to be expected in this collection"
            : "";

    public static SearchJson ToJson(SearchResult result) =>
        new(
            ToJson(result.Queries[0]),
            result.Queries.Count > 1 ? [.. result.Queries.Skip(1).Select(ToJson)] : null,
            result.By.ToString().ToLowerInvariant(),
            result.Threshold,
            [
                .. result.Matches.Select(match => new MatchJson(
                    match.Rank,
                    match.Photo.Id.Value,
                    match.Path,
                    match.IsQuery,
                    match.Face is { } face ? new MatchFaceJson(face.Id.Value, ToJson(face.Box)) : null,
                    match.Score,
                    match.Distance,
                    match.Meaning.FalseMatchRate,
                    match.ExpectedFalseMatches,
                    match.FoundBy,
                    match.LookScore
                )
                {
                    Confirmed = match.IsConfirmed ? true : null,
                    Taken = ToJson(match.Photo.Taken),
                    Camera = match.Photo.Facts.Camera,
                    Caption = match.Photo.Facts.Caption,
                    Credit = match.Photo.Facts.Credit,
                    Place = ToJson(match.Photo.Facts.Place),
                    Copies = Paths(match, LikeKind.Copy),
                    Burst = Paths(match, LikeKind.Burst),
                }),
            ],
            result.OpeningTime.TotalMilliseconds,
            result.IndexTime.TotalMilliseconds,
            result.Elapsed.TotalMilliseconds
        );

    private static QueryJson ToJson(QueryPhoto query) =>
        new(
            query.Path,
            [
                .. query.Faces.Select(
                    (face, i) =>
                        new QueryFaceJson(i + 1, ToJson(query.BoxOf(i)), face.Face.Confidence, face.Quality.Size, face.Quality.Score)
                ),
            ],
            query.Face < 0 ? null : query.Face + 1
        );

    public static TakenJson? ToJson(TimeTaken? taken) =>
        taken is null ? null : new(taken.ToString(), taken.From.ToString().ToLowerInvariant());

    private static PlaceJson? ToJson(Place? place) => place is null ? null : new(place.Latitude, place.Longitude);

    private static BoxJson ToJson(Box box) => new(box.Left, box.Top, box.Width, box.Height);
}
