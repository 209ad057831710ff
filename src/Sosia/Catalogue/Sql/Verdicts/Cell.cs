namespace Sosia.Catalogue.Sql.Verdicts;

/// <summary>What a statement is about; it has one value at a time.</summary>
/// <param name="Kind">What is said, one of <see cref="CellKind"/>.</param>
/// <param name="Subject">Of whom: the number of a person or case.</param>
/// <param name="Anchor">Of which place in a picture; 0 for none.</param>
internal readonly record struct Cell(string Kind, long Subject, long Anchor);

/// <summary>The kinds of cells, as they are stored.</summary>
internal static class CellKind
{
    /// <summary>A person's name.</summary>
    public const string Name = "Name";

    /// <summary>Whether a face is a person's.</summary>
    public const string Face = "Face";

    /// <summary>Whether somebody drew a face at a place; of no subject.</summary>
    public const string Drawn = "Drawn";

    /// <summary>What a case is.</summary>
    public const string Case = "Case";

    /// <summary>What a face is to a case.</summary>
    public const string CaseFace = "CaseFace";
}

/// <summary>What a cell says.</summary>
/// <param name="Value">Null for nothing.</param>
/// <param name="Entry">The change that gave it this value; 0 where it never had one.</param>
internal readonly record struct CellState(string? Value, long Entry);
