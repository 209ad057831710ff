using System.CommandLine;
using Sosia.Catalogue;
using Sosia.Photos.Facts;

namespace Sosia.Cli.Commands;

/// <summary>The options that say which photos of a collection are meant; options can't be shared between commands.</summary>
internal sealed class PhotoFilterOptions
{
    private readonly Option<string[]> _under = new("--under")
    {
        Description = "Only photos under this directory; may be given several times",
        HelpName = "DIR",
    };
    private readonly Option<string?> _from = new("--from")
    {
        Description = "Only photos taken then or later: a year, month, day or time, as 2024-06-01",
        HelpName = "TIME",
    };
    private readonly Option<string?> _to = new("--to")
    {
        Description = "Only photos taken until then, that day included",
        HelpName = "TIME",
    };

    /// <summary>Gives the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_under);
        command.Add(_from);
        command.Add(_to);
    }

    /// <exception cref="ArgumentException">A time that is none.</exception>
    public PhotoFilter Read(ParseResult parsed) =>
        new()
        {
            Under = parsed.GetValue(_under) ?? [],
            From = parsed.GetValue(_from) is { } from ? TimeRange.Start(from) : null,
            Before = parsed.GetValue(_to) is { } to ? TimeRange.End(to) : null,
        };
}
