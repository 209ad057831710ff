using System.Data.Common;

namespace Sosia.Catalogue.Sql.Engine;

/// <summary>A query, and what is made of its rows.</summary>
/// <param name="Sql">The query.</param>
/// <param name="Value">Its only parameter.</param>
/// <param name="Take">Makes it; more than once, where the query has to be asked again.</param>
internal sealed record Question<T>(string Sql, object Value, Func<DbDataReader, T> Take)
{
    /// <summary>Asks it in a transaction that is open.</summary>
    public T Ask(SqlDatabase database)
    {
        using var rows = database.Query(Sql, Value);
        return Take(rows);
    }
}
