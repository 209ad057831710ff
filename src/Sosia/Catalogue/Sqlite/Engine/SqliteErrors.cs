using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>Says SQLite's errors in the catalogue's words: one sentence with what, why, and what to do.</summary>
internal static class SqliteErrors
{
    /// <summary>The catalogue's word for an error of SQLite.</summary>
    public static CatalogueException Translate(SqliteException error, string file) =>
        error.SqliteErrorCode switch
        {
            raw.SQLITE_IOERR when error.SqliteExtendedErrorCode == PageChecksums.Mismatch => Damaged(
                file,
                "a page does not fit its checksum",
                error
            ),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR => Damaged(file, error.Message, error),
            raw.SQLITE_FULL => new(
                CatalogueProblem.CannotWrite,
                $"The disk of {file} is full: free some space and run again; what was stored is safe.",
                error
            ),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new(
                CatalogueProblem.Locked,
                $"The catalogue {file} is in use by another program: wait until that has ended, and try again.",
                error
            ),
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN or raw.SQLITE_IOERR => CannotWrite(file, error.Message, error),
            _ => new(CatalogueProblem.Damaged, $"The catalogue {file} refused a statement ({error.Message}): run 'sosia verify'.", error),
        };

    /// <summary>Whether an error says that what was read is not what was written.</summary>
    public static bool IsDamage(SqliteException error) =>
        error.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB || error.SqliteExtendedErrorCode == PageChecksums.Mismatch;

    /// <summary>The stored bytes are not what was written.</summary>
    public static CatalogueException Damaged(string file, string why, Exception? inner = null) =>
        new(
            CatalogueProblem.Damaged,
            $"The catalogue {file} is damaged ({why}): restore it from a backup, or move it away and index the photos again.",
            inner
        );

    /// <summary>The file system refuses.</summary>
    public static CatalogueException CannotWrite(string path, string why, Exception? inner = null) =>
        new(
            CatalogueProblem.CannotWrite,
            $"The file system refuses access to {path} ({why}): check its permissions, and that its disk has room and can be written.",
            inner
        );
}
