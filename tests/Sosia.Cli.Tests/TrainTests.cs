using Sosia.Cli.Commands.Research;

namespace Sosia.Cli.Tests;

/// <summary><c>sosia train</c> ends when its program does, and not before.</summary>
public sealed class TrainTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public async Task Who_asks_it_to_end_asks_the_program_that_trains()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        Assert.SkipWhen(IsBuilt(), "The real program is built here; its own tests end it.");
        var program = _sosia["sosia-train"];
        File.WriteAllText(
            program,
            """
            #!/bin/sh
            trap 'echo asked; asked=$((asked + 1)); [ "$asked" -lt 2 ] || exit 7' TERM
            asked=0
            echo ready
            while :; do sleep 0.05; done
            """
        );
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _sosia.Environment["PATH"] = $"{Path.GetDirectoryName(program)}:{Environment.GetEnvironmentVariable("PATH")}";
        using var train = _sosia.Start("train", "baseline", "DIR");
        Assert.Equal("ready", await Said());
        train.Send(Signal.Terminate);
        Assert.Equal("asked", await Said());
        train.Send(Signal.Terminate);
        Assert.Equal("asked", await Said());
        Assert.True(train.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(7, train.ExitCode);

        async Task<string?> Said() => await train.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static bool IsBuilt()
    {
        try
        {
            return TrainCommand.Find().Contains("Sosia.Training", StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
