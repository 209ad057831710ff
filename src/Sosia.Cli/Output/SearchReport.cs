using Sosia.Faces;
using Sosia.Search;

namespace Sosia.Cli.Output;

/// <summary>The answer to a search, for people and for programs.</summary>
internal static class SearchReport
{
    public static void Print(SearchResult result, PictureKind pictures)
    {
        var draw = Pictures.For(pictures);
        foreach (var match in result.Matches)
        {
            draw(match.Path, match.Face.Box);
            var meaning = match.IsQuery ? "the query itself" : match.Score < result.Threshold ? "below the threshold" : match.Meaning.Sentence;
            Console.WriteLine($"{match.Rank,4}  {match.Score,6:F3}  {meaning,-42}  {Text.Printable(match.Path)}");
        }
        var searched = Text.Count(result.FacesSearched, "face");
        Console.WriteLine(result.FoundSomebody
            ? $"{Text.Count(result.Found, "photo")} with this person among {searched} (threshold {result.Threshold:F3}{Expected(result)})."
            : $"Nobody in this collection: of {searched}, none of another photo reaches the threshold {result.Threshold:F3}.");
    }

    private static string Expected(SearchResult result) =>
        result.Meaning(result.Threshold).FalseMatchRate is { } rate ? $", where {rate * result.FacesSearched:G2} false matches are to be expected in this collection" : "";

    public static SearchJson ToJson(SearchResult result) => new(
        ToJson(result.Queries[0]),
        result.Queries.Count > 1 ? [.. result.Queries.Skip(1).Select(ToJson)] : null,
        result.Threshold,
        [.. result.Matches.Select(match => new MatchJson(match.Rank, match.Photo.Id.Value, match.Path, match.IsQuery,
            new MatchFaceJson(match.Face.Id.Value, ToJson(match.Face.Box)), match.Score, match.Distance, match.Meaning.FalseMatchRate, match.ExpectedFalseMatches, match.FoundBy))],
        result.IndexTime.TotalMilliseconds,
        result.Elapsed.TotalMilliseconds);

    private static QueryJson ToJson(QueryPhoto query) => new(
        query.Path,
        [.. query.Faces.Select((face, i) => new QueryFaceJson(i + 1, ToJson(query.BoxOf(i)), face.Face.Confidence, face.Quality.Size, face.Quality.Score))],
        query.Face < 0 ? null : query.Face + 1);

    private static BoxJson ToJson(Box box) => new(box.Left, box.Top, box.Width, box.Height);
}
