using Sosia.Catalogue;
using Sosia.People.Absence;
using Sosia.People.Groups;
using Sosia.People.Names;
using Sosia.Search;
using Sosia.Search.Calibrating;
using Sosia.Search.Ranking;

namespace Sosia.People;

/// <summary>A face that may be a person's.</summary>
/// <param name="Face">The face.</param>
/// <param name="Score">Cosine with the mean of the person's confirmed faces.</param>
/// <param name="Meaning">How often a stranger scores as high.</param>
public sealed record Suggestion(FaceRow Face, float Score, ScoreMeaning Meaning);

/// <summary>Whether a search with a person's other faces finds each of them.</summary>
/// <param name="Person">The person.</param>
/// <param name="Faces">Confirmed faces with an embedding that were tried: those of photos that are not the only one.</param>
/// <param name="Missed">Those that it would miss, the lowest score first.</param>
public sealed record PersonCheck(PersonGroup Person, int Faces, IReadOnlyList<Suggestion> Missed);

/// <summary>Asks with what people said.</summary>
public sealed partial class CollectionPeople
{
    /// <summary>A person to be searched for.</summary>
    /// <param name="view">Everybody.</param>
    /// <param name="person">Who; a group counts with all its faces.</param>
    /// <exception cref="PeopleException">None of the faces can be recognised.</exception>
    public KnownPerson Known(PeopleView view, PersonGroup person)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(person);
        var confirmed = person.Person is null ? person.Suggested : person.Confirmed;
        var (rows, best) = Ask(async reader =>
        {
            var vectors = await VectorsAsync(confirmed, reader);
            var faces = reader.FindFaces(confirmed);
            var best = faces.Values.Where(face => face.HasEmbedding).MaxBy(face => face.Quality.Score)?.Id;
            return (vectors.OfType<float[]>().ToArray(), best);
        });
        var shown = rows.Length > 0 && best is { } face ? _queries.StoredFace(face) : null;
        if (shown is null)
            throw new PeopleException(
                $"{person.Name ?? person.Id} has no face that can be recognised: name one that is larger, with `sosia people name`."
            );
        return new KnownPerson(person.Name ?? person.Id, shown.Query, rows, confirmed.ToHashSet(), NotTheirs(view.Said, person.Person));
    }

    /// <summary>Faces that may be a person's, the most certain first: they are asked about, and never taken for granted.</summary>
    /// <param name="view">Everybody.</param>
    /// <param name="person">Somebody with a name.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancellation">Cancels the work.</param>
    /// <exception cref="PeopleException">None of their faces can be recognised.</exception>
    public IReadOnlyList<Suggestion> Suggest(PeopleView view, PersonGroup person, int most, CancellationToken cancellation = default)
    {
        var known = Known(view, person);
        var (rule, references) = KnownPeopleSearch.RuleOf(known);
        var threshold = _meanings.ThresholdOf(rule, references);
        return Ask(reader =>
            _vectors.AskAsync(
                _space(),
                reader,
                async vectors =>
                {
                    var theirs = reader.FindFaces([.. known.Confirmed]).Values.Select(face => face.Photo).ToHashSet();
                    var hits = new List<VectorHit>();
                    await foreach (var hit in vectors.AboveAsync(MeanRow.Of(known.Rows), threshold, cancellation: cancellation))
                        if (!known.Denied.Contains(hit.Face) && !theirs.Contains(hit.Photo))
                            hits.Add(hit);
                    var best = hits.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Owner).Take(most).ToArray();
                    var faces = reader.FindFaces([.. best.Select(hit => hit.Face)]);
                    return (IReadOnlyList<Suggestion>)
                        [
                            .. best.Where(hit => faces.ContainsKey(hit.Face))
                                .Select(hit => new Suggestion(faces[hit.Face], hit.Score, _meanings.Of(rule, references, hit.Score))),
                        ];
                },
                cancellation
            )
        );
    }

    /// <summary>
    /// How many of a person's confirmed faces a search with the others finds: each is left out once, with all of its photo.
    /// </summary>
    /// <param name="person">Somebody with a name.</param>
    public PersonCheck Check(PersonGroup person)
    {
        ArgumentNullException.ThrowIfNull(person);
        return Ask(async reader =>
        {
            var known = await ConfirmedAsync(person, reader);
            var (tried, missed) = (0, new List<Suggestion>());
            foreach (var (face, row) in known)
            {
                float[][] others = [.. known.Where(other => other.Face.Photo != face.Photo).Select(other => other.Row)];
                if (others.Length == 0)
                    continue;
                tried++;
                var rule = others.Length > 1 ? ScoringRule.Mean : ScoringRule.Plain;
                var score = Similarity.Of(MeanRow.Of(others), row);
                if (score < _meanings.ThresholdOf(rule, others.Length))
                    missed.Add(new Suggestion(face, score, _meanings.Of(rule, others.Length, score)));
            }
            return new PersonCheck(person, tried, [.. missed.OrderBy(face => face.Score)]);
        });
    }

    /// <summary>The confirmed faces of a person that can be recognised.</summary>
    internal async ValueTask<IReadOnlyList<ConfirmedFace>> ConfirmedAsync(PersonGroup person, ISearchReader reader)
    {
        var rows = await VectorsAsync(person.Confirmed, reader);
        var faces = reader.FindFaces(person.Confirmed);
        return
        [
            .. from known in person.Confirmed.Zip(rows)
            where known.Second is not null && faces.ContainsKey(known.First)
            select new ConfirmedFace(faces[known.First], known.Second),
        ];
    }

    private ValueTask<IReadOnlyList<float[]?>> VectorsAsync(IReadOnlyList<FaceId> faces, ISearchReader reader) =>
        _vectors.AskAsync(_space(), reader, vectors => vectors.VectorsAsync([.. faces.Select(face => face.Value)]));

    /// <summary>Faces that are somebody else's, or that somebody said are not this person's.</summary>
    private static HashSet<FaceId> NotTheirs(SaidOfFaces said, PersonId? person) =>
        [
            .. said.Confirmed.Where(face => face.Value != person).Select(face => face.Key),
            .. person is { } named ? said.Denied.Where(face => face.Value.Contains(named)).Select(face => face.Key) : [],
        ];
}
