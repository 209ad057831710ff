using Sosia.Catalogue;

namespace Sosia.Search;

/// <summary>
/// Two rankings made one without comparing their scores, which mean different things: reciprocal rank fusion (Cormack, Clarke, Büttcher
/// 2009). A photo is worth the sum of 1 / (60 + rank) over the rankings that hold it, so what both found comes before what one found at the
/// same rank.
/// </summary>
internal static class RankFusion
{
    private const double Damping = 60;

    /// <param name="byPerson">Best first.</param>
    /// <param name="byLook">Best first.</param>
    /// <param name="limit">Matches wanted, at most.</param>
    /// <returns>Best first, every photo once; at equal worth the person's come first.</returns>
    public static IReadOnlyList<Match> Merge(IReadOnlyList<Match> byPerson, IReadOnlyList<Match> byLook, int limit)
    {
        var worth = new Dictionary<PhotoId, (Match Match, double Worth)>();
        foreach (var match in byPerson)
            worth[match.Photo.Id] = (match, Worth(match));
        foreach (var match in byLook)
            worth[match.Photo.Id] = worth.TryGetValue(match.Photo.Id, out var person)
                ? (person.Match with { FoundBy = FoundBy.Both, LookScore = match.Score }, person.Worth + Worth(match))
                : (match, Worth(match));
        return
        [
            .. worth
                .Values.OrderByDescending(found => found.Worth)
                .ThenBy(found => found.Match.FoundBy == FoundBy.Look)
                .ThenBy(found => found.Match.Photo.Id.Value)
                .Take(limit)
                .Select((found, i) => found.Match with { Rank = i + 1 }),
        ];
    }

    private static double Worth(Match match) => 1 / (Damping + match.Rank);
}
