namespace Sosia.Cli.Tests;

/// <summary>What a person sees who sits at a terminal, which `script` plays here; everywhere else output is plain lines.</summary>
[Slow]
public sealed class TerminalTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public TerminalTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux' `script` is known to play a terminal.");
        _sosia.Environment["TERM"] = "xterm-256color";
        _sosia.Environment["COLORTERM"] = null;
    }

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void A_search_is_a_table_with_colours_and_plain_lines_for_a_file()
    {
        var query = _sosia.Put("1.jpg", Portraits.Of(0));
        _sosia.Put("2.jpg", Portraits.Of(1));
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        var search = $"$SOSIA search {query} --all; true";

        var shown = AtTerminal(search);
        Assert.Contains("Meaning", shown);
        Assert.Contains("\e[38;5;", shown);
        Assert.Contains("the query itself", shown);
        Assert.Contains($"file://{query}", shown);

        var kept = _sosia.Shell(search).Out;
        Assert.DoesNotContain("Meaning", kept);
        Assert.DoesNotContain('\e', kept);
        Assert.Contains($"1.000  the query itself", kept);

        _sosia.Environment["NO_COLOR"] = "1";
        Assert.DoesNotContain("\e[38;5;", AtTerminal(search));
    }

    [Fact]
    public void Pictures_stand_in_the_rows_where_the_terminal_has_all_colours()
    {
        var query = _sosia.Put("1.jpg", Portraits.Of(0));
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        _sosia.Environment["COLORTERM"] = "truecolor";
        var shown = AtTerminal($"$SOSIA search {query}; true");
        Assert.Contains("▀", shown);
        Assert.Contains("\e[38;2;", shown);
        Assert.Contains("the query itself", shown);
    }

    [Fact]
    public void Indexing_shows_a_bar_with_rate_and_time_left_and_nothing_of_it_for_a_file()
    {
        _sosia.PutMany(60);
        var shown = AtTerminal($"$SOSIA index {_sosia.Photos}");
        Assert.Contains("━", shown);
        Assert.Contains(" of 60 photos", shown);
        Assert.Contains("a second", shown);
        Assert.Contains("left", shown);
        Assert.Contains("60 photos indexed", shown);
        Assert.True(shown.LastIndexOf("\e[?25l", StringComparison.Ordinal) < shown.LastIndexOf("\e[?25h", StringComparison.Ordinal));

        var answer = AtTerminal($"$SOSIA search {_sosia.Photos}/0000.jpg --all --unfold -k 60; true");
        Assert.Equal(2, answer.Split("Meaning").Length - 1); // a long answer is several tables, the first of which comes at once

        var plain = _sosia.Shell($"$SOSIA index {_sosia.Photos} --again");
        Assert.DoesNotContain("━", plain.Error + plain.Out);
        Assert.DoesNotContain('\e', plain.Error + plain.Out);
    }

    private string AtTerminal(string line)
    {
        var ran = _sosia.Shell($"script -qec 'stty cols 140; {line}' /dev/null");
        Assert.Equal(0, ran.Code);
        return ran.Out;
    }
}
