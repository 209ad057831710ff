using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Sosia.Cli.Tests;

/// <summary>What eng/pack.sh makes works where nothing but .NET is: no Node.js, no network, an empty home.</summary>
[Slow]
public sealed partial class PackagesTests : IClassFixture<PackagesTests.Packages>, IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("sosia-packages-").FullName;
    private readonly string _programs;
    private readonly Packages _packages;

    public PackagesTests(Packages packages)
    {
        _packages = packages;
        packages.Need();
        _programs = Directory.CreateDirectory(Path.Combine(_home, "programs")).FullName;
        foreach (var program in Directory.GetFiles("/usr/bin"))
            if (Path.GetFileName(program) is not ("node" or "nodejs" or "npm" or "npx") and var name)
                File.CreateSymbolicLink(Path.Combine(_programs, name), program);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void The_tool_is_installed_and_runs_the_demo()
    {
        WriteSources("");
        var installed = Run(Packages.Dotnet, "tool", "install", "-g", "Sosia.Tool");
        Assert.True(installed.Code == 0, installed.Error + installed.Out);
        var sosia = Path.Combine(_home, ".dotnet", "tools", "sosia");
        var demo = Run(sosia, "demo");
        Assert.True(demo.Code == 0, demo.Error);
        Assert.Contains("6 photos indexed with 22 faces", demo.Out + demo.Error);
        Assert.Contains("about 1 false match in", demo.Out);
        Assert.StartsWith("0.", Run(sosia, "--version").Out);
        Assert.Contains("resnet-18", Run(sosia, "models", "list").Out);
        var size = new FileInfo(Directory.GetFiles(_packages.Folder, "Sosia.Tool.*-*.nupkg").Single()).Length;
        Assert.True(size <= 120_000_000, $"The tool's package has {size:N0} bytes.");
    }

    [Fact]
    public void A_program_of_ones_own_runs_the_lines_of_the_readme()
    {
        // What others publish is where the build of the packages has put it.
        WriteSources($"<fallbackPackageFolders><add key=\"built\" value=\"{Packages.Restored}\" /></fallbackPackageFolders>");
        var version = Path.GetFileNameWithoutExtension(Directory.GetFiles(_packages.Folder, "Sosia.Models.*.nupkg").Single())[
            "Sosia.Models.".Length..
        ];
        File.WriteAllText(
            Path.Combine(_home, "Mine.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup><PackageReference Include="Sosia" Version="{version}" /><PackageReference Include="Sosia.Models" Version="{version}" /></ItemGroup>
            </Project>
            """
        );
        var readme = File.ReadAllText(Path.Combine(Packages.Root, "README.md"));
        File.WriteAllText(Path.Combine(_home, "Program.cs"), CSharp().Match(readme).Groups[1].Value);
        var built = Run(Packages.Dotnet, "build", "-v", "q", "-o", Path.Combine(_home, "out"));
        Assert.True(built.Code == 0, built.Out + built.Error);
        var samples = Path.Combine(_home, "out", "samples");
        Directory.CreateDirectory(Path.Combine(_home, "photos"));
        foreach (var sample in Directory.GetFiles(samples))
            File.Copy(
                sample,
                Path.Combine(_home, "photos", Path.GetFileName(sample).Replace("sample1", "group", StringComparison.Ordinal))
            );
        var ran = Run(Packages.Dotnet, Path.Combine(_home, "out", "Mine.dll"));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains(ran.Out.Split('\n'), line => line.Contains("about 1 false match in", StringComparison.Ordinal));
    }

    private void WriteSources(string more) =>
        File.WriteAllText(
            Path.Combine(_home, "nuget.config"),
            $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{_packages.Folder}" /></packageSources>
              {more}
            </configuration>
            """
        );

    /// <summary>Runs a program with an empty home and no Node.js; what would ask the network finds nobody there.</summary>
    private Ran Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _home,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var proxy in new[] { "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY" })
            start.Environment[proxy] = "http://127.0.0.1:9";
        start.Environment["HOME"] = _home;
        start.Environment["PATH"] = _programs;
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Packages.Dotnet);
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = start.Environment["DOTNET_NOLOGO"] = "1";
        return SosiaProgram.End(Process.Start(start)!);
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();

    /// <summary>The packages of this tree, made once.</summary>
    public sealed class Packages : IDisposable
    {
        private readonly string _temporary = Directory.CreateTempSubdirectory("sosia-packed-").FullName;
        private readonly Lazy<(int Code, string Said)> _made;

        public Packages()
        {
            Folder = Path.Combine(_temporary, "packages");
            _made = new(Make);
        }

        public static string Root { get; } = FindRoot();

        /// <summary>The program that runs this.</summary>
        public static string Dotnet { get; } =
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

        /// <summary>Where restored packages lie.</summary>
        public static string Restored { get; } =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

        public string Folder { get; }

        public void Need()
        {
            Assert.SkipUnless(OperatingSystem.IsLinux(), "eng/pack.sh is run on Linux.");
            Assert.SkipUnless(File.Exists(Dotnet), $"There is no .NET SDK at {Dotnet}.");
            Assert.True(_made.Value.Code == 0, _made.Value.Said);
        }

        public void Dispose() => Directory.Delete(_temporary, recursive: true);

        private (int, string) Make()
        {
            var platform = $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
            var start = new ProcessStartInfo("bash", [Path.Combine(Root, "eng", "pack.sh"), Folder, platform])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["PATH"] = $"{Path.GetDirectoryName(Dotnet)}:{start.Environment["PATH"]}";
            // A test host's own settings are not those of the build that it starts.
            foreach (
                var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList()
            )
                start.Environment.Remove(name);
            var ran = SosiaProgram.End(Process.Start(start)!);
            return (ran.Code, ran.Out + ran.Error);
        }

        private static string FindRoot()
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Sosia.slnx")))
                folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Sosia.slnx");
            return folder;
        }
    }
}
