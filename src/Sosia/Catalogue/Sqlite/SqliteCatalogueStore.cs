using Sosia.Catalogue.Sql;
using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Vectors.Files;

namespace Sosia.Catalogue.Sqlite;

/// <summary>
/// A catalogue in one SQLite file, <c>catalogue.db</c> in the collection's directory. A commit survives a crash and a power cut
/// (write-ahead log, <c>synchronous=FULL</c>); readers see what has been committed and never wait for a writer.
/// </summary>
/// <param name="directory">The collection's directory.</param>
/// <param name="time">Tells who is refused since when another holds the lock; the system's clock when null.</param>
internal sealed class SqliteCatalogueStore(string directory, TimeProvider? time = null) : ICatalogueStore
{
    private readonly string _directory = Path.GetFullPath(directory);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>How long a writer waits for another one.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Rows of embeddings that a reader lays into one piece of memory, at most.</summary>
    internal int MostRowsAPiece { get; init; } = int.MaxValue;

    /// <summary>The collection's directory, as a full path.</summary>
    public string DirectoryPath => _directory;

    /// <summary>The catalogue's file.</summary>
    public string File => Path.Combine(_directory, "catalogue.db");

    /// <inheritdoc/>
    public ICatalogueReader OpenReader()
    {
        if (!SqliteFile.Holds(File))
            throw new CatalogueException(CatalogueProblem.Missing, $"There is no catalogue at {File}: index some photos first.");
        var (database, schema) = SqliteFile.OpenToRead(File);
        if (schema < Schema.Version)
        {
            database.Dispose();
            OpenWriter().Dispose(); // brings it forward
            (database, _) = SqliteFile.OpenToRead(File);
        }
        return new SqlReader(database) { MostRowsAPiece = MostRowsAPiece };
    }

    /// <inheritdoc/>
    public ICatalogueWriter OpenWriter(bool overwrite = true)
    {
        CreateDirectory();
        return OpenWriter(new WriterLock(_directory, _time) { Patience = Patience }, indexerLock: null, overwrite);
    }

    /// <inheritdoc/>
    public ICatalogueWriter OpenIndexer(CancellationToken cancellation = default) => OpenAlone(cancellation);

    /// <summary>Opens for an indexing run, and keeps other runs out; waits for other writers as long as they take.</summary>
    internal SqliteWriter OpenAlone(CancellationToken cancellation)
    {
        CreateDirectory();
        var indexerLock = IndexerLock.Take(_directory, _time);
        try
        {
            var patient = new WriterLock(_directory, _time) { Patience = TimeSpan.MaxValue, Cancellation = cancellation };
            return OpenWriter(patient, indexerLock, overwrite: true);
        }
        catch
        {
            indexerLock.Dispose();
            throw;
        }
    }

    private SqliteWriter OpenWriter(WriterLock writerLock, IDisposable? indexerLock, bool overwrite)
    {
        using var alone = writerLock.Enter(); // two that bring a catalogue forward would do it twice
        var writer = new SqliteWriter(SqliteFile.OpenToWrite(File), writerLock, indexerLock);
        if (overwrite)
            writer.Overwrite();
        FileBeside.DeleteLeftovers(File);
        return writer;
    }

    // Faces are private: only its owner may read a new directory.
    private void CreateDirectory()
    {
        try
        {
            PrivateFile.CreateDirectory(_directory);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw SqliteErrors.CannotWrite(_directory, refused.Message, refused);
        }
    }
}
