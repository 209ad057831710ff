namespace Sosia.People.Absence;

/// <summary>Whether a confirmed face was found by a search with other faces of the same person.</summary>
/// <param name="Person">The person's number.</param>
/// <param name="Quality">Of the face, in [0, 1].</param>
/// <param name="IsFound">Whether it was.</param>
internal readonly record struct Trial(long Person, float Quality, bool IsFound);

/// <summary>Faces of like quality.</summary>
/// <param name="From">Least quality.</param>
/// <param name="Share">Share of the collection's faces.</param>
/// <param name="Trials">Confirmed faces of this quality that were left out and searched for.</param>
/// <param name="Missed">Those that were not found.</param>
public sealed record QualityBand(float From, double Share, int Trials, int Missed);

/// <summary>How often a search misses a photo in which the person appears.</summary>
/// <param name="Rate">The estimate, for a face of the collection's own mixture of qualities.</param>
/// <param name="UpperBound">The rate is at most this, with a confidence of 97.5%.</param>
/// <param name="People">People whose confirmed faces say so.</param>
/// <param name="Trials">Their faces, each left out once.</param>
/// <param name="Missed">Those that were not found.</param>
/// <param name="Bands">By quality, the poorest first.</param>
public sealed record MissRate(double Rate, double UpperBound, int People, int Trials, int Missed, IReadOnlyList<QualityBand> Bands)
{
    /// <summary>Fewer people say nothing of others.</summary>
    public const int FewestPeople = 5;

    /// <summary>Fewer trials say too little.</summary>
    public const int FewestTrials = 30;

    private const int MostBands = 4;
    private const int TrialsInBand = 20;
    private const int Replicates = 400;

    /// <summary>The normal quantile of 97.5%.</summary>
    private const double Sure = 1.959964;

    /// <summary>
    /// Estimates the rate. The trials are weighted so that their qualities are those of the collection's faces, for confirmed faces are
    /// mostly the good ones. How much faces of one person go together is taken from a bootstrap over people; the bound is Wilson's (1927)
    /// for as many independent trials as say equally much.
    /// </summary>
    /// <param name="trials">The trials.</param>
    /// <param name="qualities">The quality of each face of the collection that can be searched for.</param>
    /// <returns>Null where there are too few people or trials.</returns>
    internal static MissRate? Of(IReadOnlyList<Trial> trials, IReadOnlyList<float> qualities)
    {
        Trial[][] people = [.. trials.GroupBy(trial => trial.Person).Select(person => person.ToArray())];
        if (people.Length < FewestPeople || trials.Count < FewestTrials || qualities.Count == 0)
            return null;
        var limits = LimitsOf(trials, qualities);
        double[] shares = [.. BandsOf(qualities, limits).Select(count => (double)count / qualities.Count)];
        var counts = Count(people, limits);
        var rate = Weighted(counts, shares);
        var (independent, replicated) = (Variance(counts, shares), BootstrapVariance(people, limits, shares));
        var together = Math.Max(1, replicated / independent);
        var effective = rate * (1 - rate) / (independent * together);
        return new MissRate(
            rate,
            Wilson(rate, effective),
            people.Length,
            trials.Count,
            trials.Count(trial => !trial.IsFound),
            [
                .. shares.Select(
                    (share, band) => new QualityBand(band == 0 ? 0 : limits[band - 1], share, counts[band].Trials, counts[band].Missed)
                ),
            ]
        );
    }

    /// <summary>Qualities between bands: quarters of the collection's faces, as far as each has trials enough.</summary>
    private static float[] LimitsOf(IReadOnlyList<Trial> trials, IReadOnlyList<float> qualities)
    {
        var sorted = qualities.Order().ToArray();
        for (var bands = MostBands; bands > 1; bands--)
        {
            float[] limits =
            [
                .. Enumerable.Range(1, bands - 1).Select(band => sorted[(int)((long)sorted.Length * band / bands)]).Distinct(),
            ];
            if (BandsOf([.. trials.Select(trial => trial.Quality)], limits).All(count => count >= TrialsInBand))
                return limits;
        }
        return [];
    }

    private static int[] BandsOf(IReadOnlyList<float> qualities, float[] limits)
    {
        var counts = new int[limits.Length + 1];
        foreach (var quality in qualities)
            counts[BandOf(quality, limits)]++;
        return counts;
    }

    private static int BandOf(float quality, float[] limits) => limits.Count(limit => quality >= limit);

    private static (int Trials, int Missed)[] Count(IEnumerable<Trial[]> people, float[] limits)
    {
        var counts = new (int Trials, int Missed)[limits.Length + 1];
        foreach (var person in people)
        foreach (var trial in person)
        {
            ref var band = ref counts[BandOf(trial.Quality, limits)];
            band = (band.Trials + 1, band.Missed + (trial.IsFound ? 0 : 1));
        }
        return counts;
    }

    /// <summary>With half a trial more on each side, so that no band is said never to miss.</summary>
    private static double RateOf((int Trials, int Missed) band) => (band.Missed + 0.5) / (band.Trials + 1);

    /// <summary>The rate of all bands together; one that a replicate has no trial of is taken to be like the others.</summary>
    private static double Weighted((int Trials, int Missed)[] counts, double[] shares)
    {
        var all = RateOf((counts.Sum(band => band.Trials), counts.Sum(band => band.Missed)));
        return counts.Zip(shares, (band, share) => share * (band.Trials > 0 ? RateOf(band) : all)).Sum();
    }

    private static double Variance((int Trials, int Missed)[] counts, double[] shares) =>
        counts.Zip(shares, (band, share) => share * share * RateOf(band) * (1 - RateOf(band)) / (band.Trials + 1)).Sum();

    private static double BootstrapVariance(Trial[][] people, float[] limits, double[] shares)
    {
        var random = new Random(1);
        var rates = new double[Replicates];
        for (var i = 0; i < rates.Length; i++)
            rates[i] = Weighted(Count(Enumerable.Range(0, people.Length).Select(_ => people[random.Next(people.Length)]), limits), shares);
        var mean = rates.Average();
        return rates.Sum(rate => (rate - mean) * (rate - mean)) / (rates.Length - 1);
    }

    private static double Wilson(double rate, double trials)
    {
        var square = Sure * Sure;
        var middle = rate + square / (2 * trials);
        var half = Sure * Math.Sqrt(rate * (1 - rate) / trials + square / (4 * trials * trials));
        return Math.Min(1, (middle + half) / (1 + square / trials));
    }
}
