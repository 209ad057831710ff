using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.People.Names;
using Sosia.Pipeline;
using Sosia.Search;
using Sosia.Search.Ranking;

namespace Sosia.People.Cases;

/// <summary>
/// Searches that are kept: a case has references for and against, remembers what was rejected and what it has shown, and says what is new.
/// Safe for many callers.
/// </summary>
public sealed class CollectionCases
{
    private static readonly AlignedFace NoCrop = new(0, []);

    private readonly ICatalogueStore _store;
    private readonly CatalogueReaders _readers;
    private readonly QueryReader _queries;
    private readonly PhotoSearch _search;
    private readonly Func<SpaceName> _space;
    private readonly TimeProvider _clock;

    internal CollectionCases(
        ICatalogueStore store,
        CatalogueReaders readers,
        QueryReader queries,
        PhotoSearch search,
        Func<SpaceName> space,
        TimeProvider clock
    )
    {
        (_store, _readers, _queries) = (store, readers, queries);
        (_search, _space, _clock) = (search, space, clock);
    }

    /// <summary>All cases, in order of their numbers.</summary>
    /// <exception cref="CatalogueException">No collection, or it is damaged.</exception>
    public IReadOnlyList<CaseView> List() => _readers.Ask(reader => reader.ReadCases().Select(row => ViewOf(row, reader)).ToArray());

    /// <summary>A case by its name, in any case, or its number.</summary>
    /// <exception cref="PeopleException">There is none.</exception>
    public CaseView Find(string name) =>
        _readers.Ask(reader =>
        {
            var found = reader.ReadCases().FirstOrDefault(row => IsMeant(row, name));
            return found is null
                ? throw new PeopleException($"There is no case {name}: `sosia case list` names those that there are.")
                : ViewOf(found, reader);
        });

    /// <summary>Makes a case.</summary>
    /// <param name="details">What it is.</param>
    /// <param name="references">Photos of the person, as they were read or stored; the wanted face of each counts.</param>
    /// <param name="against">Photos of others likewise.</param>
    /// <exception cref="PeopleException">Another case has the name.</exception>
    /// <exception cref="QueryException">A photo has no face, or one too poor to be recognised.</exception>
    public CaseView New(CaseDetails details, IReadOnlyList<QueryPhoto> references, IReadOnlyList<QueryPhoto> against)
    {
        ArgumentNullException.ThrowIfNull(details);
        ArgumentNullException.ThrowIfNull(references);
        ArgumentNullException.ThrowIfNull(against);
        details = details with { Name = PersonName.Clean(details.Name) };
        using var writer = _store.OpenWriter(overwrite: false);
        if (writer.ReadCases().Any(row => PersonName.AreSame(row.Details.Name, details.Name)))
            throw new PeopleException($"There is a case {details.Name} already: take another name, or add to it with `sosia case add`.");
        var id = writer.ReserveCase();
        List<Statement> statements = [new CaseDescribed(id, details)];
        statements.AddRange(references.Select(query => Judged(id, query, CaseRole.For)));
        statements.AddRange(against.Select(query => Judged(id, query, CaseRole.Against)));
        writer.Say(ChangeKind.Case, statements, _clock.GetUtcNow());
        return ViewOf(new CaseRow(id, details), writer);
    }

    /// <summary>Adds photos to a case, or rejects them in it.</summary>
    /// <param name="of">The case.</param>
    /// <param name="photos">As for <see cref="New"/>.</param>
    /// <param name="role">What their faces are to the case.</param>
    /// <exception cref="PeopleException">It is closed, or its time is over.</exception>
    /// <exception cref="QueryException">A photo has no face, or one too poor to be recognised.</exception>
    public JournalEntry Judge(CaseView of, IReadOnlyList<QueryPhoto> photos, CaseRole role)
    {
        ArgumentNullException.ThrowIfNull(of);
        ArgumentNullException.ThrowIfNull(photos);
        ThrowIfLocked(of);
        using var writer = _store.OpenWriter(overwrite: false);
        return writer.Say(ChangeKind.CaseFaces, [.. photos.Select(query => Judged(of.Row.Id, query, role))], _clock.GetUtcNow());
    }

    /// <summary>Describes a case otherwise: another purpose, another end; closes it, or opens it again.</summary>
    /// <param name="of">The case.</param>
    /// <param name="details">What it is from now on.</param>
    public JournalEntry Describe(CaseView of, CaseDetails details)
    {
        ArgumentNullException.ThrowIfNull(of);
        ArgumentNullException.ThrowIfNull(details);
        using var writer = _store.OpenWriter(overwrite: false);
        return writer.Say(ChangeKind.Case, [new CaseDescribed(of.Row.Id, details)], _clock.GetUtcNow());
    }

    /// <summary>
    /// Deletes a case for good, with all that it has; photos and people stay. Where its bytes stood is overwritten by <see
    /// cref="Maintenance.CollectionMaintenance.BeginToOverwrite"/>, or by the next writer.
    /// </summary>
    public void Delete(CaseView of)
    {
        ArgumentNullException.ThrowIfNull(of);
        using var writer = _store.OpenWriter(overwrite: false);
        writer.DeleteCase(of.Row.Id);
    }

    /// <summary>Searches with all references of a case.</summary>
    /// <param name="of">The case.</param>
    /// <param name="options">How: how many, where, of which time. References for and against come from the case.</param>
    /// <param name="onlyNew">Only photos that the case has not shown before.</param>
    /// <param name="peek">What is found does not count as shown.</param>
    /// <param name="cancellation">Cancels the work between stages.</param>
    /// <exception cref="PeopleException">It is locked, or has no reference that can be used.</exception>
    public CaseMatches Matches(
        CaseView of,
        SearchOptions? options = null,
        bool onlyNew = false,
        bool peek = false,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(of);
        ThrowIfLocked(of);
        options ??= new();
        var shown = _readers.Ask(reader => reader.ReadShown(of.Row.Id));
        var references = Queries(of, CaseRole.For);
        if (references.Length == 0)
            throw new PeopleException(
                $"The case {of.Row.Details.Name} has no photo of the person that can be used: add one with `sosia case add`."
            );
        var found = _search.Search(references, QuestionOf(of, options, onlyNew ? shown.Count : 0), cancellation);
        CaseMatch[] matches =
        [
            .. found
                .Matches.Where(match => !match.IsQuery)
                .Select(match => new CaseMatch(match, references[0], !shown.Contains(match.Photo.Sha256)))
                .Where(match => match.IsNew || !onlyNew)
                .Take(options.Limit),
        ];
        matches = [.. matches.Select((match, i) => match with { Match = match.Match with { Rank = i + 1 } })];
        if (!peek && matches.Length > 0)
            using (var writer = _store.OpenWriter(overwrite: false))
                writer.NoteShown(of.Row.Id, [.. matches.Select(match => match.Match.Photo.Sha256)]);
        return new CaseMatches(of, found, WithReferences(matches, references));
    }

    /// <summary>A stored photo with the face that is nearest to the references of a case: the one that it was found by.</summary>
    /// <param name="of">The case.</param>
    /// <param name="photo">The photo.</param>
    /// <exception cref="PeopleException">It has no face that can be recognised.</exception>
    public QueryPhoto Nearest(CaseView of, PhotoId photo)
    {
        ArgumentNullException.ThrowIfNull(of);
        var references = Queries(of, CaseRole.For);
        var query = _queries.StoredPhoto(photo)?.Query;
        var faces = query?.Faces.Index().Where(face => face.Item.Embedding is not null).ToArray() ?? [];
        if (query is null || faces.Length == 0)
            throw new PeopleException("The photo has no face that can be recognised, so nothing can be said of it.");
        return query with
        {
            Face = faces
                .MaxBy(face =>
                    references.Select(reference => Similarity.Of(reference.Wanted.Embedding, face.Item.Embedding)).DefaultIfEmpty().Max()
                )
                .Index,
        };
    }

    /// <summary>As many more photos as may be left out of what is found; every photo is a match of its own, as something new may
    /// be.</summary>
    private SearchOptions QuestionOf(CaseView of, SearchOptions options, int shown) =>
        options with
        {
            Limit = (int)Math.Min((long)options.Limit + of.Faces.Count + shown, int.MaxValue),
            Negatives = Queries(of, CaseRole.Against),
            LeftOut = of.In(CaseRole.Rejected).Select(face => face.Face).OfType<FaceId>().ToHashSet(),
            Unfold = true,
        };

    /// <summary>Says of each match which reference is nearest to it.</summary>
    private CaseMatch[] WithReferences(CaseMatch[] matches, QueryPhoto[] references)
    {
        if (references.Length == 1)
            return matches;
        return
        [
            .. matches.Select(match =>
                match.Match.Face is { } face && _queries.StoredFace(face.Id)?.Query.Wanted.Embedding is { } row
                    ? match with
                    {
                        Reference = references.MaxBy(reference => Similarity.Of(reference.Wanted.Embedding, row))!,
                    }
                    : match
            ),
        ];
    }

    private QueryPhoto[] Queries(CaseView of, CaseRole role) => [.. of.In(role).Select(ToQuery).OfType<QueryPhoto>()];

    /// <summary>A face of a case as something to search with; null where neither the collection nor the case has its row.</summary>
    private QueryPhoto? ToQuery(CaseFace face)
    {
        if (face.Face is { } stored && _queries.StoredFace(stored)?.Query is { } query && query.Wanted.Embedding is not null)
            return query;
        if (face.Outside is not { } outside)
            return null;
        var read = new ReadFace(new DetectedFace(face.Place.Box, 1, default), NoCrop, default, outside.Row);
        return new QueryPhoto(outside.Path, face.Place.Sha256, [read], 0, 0, 0, 1);
    }

    private CaseFaceJudged Judged(CaseId of, QueryPhoto query, CaseRole role)
    {
        var row = PersonSearch.RowOf(query); // says what is wrong where there is no face
        return new(of, new FacePlace(query.Sha256, query.BoxOf(query.Face)), role)
        {
            Outside = role == CaseRole.Rejected ? null : new OutsideFace(_space().Key, row, query.Path),
        };
    }

    private CaseView ViewOf(CaseRow row, IVerdictReader reader) =>
        new(row, reader.ReadCaseFaces(row.Id, _space().Key), row.Details.Expires <= _clock.GetUtcNow());

    private static bool IsMeant(CaseRow row, string name) =>
        PersonName.AreSame(row.Details.Name, PersonName.Clean(name)) || row.Id.ToString() == name;

    private static void ThrowIfLocked(CaseView of)
    {
        var name = of.Row.Details.Name;
        if (of.IsExpired)
            throw new PeopleException(
                $"The case {name} expired on {of.Row.Details.LastDay:yyyy-MM-dd} and is locked: delete it with `sosia case delete`, "
                    + "or give it more time with `sosia case describe --expires`."
            );
        if (of.Row.Details.IsClosed)
            throw new PeopleException($"The case {name} is closed: open it again with `sosia case describe --open`.");
    }
}
