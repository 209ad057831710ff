using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Sosia.Cli.Tests;

/// <summary>What a run of the program gave.</summary>
internal sealed record Ran(int Code, string Out, string Error)
{
    /// <summary>The only document on standard output.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <summary>The documents on standard output, one a line.</summary>
    public JsonElement[] JsonLines =>
        [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Standard error, if it is one line.</summary>
    public string Sentence => Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}

/// <summary>The real program in a process of its own, with a user's directory and a folder that are gone with the test.</summary>
internal sealed class SosiaProgram : IDisposable
{
    public static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "sosia");

    /// <summary>Shared by all tests, so that the networks are rewritten once.</summary>
    private static readonly string Cache = Path.Combine(AppContext.BaseDirectory, "user-cache");

    static SosiaProgram() => Signals.StopIgnoringInterrupts();

    private readonly string _place = Directory.CreateTempSubdirectory("sosia-cli-").FullName;

    public SosiaProgram()
    {
        Directory.CreateDirectory(Photos);
        var kept = Path.Combine(Cache, "models");
        Directory.CreateDirectory(kept);
        Directory.CreateDirectory(this["data/sosia/cache"]);
        Directory.CreateSymbolicLink(this["data/sosia/cache/models"], kept);
    }

    /// <summary>A path in the test's own directory.</summary>
    public string this[string name] => Path.Combine(_place, name);

    public string Photos => this["photos"];

    public string Collection => this["data/sosia/collection"];

    public Dictionary<string, string?> Environment { get; } = [];

    public string Put(string name, byte[] bytes)
    {
        var path = Path.Combine(Photos, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Many different photos that take the program a while.</summary>
    public void PutMany(int count, int from = 0)
    {
        for (var i = from; i < from + count; i++)
            Put($"{i:0000}.jpg", Portraits.Of(i));
    }

    /// <summary>Runs the program in a process of its own.</summary>
    public Ran Run(params string[] arguments) => End(Start(arguments));

    /// <summary>Runs the command in this process: for questions that are answered, or refused, without long work.</summary>
    public Ran Ask(params string[] arguments)
    {
        var set = Settings(System.Environment.GetEnvironmentVariables().Keys.Cast<string>());
        return InThisProcess.Run(arguments, _place, set);
    }

    /// <summary>Runs a shell line in which $SOSIA is the program.</summary>
    public Ran Shell(string line) => End(Start("bash", "-c", line));

    /// <summary>Runs a shell line in which the directory "small" is a file system of its own, gone with the line.</summary>
    /// <param name="size">What it holds, as mount says it: 4k, 1m.</param>
    /// <param name="line">The line, without single quotes.</param>
    public Ran ShellOnSmallDisk(string size, string line)
    {
        Directory.CreateDirectory(this["small"]);
        var mounted = $"unshare -rm sh -c 'mount -t tmpfs -o size={size} tmpfs small && ";
        Assert.SkipUnless(Shell($"{mounted}true'").Code == 0, "No file system can be mounted here, so none can be too small.");
        return Shell($"{mounted}{line}'");
    }

    public Process Start(params string[] arguments)
    {
        var shell = arguments is ["bash", ..];
        var start = new ProcessStartInfo(shell ? "bash" : Executable, shell ? arguments[1..] : arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _place,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in Settings([.. start.Environment.Keys]))
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>What the tests themselves read: a run in this process must not take it away from those that run beside it.</summary>
    private static readonly string[] OfTests = ["SOSIA_TEST_", "SOSIA_FAULTS", "SOSIA_LFW"];

    /// <summary>The environment of a run: what whoever runs the tests has set for Sosia is taken away.</summary>
    private Dictionary<string, string?> Settings(IEnumerable<string> there)
    {
        var settings = there
            .Where(name => name is "NO_COLOR" || name.StartsWith("SOSIA_", StringComparison.Ordinal))
            .Where(name => !Array.Exists(OfTests, of => name.StartsWith(of, StringComparison.Ordinal)))
            .ToDictionary(name => name, _ => (string?)null);
        settings["XDG_DATA_HOME"] = this["data"];
        settings["SOSIA"] = Executable;
        foreach (var (name, value) in Environment)
            settings[name] = value;
        return settings;
    }

    public static Ran End(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new Ran(process.ExitCode, output, error.Result);
        }
    }

    public void Dispose()
    {
        Process.Start("chmod", ["-R", "u+rwX", _place]).WaitForExit();
        Directory.Delete(_place, recursive: true);
    }
}
