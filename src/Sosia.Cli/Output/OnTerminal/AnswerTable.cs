using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sosia.Cli.Output.OnTerminal;

/// <summary>What a cell says by its colour.</summary>
internal enum Tone
{
    /// <summary>Nothing.</summary>
    Plain,

    /// <summary>It is well.</summary>
    Good,

    /// <summary>Look twice.</summary>
    Doubtful,

    /// <summary>It is not well.</summary>
    Bad,

    /// <summary>It matters less than the rest.</summary>
    Quiet,
}

/// <summary>A column of an answer.</summary>
/// <param name="Title">Its head on a terminal.</param>
/// <param name="Width">Letters in a line; 0 for the last column, which takes what it needs.</param>
/// <param name="IsNumber">Its cells are set to the right.</param>
internal sealed record AnswerColumn(string Title, int Width = 0, bool IsNumber = false);

/// <summary>A cell of an answer.</summary>
/// <param name="Words">What stands in it.</param>
/// <param name="Tone">Its colour.</param>
/// <param name="File">The file that a terminal opens from it.</param>
internal readonly record struct Cell(string Words, Tone Tone = Tone.Plain, string? File = null)
{
    public static implicit operator Cell(string words) => new(words);
}

/// <summary>The rows of an answer: a table where a person reads it, and else a line each, for files and other programs.</summary>
/// <param name="columns">From left to right.</param>
internal sealed class AnswerTable(params AnswerColumn[] columns)
{
    /// <summary>So many rows are a table of their own: a long answer begins at once, and is not held in memory.</summary>
    private const int RowsOfATable = 50;

    private readonly IAnsiConsole? _terminal = Terminal.Output();
    private readonly List<IRenderable[]> _rows = [];
    private bool _hasPictures;

    /// <summary>Whether the rows become a table.</summary>
    public bool IsTable => _terminal is not null;

    /// <summary>One more row.</summary>
    /// <param name="cells">A cell for each column.</param>
    public void Add(params Cell[] cells) => Add(null, cells);

    /// <summary>One more row, with a picture before it where the rows become a table.</summary>
    /// <param name="picture">Null for none.</param>
    /// <param name="cells">A cell for each column.</param>
    public void Add(IRenderable? picture, params Cell[] cells)
    {
        if (_terminal is null)
        {
            Console.WriteLine(string.Join("  ", cells.Zip(columns, InLine)).TrimEnd());
            return;
        }
        _hasPictures |= picture is not null;
        _rows.Add([picture ?? new Spectre.Console.Text(""), .. cells.Select(InTable)]);
        if (_rows.Count == RowsOfATable)
            Print();
    }

    /// <summary>Writes the rows that were not written yet.</summary>
    public void Print()
    {
        if (_terminal is null || _rows.Count == 0)
            return;
        var hasTitles = Array.Exists(columns, column => column.Title.Length > 0);
        var table = new Table { Border = hasTitles ? TableBorder.Simple : TableBorder.None, ShowHeaders = hasTitles };
        if (_hasPictures)
            table.AddColumn(new TableColumn(""));
        foreach (var column in columns)
            table.AddColumn(
                new TableColumn(Markup.Escape(column.Title))
                {
                    Alignment = column.IsNumber ? Justify.Right : Justify.Left,
                    NoWrap = column.IsNumber,
                }
            );
        foreach (var row in _rows)
            table.AddRow(_hasPictures ? row : row[1..]);
        _terminal.Write(table);
        _rows.Clear();
    }

    private static string InLine(Cell cell, AnswerColumn column)
    {
        var words = Text.Printable(cell.Words);
        return column.IsNumber ? words.PadLeft(column.Width) : words.PadRight(column.Width);
    }

    private static Paragraph InTable(Cell cell) =>
        new(
            Text.Printable(cell.Words),
            new Style(
                cell.Tone switch
                {
                    Tone.Good => Color.Green,
                    Tone.Doubtful => Color.Olive,
                    Tone.Bad => Color.Red,
                    Tone.Quiet => Color.Grey,
                    _ => Color.Default,
                }
            ),
            Uri.TryCreate(cell.File, UriKind.Absolute, out var file) ? new Link(file.AbsoluteUri) : null
        )
        {
            Overflow = Overflow.Fold,
        };
}
