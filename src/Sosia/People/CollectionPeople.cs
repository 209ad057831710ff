using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.People.Cases;
using Sosia.People.Groups;
using Sosia.People.Names;
using Sosia.Search;
using Sosia.Search.Ranking;

namespace Sosia.People;

/// <summary>What <see cref="CollectionPeople.Group"/> did.</summary>
/// <param name="Faces">Faces in groups: those with an embedding.</param>
/// <param name="Groups">Groups, those of one face and those with a named person included.</param>
/// <param name="Elapsed">The time that it took.</param>
public sealed record GroupingResult(int Faces, int Groups, TimeSpan Elapsed);

/// <summary>
/// The people of a collection: groups of faces that are proposed, and what somebody said of them, which is never lost and can be undone.
/// Safe for many callers.
/// </summary>
public sealed partial class CollectionPeople
{
    /// <summary>When more than this share of the faces is new, all are grouped again: it takes no longer and is more exact.</summary>
    private const double MostNew = 0.2;

    /// <summary>Groups are written again after so many faces came and went: to put those in again takes a search each.</summary>
    private const int MostUnwritten = 64;

    private readonly string _directory;
    private readonly ICatalogueStore _store;
    private readonly CatalogueReaders _readers;
    private readonly IVectorStore _vectors;
    private readonly Func<SpaceName> _space;
    private readonly QueryReader _queries;
    private readonly ScoreMeanings _meanings;
    private readonly TimeProvider _clock;
    private readonly DrawnFaces _drawn;
    private volatile FaceGroups? _known;

    internal CollectionPeople(
        string directory,
        CatalogueReaders readers,
        IVectorStore vectors,
        Func<SpaceName> space,
        QueryReader queries,
        PhotoSearch search,
        ScoreMeanings meanings,
        DrawnFaces drawn,
        TimeProvider clock
    )
    {
        (_directory, _store, _readers, _vectors, _space) = (directory, readers.Store, readers, vectors, space);
        (_queries, _meanings, _drawn, _clock) = (queries, meanings, drawn, clock);
        Cases = new CollectionCases(readers.Store, readers, queries, search, space, clock);
        Calibrating = new CollectionCalibration(readers, this, meanings, space, clock);
        Absence = new CollectionAbsence(readers, this, space, meanings, clock);
        Xmp = new PeopleXmp(readers.Store, readers, drawn, clock);
    }

    /// <summary>What scores mean on these photos.</summary>
    public CollectionCalibration Calibrating { get; }

    /// <summary>Says that somebody is not there.</summary>
    public CollectionAbsence Absence { get; }

    /// <summary>Face regions of other programs.</summary>
    public PeopleXmp Xmp { get; }

    /// <summary>Searches that are kept, with references for and against.</summary>
    public CollectionCases Cases { get; }

    /// <summary>Groups all faces from the beginning.</summary>
    /// <param name="options">How.</param>
    /// <param name="progress">Told of how many faces the neighbours were searched.</param>
    /// <param name="cancellation">Cancels the work; the groups stay as they were.</param>
    /// <exception cref="CatalogueException">No collection, or it has no faces of this model.</exception>
    /// <exception cref="OptionException">A setting that makes no sense.</exception>
    public GroupingResult Group(GroupingOptions? options = null, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new();
        OptionsCheck.Check(options);
        var started = _clock.GetTimestamp();
        var groups = Ask(reader => MakeAsync(reader, options.Threshold, progress, cancellation));
        return new GroupingResult(groups.Faces, groups.Groups.Count, _clock.GetElapsedTime(started));
    }

    /// <summary>Everybody, as of now: faces that came since they were grouped are put into the groups, which costs a search each.</summary>
    /// <param name="cancellation">Cancels the work.</param>
    /// <exception cref="CatalogueException">No collection, or it is damaged.</exception>
    public PeopleView Read(CancellationToken cancellation = default) =>
        Ask(async reader =>
        {
            var groups = await CurrentAsync(reader, cancellation);
            var (last, people, verdicts) = Said(reader);
            return PeopleView.Of(people, verdicts, groups.Groups, last);
        });

    /// <inheritdoc cref="Read"/>
    public Task<PeopleView> ReadAsync(CancellationToken cancellation = default) => OnAThread.Run(() => Read(cancellation));

    /// <summary>The changes that were made, the last one first.</summary>
    public IReadOnlyList<JournalEntry> Journal(int most, long? before = null) => _readers.Ask(reader => reader.ReadJournal(before, most));

    /// <summary>The people that have names, and groups that have none, by what somebody typed.</summary>
    /// <param name="view">Everybody.</param>
    /// <param name="who">A name in any case, a person's number, or the name of a group.</param>
    /// <exception cref="PeopleException">Nobody, or several people of one name.</exception>
    public static PersonGroup Find(PeopleView view, string who)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (PersonGroup.FaceIn(who) is { } face && view.Groups.FirstOrDefault(group => group.Faces.Contains(face)) is { } group)
            return group;
        if (
            long.TryParse(who, out var number) && view.People.FirstOrDefault(person => person.Person!.Value.Value == number) is { } numbered
        )
            return numbered;
        var found = Named(view, who);
        return found switch
        {
            [var only] => only,
            [] => throw new PeopleException($"Nobody is called {who}: `sosia people list` shows who there is."),
            _ => throw new PeopleException(
                $"{found.Count} people are called {found[0].Name}: say which by number ({string.Join(", ", found.Select(Describe))})."
            ),
        };
    }

    private static List<PersonGroup> Named(PeopleView view, string name)
    {
        var clean = PersonName.Clean(name);
        return [.. view.People.Where(person => PersonName.AreSame(person.Name!, clean))];
    }

    private static string Describe(PersonGroup person) => $"{person.Id} with {person.Confirmed.Count} faces";

    private T Ask<T>(Func<ISearchReader, ValueTask<T>> question) => Blocking.Wait(_readers.AskAsync(reader => question(reader)));

    /// <summary>What was said, read until nobody says something more meanwhile.</summary>
    private static (long Last, IReadOnlyList<PersonRow> People, IReadOnlyList<FaceVerdict> Verdicts) Said(IVerdictReader reader)
    {
        while (true)
        {
            var last = LastChange(reader);
            var (people, verdicts) = (reader.ReadPeople(), reader.ReadVerdicts());
            if (LastChange(reader) == last)
                return (last, people, verdicts);
        }
    }

    private static long LastChange(IVerdictReader reader) => reader.ReadJournal(null, 1) is [var last] ? last.Id : 0;

    private async ValueTask<FaceGroups> CurrentAsync(ISearchReader reader, CancellationToken cancellation)
    {
        if (SpaceIn(reader) is not { } space)
            return new FaceGroups(reader.Identity, reader.Revision, GroupingOptions.DefaultThreshold, []);
        var file = new GroupFile(_directory, _space().Key);
        var known = _known is { } kept && kept.Written == file.Written ? kept : file.Read();
        if (known is null || known.Catalogue != reader.Identity)
            return await MakeAsync(reader, GroupingOptions.DefaultThreshold, null, cancellation);
        if (known.Revision == reader.Revision || reader.IsBehind(known.Revision))
            return known;
        var changes = reader.ReadChangedOwners(space, known.Revision, cancellation);
        if (changes is null || changes.Added.Count > MostNew * known.Faces)
            return await MakeAsync(reader, known.Threshold, null, cancellation);
        var changed = changes.Added.Count + changes.Removed.Count;
        if (changed > 0)
            known = known with { Groups = await UpdatedAsync(known, changes, reader, cancellation) };
        known = known with { Revision = changes.Revision, UnwrittenFaces = known.UnwrittenFaces + changed };
        return known.UnwrittenFaces > MostUnwritten ? Keep(known) : _known = known;
    }

    private ValueTask<IReadOnlyList<IReadOnlyList<FaceId>>> UpdatedAsync(
        FaceGroups known,
        OwnerChanges changes,
        ISearchReader reader,
        CancellationToken cancellation
    ) =>
        _vectors.AskAsync(
            _space(),
            reader,
            async vectors =>
            {
                var update = new GroupUpdate(known.Groups, reader, vectors, new SaidOfFaces(reader.ReadVerdicts()), known.Threshold);
                update.Remove(changes.Removed.Select(face => new FaceId(face)));
                await update.AddAsync([.. changes.Added.Select(face => new FaceId(face))], cancellation);
                return update.Groups;
            },
            cancellation
        );

    private async ValueTask<FaceGroups> MakeAsync(
        ISearchReader reader,
        float threshold,
        IProgress<int>? progress,
        CancellationToken cancellation
    )
    {
        var space = SpaceIn(reader)
            ?? throw new CatalogueException(
                CatalogueProblem.NotFound,
                $"The collection has no faces of the model {_space().Model}: index some photos first."
            );
        var groups = await _vectors.AskAsync(
            _space(),
            reader,
            async vectors =>
            {
                var table = FaceTable.Read(reader, space, cancellation);
                var said = new SaidOfFaces(reader.ReadVerdicts());
                Action<int>? report = progress is null ? null : progress.Report;
                var made = await GroupMaker.MakeAsync(table, vectors, said, threshold, report, cancellation);
                return new FaceGroups(reader.Identity, table.Revision, threshold, made);
            },
            cancellation
        );
        _vectors.RenewLater(_space());
        return Keep(groups);
    }

    private SpaceId? SpaceIn(IEmbeddingReader reader) => reader.FindSpace(_space().Key)?.Id;

    /// <summary>Where they can't be kept, they are made again the next time.</summary>
    private FaceGroups Keep(FaceGroups groups)
    {
        var file = new GroupFile(_directory, _space().Key);
        try
        {
            file.Write(groups);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // a full or read-only disk: they are derived
        }
        return _known = groups with { UnwrittenFaces = 0, Written = file.Written };
    }
}
