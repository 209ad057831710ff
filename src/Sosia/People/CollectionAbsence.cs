using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.People.Absence;
using Sosia.People.Cases;
using Sosia.People.Names;
using Sosia.Search;
using Sosia.Search.Ranking;

namespace Sosia.People;

/// <summary>Certifies that a person is not in a collection, with how far that can be trusted.</summary>
public sealed class CollectionAbsence
{
    private const int FacesAtOnce = 4096;

    /// <summary>Matches that are counted; one is enough for nothing to be certified.</summary>
    private const int MostMatches = 1000;

    private readonly CatalogueReaders _readers;
    private readonly CollectionPeople _people;
    private readonly Func<SpaceName> _space;
    private readonly ScoreMeanings _meanings;
    private readonly TimeProvider _clock;

    internal CollectionAbsence(
        CatalogueReaders readers,
        CollectionPeople people,
        Func<SpaceName> space,
        ScoreMeanings meanings,
        TimeProvider clock
    )
    {
        (_readers, _people, _space) = (readers, people, space);
        (_meanings, _clock) = (meanings, clock);
    }

    /// <summary>
    /// Searches with all references of a case, and measures how often such a search misses: each confirmed face of people who have a name
    /// is left out once, with all of its photo, and searched for with as many of the person's other faces as the case has references. A
    /// face that somebody had to draw counts as missed.
    /// </summary>
    /// <param name="of">The case.</param>
    /// <param name="cancellation">Cancels the work.</param>
    /// <exception cref="PeopleException">The case is locked, or has no reference that can be used.</exception>
    /// <exception cref="QueryException">The model has no calibration.</exception>
    public AbsenceCertificate Certify(CaseView of, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(of);
        // Without the references against: what they take from a score is not in the misses that are measured.
        var plain = of with { Faces = [.. of.Faces.Where(face => face.Role != CaseRole.Against)] };
        var found = _people.Cases.Matches(plain, new SearchOptions { Limit = MostMatches }, peek: true, cancellation: cancellation);
        var references = found.Search.Queries;
        var threshold = _meanings.ThresholdOf(RuleOf(references.Count), references.Count);
        var view = _people.Read(cancellation);
        return _readers.Ask(reader =>
        {
            var space = reader.FindSpace(_space().Key)
                ?? throw new CatalogueException(
                    CatalogueProblem.NotFound,
                    "The collection has no faces of this model: index some photos first."
                );
            var (trials, qualities) = (Trials(view, references.Count, reader), QualitiesOf(reader, cancellation));
            return new AbsenceCertificate
            {
                Case = of.Row.Details.Name,
                Purpose = of.Row.Details.Purpose,
                At = _clock.GetUtcNow(),
                Revision = reader.Revision,
                Photos = reader.Count(),
                Faces = reader.CountEmbeddings(space.Id),
                References = [.. references.Select(query => query.Sha256)],
                Rule = RuleOf(references.Count),
                Threshold = threshold,
                Meaning = _meanings.Of(RuleOf(references.Count), references.Count, threshold),
                Rejected = of.In(CaseRole.Rejected).Count(),
                Matches = found.Matches.Count(match => match.Match.Score >= threshold),
                Misses = MissRate.Of(trials, qualities),
                Model = _space().Model,
                ModelSha256 = _meanings.Model.Entry.Sha256,
                Space = _space().Key,
                FoundBy = reader.CountByProvenance(space.Id),
                CalibratedOn = _meanings.Calibration?.MeasuredOn ?? "not calibrated",
            };
        });
    }

    private static ScoringRule RuleOf(int references) => references > 1 ? ScoringRule.Mean : ScoringRule.Plain;

    private List<Trial> Trials(PeopleView view, int references, ICatalogueReader reader)
    {
        var trials = new List<Trial>();
        foreach (var person in view.People)
        {
            var known = Blocking.Wait(_people.ConfirmedAsync(person, reader));
            trials.AddRange(
                FoundAgain.Of(person.Person!.Value.Value, known, references, count => _meanings.ThresholdOf(RuleOf(count), count))
            );
        }
        return trials;
    }

    private static List<float> QualitiesOf(IPhotoList reader, CancellationToken cancellation)
    {
        var qualities = new List<float>();
        IReadOnlyList<FaceRow> faces;
        for (var last = new FaceId(0); (faces = reader.Faces(last, FacesAtOnce)).Count > 0; last = faces[^1].Id)
        {
            cancellation.ThrowIfCancellationRequested();
            qualities.AddRange(faces.Where(face => face.HasEmbedding).Select(face => face.Quality.Score));
        }
        return qualities;
    }
}
