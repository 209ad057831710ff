namespace Sosia.Postgres;

/// <summary>
/// What a collection of so many faces takes, by what was measured: docs/scale.md has the measurements, with two faces a photo and 512
/// dimensions, and says which of them hold for more.
/// </summary>
/// <param name="faces">Faces.</param>
/// <param name="photosPerDay">Photos that are to be indexed in a day; null for all of them in a month.</param>
public sealed class ScalePlan(long faces, double? photosPerDay = null)
{
    private const double FacesAPhoto = 2;
    private const long BytesInDatabase = 3_286; // rows 2,767, faces 186, photos 150, files 108, changes 75
    private const long BytesInIndex = 2_300;
    private const long BytesInMemory = 128;
    private const double SecondsAMillion = 34;
    private const double PhotosASecond = 13.1; // of 12 megapixels, two cores: docs/large-photos.md
    private const double DaysAMonth = 30,
        SecondsADay = 86_400;

    /// <summary>From here on a reader's first start takes an hour, or its records more memory than most machines have.</summary>
    private const long MostOfOneReader = 100_000_000;

    /// <summary>From here on a single server's tables are not to be vacuumed or restored in a day.</summary>
    private const long MostOfOneServer = 300_000_000;

    /// <summary>From here on search in the database by HNSW is out of reach of one server: its graph must fit memory.</summary>
    private const long MostOfHnsw = 20_000_000;

    /// <summary>Bytes in the database, with its indexes.</summary>
    public long Bytes => faces * BytesInDatabase;

    /// <summary>Bytes of a reader's index files.</summary>
    public long ReaderDisk => faces * BytesInIndex;

    /// <summary>Bytes of them that every search reads, and that must fit memory.</summary>
    public long ReaderMemory => faces * BytesInMemory;

    /// <summary>Seconds until a reader without an index has made one.</summary>
    public double IndexSeconds => faces * SecondsAMillion / 1e6;

    /// <summary>Machines of two cores that read the photos, of 12 megapixels.</summary>
    public long Machines =>
        Math.Max(1, (long)Math.Ceiling((photosPerDay ?? faces / FacesAPhoto / DaysAMonth) / (PhotosASecond * SecondsADay)));

    /// <summary>What breaks first, and the next step, in a sentence.</summary>
    public string FirstToBreak =>
        faces switch
        {
            > MostOfOneServer =>
                "One server is too small for this: spread the tables over machines by bucket, and let readers hold a range of "
                    + "buckets each.",
            > MostOfOneReader => "A reader's first start breaks first: keep its index files, hand them from one reader to the next, or let "
                + "readers hold a range of buckets each.",
            > MostOfHnsw => "An HNSW index in the database would take days to make and to vacuum: search near the reader.",
            > 1_000_000 => "One server and readers beside it carry this; more machines only speed up indexing.",
            _ => "A directory on one machine carries this too: a database is for several machines that index, or several that search.",
        };
}
