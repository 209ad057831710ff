namespace Sosia.Cli.Tests;

/// <summary>Streams and the commands that need no collection.</summary>
public sealed class OtherCommandsTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void Help_and_version_go_to_standard_output()
    {
        foreach (var option in new[] { "--help", "--version" })
        {
            var ran = _sosia.Run(option);
            Assert.Equal((0, ""), (ran.Code, ran.Error));
            Assert.NotEqual("", ran.Out);
        }
        string[] promised =
        [
            "index",
            "search",
            "compare",
            "why",
            "status",
            "photos",
            "serve",
            "forget",
            "calibrate",
            "people",
            "case",
            "copy",
            "relocate",
            "demo",
            "models",
            "verify",
            "doctor",
            "completions",
        ];
        var help = _sosia.Run("--help").Out;
        Assert.All(promised, command => Assert.Contains($"  {command} ", help));
        Assert.Contains("\n  sosia [command] [options]\n", help);
        string[] groups = ["\nEvery day:\n  index ", "\nThe collection:\n  status ", "\nResearch and models:\n  models ", "\nOptions:\n"];
        Assert.All(groups, group => Assert.Contains(group, help));
        Assert.DoesNotContain("  export ", help); // its former name works, and is not learned any more
        Assert.Contains("Usage:\n  sosia index", _sosia.Run("index", "--help").Out);
    }

    [Fact]
    public void No_progress_is_shown_where_nobody_looks()
    {
        _sosia.PutMany(3);
        var ran = _sosia.Run("index", _sosia.Photos);
        Assert.Equal((0, ""), (ran.Code, ran.Error));
    }

    [Fact, Slow]
    public void On_a_terminal_progress_is_shown_and_NO_COLOR_is_kept_to()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "There is no `script` here to make a terminal with.");
        _sosia.PutMany(3);
        var index = _sosia.Shell("script -qec '\"$SOSIA\" index photos' /dev/null");
        Assert.Contains("of 3 photos", index.Out);

        _sosia.Environment["COLORTERM"] = "truecolor";
        _sosia.Environment["TERM"] = "xterm-256color";
        const string Search = "script -qec '\"$SOSIA\" search photos/0001.jpg --threshold 0.4 --all' /dev/null < /dev/null";
        Assert.Contains("\e[38;2;", _sosia.Shell(Search).Out);
        _sosia.Environment["NO_COLOR"] = "1";
        Assert.DoesNotContain("\e[38;2;", _sosia.Shell(Search).Out);
    }

    [Fact]
    public void Damaged_HEIC_files_are_listed_with_their_reason()
    {
        _sosia.Put("good.jpg", Portraits.Of(0));
        for (var i = 0; i < 3; i++)
            _sosia.Put($"{i}.heic", [.. Heic, (byte)i]);

        var ran = _sosia.Run("index", _sosia.Photos);

        Assert.Equal(3, ran.Code);
        Assert.StartsWith("3 files could not be read:", ran.Error);
        for (var i = 0; i < 3; i++)
            Assert.Matches($@"{i}\.heic: The image is damaged \([^)]+\); copy it again", ran.Error);
    }

    [Theory]
    [InlineData("bash"), InlineData("zsh"), InlineData("fish"), InlineData("powershell")]
    public void Completions_ask_the_program_what_fits(string shell)
    {
        var script = _sosia.Run("completions", shell);
        Assert.Equal((0, ""), (script.Code, script.Error));
        Assert.Contains(" complete ", script.Out);
        Assert.Contains(SosiaProgram.Executable, script.Out);
    }

    [Fact]
    public void Commands_options_and_values_are_completed()
    {
        Assert.All(["index", "search", "doctor"], command => Assert.Contains(command, Completed("")));
        Assert.DoesNotContain("export", Completed(""));
        Assert.Equal(["search"], Completed("sea"));
        Assert.Equal(["--threshold"], Completed("search", "--thr"));
        Assert.Equal(["both", "copy", "look", "person"], Completed("search", "--by", "").Order(StringComparer.Ordinal));
        Assert.Equal(["verify"], Completed("models", "ver"));
        Assert.Contains("--name", Completed("people", "draw", "a photo.jpg", "--"));

        string[] Completed(params string[] words) =>
            _sosia.Ask(["complete", "--", .. words]).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact, Slow]
    public void The_completions_of_bash_work_in_bash()
    {
        const string Complete =
            "eval \"$(\"$SOSIA\" completions bash)\"; COMP_WORDS=({0}); COMP_CWORD={1}; _sosia; printf '%s\\n' \"${{COMPREPLY[@]}}\"";
        Assert.Equal(0, _sosia.Shell("\"$SOSIA\" completions bash | bash -n").Code);
        Assert.Equal("search", _sosia.Shell(string.Format(null, Complete, "sosia sea", 1)).Out.Trim());
        Assert.Equal("--threshold", _sosia.Shell(string.Format(null, Complete, "sosia search --thr", 2)).Out.Trim());
        Assert.Equal("verify", _sosia.Shell(string.Format(null, Complete, "sosia models ver", 2)).Out.Trim());
        File.WriteAllBytes(_sosia["a photo.jpg"], []);
        Assert.Equal("a photo.jpg", _sosia.Shell(string.Format(null, Complete, "sosia search a", 2)).Out.Trim());
    }

    [Fact]
    public void Models_are_listed_and_verified()
    {
        var list = _sosia.Ask("models", "list", "--json").JsonLines;
        Assert.Equal(
            ["ultra-light-320", "landmarks-68", "face-512", "gender-64", "age-64", "resnet-18", "baseline"],
            list.Select(model => model.GetProperty("name").GetString())
        );
        Assert.All(list, model => Assert.True(model.GetProperty("builtIn").GetBoolean()));
        Assert.Equal(0, _sosia.Ask("models", "verify").Code);
    }

    [Fact, Slow]
    public void A_model_file_with_a_changed_byte_is_2_with_both_hashes()
    {
        var models = Path.Combine(AppContext.BaseDirectory, "models");
        Directory.CreateDirectory(_sosia["models"]);
        foreach (var file in Directory.EnumerateFiles(models))
            File.Copy(file, Path.Combine(_sosia["models"], Path.GetFileName(file)));
        var bytes = File.ReadAllBytes(_sosia["models/fr_landmark.onnx"]);
        bytes[^100] ^= 1;
        File.WriteAllBytes(_sosia["models/fr_landmark.onnx"], bytes);
        _sosia.Environment["SOSIA_MODELS"] = _sosia["models"];

        var verified = _sosia.Run("models", "verify");
        Assert.Equal(2, verified.Code);
        Assert.Contains("Expected SHA-256 f10b0ba1", verified.Out);
        _sosia.PutMany(1);
        var index = _sosia.Run("index", _sosia.Photos);
        Assert.Equal((2, ""), (index.Code, index.Out));
        Assert.Contains("Expected SHA-256 f10b0ba1", index.Sentence);
    }

    [Fact]
    public void A_model_of_ones_own_is_added_and_used_by_its_name()
    {
        var models = Path.Combine(AppContext.BaseDirectory, "models");
        var manifest = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(models, "models.json")))!;
        var entry = manifest["models"]!.AsArray().Single(model => (string?)model!["makes"] == "face-embedding")!.DeepClone();
        entry["name"] = "mine";
        entry.AsObject().Remove("calibration");
        File.WriteAllText(_sosia["entry.json"], entry.ToJsonString());

        var added = _sosia.Ask("models", "add", Path.Combine(models, "fr_feature.onnx"), "--entry", _sosia["entry.json"]);
        Assert.Equal(0, added.Code);
        Assert.Contains("mine", _sosia.Ask("models", "list").Out);
        Assert.Equal(2, _sosia.Ask("models", "add", Path.Combine(models, "fr_feature.onnx"), "--entry", _sosia["entry.json"]).Code);

        _sosia.PutMany(2);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos, "--model", "mine").Code);
        Assert.Equal("mine", _sosia.Ask("status", "--json").Json.GetProperty("spaces")[0].GetProperty("model").GetString());
        Assert.Equal(2, _sosia.Ask("index", _sosia.Photos, "--model", "nobody's").Code);
    }

    /// <summary>
    /// The start of a HEIC file and the boxes that say where its one picture lies; see the library's tests for how it is made.
    /// </summary>
    private static byte[] Heic { get; } = Convert.FromBase64String(HeicFile);

    private const string HeicFile =
        "AAAAGGZ0eXBoZWljAAAAAG1pZjFoZWljAAAA1G1ldGEAAAAAAAAAIWhkbHIAAAAAAAAAAHBpY3QAAAAAAAAAAAAAAAAAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAAA9AAAAAgAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAFhpcHJwAAAAO2lwY28AAAAfaHZjQwEBYAAAAAAAAAAAAF3wAPz9+PgAAAMAAAAAFGlzcGUAAAAAAAACgAAAAeAAAAAVaXBtYQAAAAAAAAABAAECgQIAAAAQbWRhdAAAAAQmAa+A";
}
