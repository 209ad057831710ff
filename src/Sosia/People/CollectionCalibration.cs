using Sosia.Catalogue;
using Sosia.People.Calibrating;
using Sosia.People.Groups;
using Sosia.People.Names;
using Sosia.Search;
using Sosia.Search.Calibrating;
using Sosia.Search.Ranking;

namespace Sosia.People;

/// <summary>What a rate takes under the model's calibration and under the collection's own.</summary>
/// <param name="Rate">A false match rate.</param>
/// <param name="ModelScore">The score that reaches it by the model's calibration, of a search with one photo.</param>
/// <param name="Score">The same by the collection's own.</param>
/// <param name="Meaning">What that score means, with its bounds.</param>
public sealed record CalibratedRate(double Rate, float ModelScore, float Score, ScoreMeaning Meaning);

/// <summary>What <see cref="CollectionCalibration.Make"/> measured.</summary>
/// <param name="Photos">Photos of several people.</param>
/// <param name="LeftOut">Those of them that show somebody twice: mirrors, pictures in pictures, collages.</param>
/// <param name="Comparisons">Comparisons of two faces in one photo.</param>
/// <param name="Rates">What some rates take.</param>
public sealed record CalibrationResult(int Photos, int LeftOut, long Comparisons, IReadOnlyList<CalibratedRate> Rates);

/// <summary>
/// What scores mean on the photos of a collection itself: two faces in one photo are two people, so every photo of several people says how
/// high strangers score with these cameras and these people.
/// </summary>
public sealed class CollectionCalibration
{
    private static readonly double[] Rates = [1e-2, 1e-3, Calibration.DecidingRate, 1e-5];

    private readonly CatalogueReaders _readers;
    private readonly CollectionPeople _people;
    private readonly ScoreMeanings _meanings;
    private readonly Func<SpaceName> _space;
    private readonly TimeProvider _clock;

    internal CollectionCalibration(
        CatalogueReaders readers,
        CollectionPeople people,
        ScoreMeanings meanings,
        Func<SpaceName> space,
        TimeProvider clock
    ) => (_readers, _people, _meanings, _space, _clock) = (readers, people, meanings, space, clock);

    /// <summary>Measures, and keeps the calibration: from now on it says what scores mean in this collection.</summary>
    /// <param name="cancellation">Cancels the work; the calibration stays as it was.</param>
    /// <exception cref="PeopleException">There are too few comparisons.</exception>
    /// <exception cref="QueryException">The model has no calibration.</exception>
    /// <exception cref="CatalogueException">No collection, or it has no faces of this model.</exception>
    public CalibrationResult Make(CancellationToken cancellation = default)
    {
        var models = _meanings.OfModel
            ?? throw new QueryException(
                $"The model '{_space().Model}' has no calibration, and a collection's own is made beside it: make one with `sosia eval lfw "
                    + "DIR --calibrate`.",
                QueryProblem.NotCalibrated
            );
        var pairs = Measure(cancellation);
        var used = pairs.Photos - pairs.LeftOut;
        var measuredOn =
            $"{used:N0} photos of several people in this collection, {_clock.GetUtcNow():yyyy-MM-dd}, beside {models.MeasuredOn}";
        var own = OwnCalibration.Build(pairs.Scores, models, measuredOn)
            ?? throw new PeopleException(
                $"{used:N0} photos of several people give {pairs.Scores.Comparisons:N0} comparisons, and a calibration takes "
                    + $"{ScoreMap.FewestComparisons:N0}: the model's own stays in use."
            );
        _meanings.Own.Write(own);
        _meanings.LookAgain();
        return new CalibrationResult(
            pairs.Photos,
            pairs.LeftOut,
            pairs.Scores.Comparisons,
            [
                .. Rates.Select(rate =>
                {
                    var score = own.Threshold(ScoringRule.Plain, 1, rate);
                    var meaning = own.Meaning(ScoringRule.Plain, 1, score);
                    return new CalibratedRate(rate, models.Threshold(ScoringRule.Plain, 1, rate), score, meaning);
                }),
            ]
        );
    }

    /// <summary>Goes back to the model's calibration.</summary>
    /// <returns>Whether the collection had one of its own.</returns>
    public bool Remove()
    {
        var had = _meanings.Own.Remove();
        _meanings.LookAgain();
        return had;
    }

    /// <summary>The comparisons that the collection's photos give.</summary>
    internal PairsInPhotos Measure(CancellationToken cancellation)
    {
        var view = _people.Read(cancellation);
        return _readers.Ask(reader =>
        {
            var space = reader.FindSpace(_space().Key)
                ?? throw new CatalogueException(
                    CatalogueProblem.NotFound,
                    $"The collection has no faces of the model {_space().Model}: index some photos first."
                );
            var table = FaceTable.Read(reader, space.Id, cancellation);
            return PairsInPhotos.Read(table, view.All.Select(of => of.Faces.ToArray()), GroupingOptions.DefaultThreshold, cancellation);
        });
    }
}
