using System.Data.Common;

namespace Sosia.Catalogue.Sql.Engine;

/// <summary>
/// A connection to a database that keeps a catalogue, for one caller at a time. Every piece of work runs in a transaction, sees one moment,
/// and fails in the catalogue's words. Statements are the same for every kind of database, with parameters $1, $2, …; where they can't
/// be, this class says how.
/// </summary>
internal abstract class SqlDatabase : IDisposable
{
    private static readonly IReadOnlySet<FileOutcome> NoOutcomes = new HashSet<FileOutcome>();

    /// <summary>What messages call the catalogue: where it is.</summary>
    public abstract string Name { get; }

    /// <summary>Runs work that only reads, on one snapshot.</summary>
    public abstract T Read<T>(Func<T> work);

    /// <summary>Runs work that only reads, and is a single statement.</summary>
    public virtual T ReadOne<T>(Func<T> work) => Read(work);

    /// <summary>Asks two questions of one moment; a database on another machine gets both in one message.</summary>
    public virtual (TOne One, TOther Other) ReadBoth<TOne, TOther>(Question<TOne> one, Question<TOther> other) =>
        Read(() => (one.Ask(this), other.Ask(this)));

    /// <summary>Runs work that changes something. It may be run again, where the database had to give it up.</summary>
    /// <param name="work">The work.</param>
    /// <param name="changed">Whether the result says that anything changed; if not, nothing is written.</param>
    public abstract T Write<T>(Func<T> work, Func<T, bool> changed);

    /// <summary>Runs a statement for its effect.</summary>
    /// <returns>Rows changed.</returns>
    public abstract int Run(string sql, params ReadOnlySpan<object?> values);

    /// <summary>The first column of the first row; null when there is no row or it is NULL.</summary>
    public abstract object? Value(string sql, params ReadOnlySpan<object?> values);

    /// <summary>The rows of a query; to be read to the end before another statement runs.</summary>
    public abstract DbDataReader Query(string sql, params ReadOnlySpan<object?> values);

    /// <summary>What is stored is not what was written.</summary>
    public abstract CatalogueException Damaged(string why);

    /// <summary>A list as a parameter, of which <see cref="RowsOfList"/> makes rows.</summary>
    public abstract object List(IEnumerable<long> numbers);

    /// <summary>A query in parentheses: a parameter that is a <see cref="List"/>, as rows of one column.</summary>
    public abstract string RowsOfList(string parameter);

    /// <summary>A condition: whether a row of <c>photos</c> is the photo of a hash.</summary>
    /// <param name="photos">The table's name in the statement.</param>
    /// <param name="sha256">An expression: the hash in hex.</param>
    public abstract string IsPhoto(string photos, string sha256);

    /// <summary>A condition: whether a query has any row.</summary>
    /// <param name="from">What follows its SELECT list.</param>
    // Not EXISTS: for that PostgreSQL may lay a whole table into memory, each time.
    public virtual string Any(string from) => $"(SELECT 1 FROM {from} LIMIT 1) IS NOT NULL";

    /// <summary>The table of files, or that part of it that is of some photos: where a join would read all of it.</summary>
    /// <param name="photos">A query in parentheses: the numbers of all photos that are meant.</param>
    public virtual string FilesOf(string photos) => "files";

    /// <summary>The same of the table of photos.</summary>
    /// <inheritdoc cref="FilesOf"/>
    public virtual string PhotosOf(string photos) => "photos";

    /// <summary>Whether what is asked of photos beside other tables has to be a query of its own: where their rows lie on several machines.
    /// </summary>
    public virtual bool AsksPhotosApart => false;

    /// <summary>What follows the condition of a join of what belongs to one photo, where tables are kept by photo.</summary>
    /// <param name="one">A table's name in the statement.</param>
    /// <param name="other">That of the other one.</param>
    public virtual string KeptWith(string one, string other) => "";

    /// <summary>As <see cref="KeptWith"/>, for the rows of one photo.</summary>
    /// <param name="table">A table's name in the statement.</param>
    /// <param name="number">An expression: the number of the photo, or of one of its faces.</param>
    public virtual string KeptFor(string table, string number) => "";

    /// <summary>What follows the last column of an INSERT into a table that is kept by photo.</summary>
    public virtual string KeptBy => "";

    /// <summary>The value of <see cref="KeptBy"/>.</summary>
    /// <param name="photo">An expression: the photo's number.</param>
    public virtual string KeptAt(string photo) => "";

    /// <summary>As <see cref="KeptBy"/>, for faces, where their numbers are not the database's own.</summary>
    public virtual string FaceNumberedBy => "";

    /// <summary>The value of <see cref="FaceNumberedBy"/>.</summary>
    /// <param name="photo">An expression: the number of the face's photo.</param>
    public virtual string FaceNumber(string photo) => "";

    /// <summary>Stores a photo without faces.</summary>
    /// <returns>Its number.</returns>
    public abstract long InsertPhoto(NewPhoto photo);

    /// <summary>
    /// Where several write at the same time: keeps others from changing some photos until the transaction ends, and stores those that are
    /// new, with all that can be stored at once.
    /// </summary>
    /// <param name="spaces">The spaces of a commit.</param>
    /// <param name="outcomes">What it stores.</param>
    /// <returns>Those that are stored.</returns>
    public virtual IReadOnlySet<FileOutcome> Claim(IndexedSpaces spaces, IReadOnlyList<FileOutcome> outcomes) => NoOutcomes;

    /// <summary>Where several write at the same time: keeps others from changing a photo until the transaction ends.</summary>
    public virtual void Claim(IReadOnlyList<PhotoId> photos) { }

    /// <summary>
    /// Where several write at the same time: waits for its turn, until the transaction ends, to do what must not be done by two, such as
    /// saying who is who, or making a space.
    /// </summary>
    public virtual void TakeTurn() { }

    /// <summary>After rows were stored with numbers of their own: new ones get higher numbers.</summary>
    public virtual void NumberAfter(string table) { }

    /// <summary>Whether this is a replica that has not got a revision yet.</summary>
    public virtual bool IsBehind(Revision revision) => false;

    /// <summary>Makes room for a new space.</summary>
    public virtual void MakeRoom(SpaceId space, SpaceInfo info) { }

    /// <summary>The rows of embeddings of a kind.</summary>
    public abstract RowsOf Rows(SpaceKind kind);

    /// <summary>Until the transaction ends, a row may refer to one that is not there.</summary>
    public virtual void DeferReferences() { }

    /// <summary>What an earlier writer forgot may still stand in bytes that a later one overwrites.</summary>
    public virtual bool IsOverwritingDue => false;

    /// <summary>Adds a sentence for each thing that is wrong below the level of tables.</summary>
    public virtual void CheckStructure(List<string> problems) { }

    /// <summary>Writes all that is committed into an empty file.</summary>
    /// <exception cref="NotSupportedException">The database is no file.</exception>
    public virtual void CopyTo(string path) => throw new NotSupportedException($"{Name} is not copied into a file.");

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the connection.</summary>
    protected abstract void Dispose(bool disposing);
}
