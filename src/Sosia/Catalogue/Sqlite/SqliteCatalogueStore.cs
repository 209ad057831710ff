using Sosia.Catalogue.Sqlite.Engine;
using Sosia.Vectors.Files;

namespace Sosia.Catalogue.Sqlite;

/// <summary>
/// A catalogue in one SQLite file, <c>catalogue.db</c> in the collection's directory. A commit survives a crash and a power cut
/// (write-ahead log, <c>synchronous=FULL</c>); readers see what has been committed and never wait for the writer.
/// </summary>
/// <param name="directory">The collection's directory.</param>
/// <param name="time">Tells a refused second writer since when the first one writes; the system's clock when null.</param>
public sealed class SqliteCatalogueStore(string directory, TimeProvider? time = null) : ICatalogueStore
{
    private readonly string _directory = Path.GetFullPath(directory);

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
        return new SqliteReader(database);
    }

    /// <inheritdoc/>
    public ICatalogueWriter OpenWriter()
    {
        CreateDirectory();
        var writerLock = WriterLock.Take(_directory, time ?? TimeProvider.System);
        try
        {
            var writer = new SqliteWriter(SqliteFile.OpenToWrite(File), writerLock);
            writer.FinishErasing();
            FileBeside.DeleteLeftovers(File);
            return writer;
        }
        catch
        {
            writerLock.Dispose();
            throw;
        }
    }

    // Faces are nobody else's business: a new directory is its owner's alone.
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
