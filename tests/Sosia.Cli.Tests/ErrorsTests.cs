using NetVips;

namespace Sosia.Cli.Tests;

/// <summary>Every mistake gets one clear sentence on standard error and its exit code, and nothing on standard output.</summary>
public sealed class ErrorsTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void No_collection_is_10_for_everyone_who_needs_one()
    {
        var photo = _sosia.Put("a.jpg", Portraits.Of(0));
        foreach (var command in new[] { ["status"], ["photos"], ["verify"], ["search", photo], new[] { "why", photo, "--query", photo } })
        {
            var ran = _sosia.Ask([.. command, "--collection", _sosia["nowhere"]]);
            Assert.Equal((10, ""), (ran.Code, ran.Out));
            Assert.Equal($"There is no catalogue at {_sosia["nowhere"]}/catalogue.db: index some photos first.", ran.Sentence);
        }
        Assert.False(Directory.Exists(_sosia["nowhere"]));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_2_and_leaves_no_collection_behind()
    {
        var ran = _sosia.Ask("index", _sosia["nowhere"]);
        Assert.Equal(
            (2, "", $"There is no file or folder {_sosia["nowhere"]}; check the name, or that its disk is mounted."),
            (ran.Code, ran.Out, ran.Sentence)
        );
        Assert.False(Directory.Exists(_sosia.Collection));
    }

    [Fact]
    public void An_empty_folder_is_no_error()
    {
        var ran = _sosia.Run("index", _sosia.Photos);
        Assert.Equal((0, ""), (ran.Code, ran.Error));
    }

    [Theory]
    [
        InlineData("search"),
        InlineData("search", "a.jpg", "-k", "many"),
        InlineData("index"),
        InlineData("no-such-command"),
        InlineData("compare", "a.jpg"),
        InlineData("status", "--no-such-option")
    ]
    public void A_usage_error_is_2_and_says_so_on_standard_error(params string[] arguments)
    {
        var ran = _sosia.Ask(arguments);
        Assert.Equal(2, ran.Code);
        Assert.NotEqual("", ran.Error);
    }

    [Theory]
    [InlineData("There is no command 'serach': did you mean `sosia search`?", "serach", "a.jpg")]
    [InlineData("There is no command 'modles': did you mean `sosia models`?", "modles", "list")]
    [InlineData("There is no command 'lsit': did you mean `sosia models list`?", "models", "lsit")]
    [InlineData("There is no command 'photograph'; see `sosia --help`.", "photograph")]
    [InlineData("There is no option '--colection'; see `sosia --help`.", "--colection", "x")]
    [InlineData("There is no option '--colection'; see `sosia status --help`.", "status", "--colection", "x")]
    [InlineData("There is no option '--model'; see `sosia plan --help`.", "plan", "--faces", "3", "--model", "x")]
    [InlineData("Write '--collection' behind the command that it is for; see `sosia status --help`.", "--collection", "x", "status")]
    [InlineData(
        "Write '--collection' behind the command that it is for; see `sosia people list --help`.",
        "--collection",
        "x",
        "people",
        "list"
    )]
    public void A_slip_is_told_in_one_line_with_the_word_that_was_meant(string sentence, params string[] arguments)
    {
        var ran = _sosia.Ask(arguments);
        Assert.Equal((2, "", sentence), (ran.Code, ran.Out, ran.Sentence));
    }

    [Fact, Slow]
    public void Alone_it_says_what_to_do_first_and_whether_there_is_anything_to_search()
    {
        var empty = _sosia.Ask();
        Assert.Equal((0, ""), (empty.Code, empty.Error));
        Assert.StartsWith("No photo is indexed yet.", empty.Out);
        Assert.Contains("sosia index FOLDER", empty.Out);
        Assert.False(Directory.Exists(_sosia.Collection));
        _sosia.PutMany(2);
        _sosia.Ask("index", _sosia.Photos);
        Assert.StartsWith($"2 of 2 photos can be searched in {_sosia.Collection}:", _sosia.Ask().Out);
    }

    [Theory]
    [InlineData("0"), InlineData("-1")]
    public void A_limit_below_1_is_2(string limit)
    {
        var photo = _sosia.Put("a.jpg", Portraits.Of(0));
        var ran = _sosia.Ask("search", photo, "-k", limit);
        Assert.Equal((2, "", $"The number of photos wanted must be 1 or more, got {limit}."), (ran.Code, ran.Out, ran.Sentence));
        Assert.Equal(2, _sosia.Ask("search", photo, "--threshold", "1.5").Code);
        Assert.Equal(2, _sosia.Ask("compare", photo, photo, "--threshold", "7").Code);
    }

    [Fact]
    public void A_query_that_gives_nothing_is_2_with_its_reason()
    {
        _sosia.Put("a.jpg", Portraits.Of(0));
        _sosia.Ask("index", _sosia.Photos);
        void Says(string path, string sentence)
        {
            var ran = _sosia.Ask("search", path, "--threshold", "0.4");
            Assert.Equal((2, "", sentence), (ran.Code, ran.Out, ran.Sentence));
        }
        var empty = _sosia.Put("empty.png", Portraits.WithoutFace());
        Says(empty, $"No face was found in {empty}; try a photo that shows the person from the front, or larger.");
        var cut = _sosia.Put("cut.jpg", Portraits.Of(0)[..5000]);
        Says(cut, $"{cut}: The image is damaged (it ends too early); copy it again from where it came.");
        Says(_sosia["none.jpg"], $"{_sosia["none.jpg"]}: The file is not there.");
        Says(_sosia.Photos, $"{_sosia.Photos}: This is a folder, and a photo is needed.");
        var text = _sosia.Put("text.jpg", "hello"u8.ToArray());
        Assert.StartsWith($"{text}: The file is not a JPEG", _sosia.Ask("search", text, "--threshold", "0.4").Sentence);
        using var tiny = Image.NewFromBuffer(Portraits.Of(0)).Resize(0.07);
        var small = _sosia.Put("small.png", tiny.PngsaveBuffer());
        Assert.Equal(2, _sosia.Ask("search", small, "--threshold", "0.4").Code);
    }

    [Fact]
    public void Bad_files_are_3_and_named_and_the_others_are_indexed()
    {
        _sosia.Put("good.jpg", Portraits.Of(0));
        _sosia.Put("broken\n.jpg", Portraits.Of(1)[..4000]);
        _sosia.Put("empty.jpg", []);
        using var huge = Image.Black(20_000, 20_000).Cast(Enums.BandFormat.Uchar);
        _sosia.Put("huge.png", huge.PngsaveBuffer(bitdepth: 1, compression: 1));

        var ran = _sosia.Run("index", _sosia.Photos);

        Assert.Equal(3, ran.Code);
        Assert.StartsWith("1 photo indexed with 1 face in ", ran.Out);
        Assert.StartsWith("3 files could not be read:\n", ran.Error);
        Assert.Contains("/broken\\n.jpg: The image is damaged (it ends too early); copy it again from where it came.\n", ran.Error);
        Assert.Contains("/empty.jpg: The file is empty (0 bytes)", ran.Error);
        Assert.Contains(
            "huge.png: The image has 20,000 × 20,000 = 400,000,000 pixels, and the limit is 250,000,000; raise it with --max-pixels.\n",
            ran.Error
        );

        var failed = _sosia.Ask("photos", "--failed", "--json").JsonLines;
        Assert.Equal(3, failed.Length);
        Assert.All(failed, photo => Assert.Equal("unreadable", photo.GetProperty("state").GetString()));
    }

    [Fact]
    public void The_JSON_of_index_is_a_line_a_photo_and_a_summary()
    {
        _sosia.Put("good.jpg", Portraits.Of(0));
        _sosia.Put("bad.jpg", [0xFF, 0xD8, 0xFF]);

        var ran = _sosia.Run("index", _sosia.Photos, "--json");

        Assert.Equal((3, ""), (ran.Code, ran.Error));
        var lines = ran.JsonLines;
        Assert.Equal(3, lines.Length);
        Assert.Equal(
            1,
            Assert
                .Single(lines, line =>
                    line.TryGetProperty("path", out var path) && path.GetString()!.EndsWith("good.jpg", StringComparison.Ordinal)
                )
                .GetProperty("faces")
                .GetInt32()
        );
        Assert.Superset(
            new HashSet<string> { "photos", "faces", "skipped", "failed", "seconds" },
            lines[^1].EnumerateObject().Select(property => property.Name).ToHashSet()
        );
        Assert.Equal(1, lines[^1].GetProperty("failed").GetInt32());
    }

    [Fact]
    public void Names_that_begin_with_a_dash_are_given_after_two_dashes()
    {
        _sosia.Put("-k.jpg", Portraits.Of(0));
        Assert.Equal(
            "0 0",
            _sosia
                .Shell(
                    "cd photos && \"$SOSIA\" index -- -k.jpg > /dev/null; echo -n \"$? \"; \"$SOSIA\" search --threshold 0.4 --json -- "
                        + "-k.jpg > /dev/null; [ $? -eq 1 ]; echo -n $?"
                )
                .Out
        );
    }

    [Fact]
    public void A_damaged_catalogue_is_12()
    {
        var photo = _sosia.Put("a.jpg", Portraits.Of(0));
        _sosia.Ask("index", _sosia.Photos);
        File.WriteAllText(Path.Combine(_sosia.Collection, "catalogue.db"), new string('x', 20_000));

        foreach (var command in new[] { ["status"], ["verify"], ["index", _sosia.Photos], ["search", photo], new[] { "photos" } })
        {
            var ran = _sosia.Ask(command);
            Assert.Equal((12, ""), (ran.Code, ran.Out));
            Assert.Contains("is damaged", ran.Sentence);
        }
        Assert.Equal(2, _sosia.Ask("doctor").Code);
    }

    [Fact, Slow]
    public void A_collection_in_a_place_that_can_not_be_written_is_2_and_one_that_is_there_can_be_searched()
    {
        var photo = _sosia.Put("a.jpg", Portraits.Of(0));
        _sosia.Run("index", _sosia.Photos, "--collection", _sosia["mine"]);
        // Nobody may write. Root would all the same, so the program is run with none of root's powers.
        var powerless = System.Environment.IsPrivilegedProcess
            ? "setpriv --reuid=65534 --clear-groups --inh-caps=-all --bounding-set=-all"
            : "";
        var closed = _sosia.Shell($"chmod -R a+rX,a-w . && {powerless} \"$SOSIA\" completions bash");
        Assert.SkipUnless(closed.Code == 0, $"The program lies where only root may go, or there is no setpriv: {closed.Error}");

        var status = _sosia.Shell($"{powerless} \"$SOSIA\" status --collection mine --json");
        Assert.Equal((0, 1), (status.Code, status.Json.GetProperty("photos").GetProperty("total").GetInt32()));
        Assert.Equal(1, _sosia.Shell($"{powerless} \"$SOSIA\" search '{photo}' --threshold 0.4 --collection mine --json").Code);
        var refused = _sosia.Shell($"{powerless} \"$SOSIA\" index photos --collection mine");
        Assert.Equal((2, ""), (refused.Code, refused.Out));
        Assert.StartsWith($"The file system refuses access to {_sosia["mine"]}", refused.Sentence);
    }

    [Fact, Slow]
    public void A_full_disk_is_2_and_what_was_stored_is_kept()
    {
        _sosia.PutMany(40);
        _sosia.Run("index", Path.Combine(_sosia.Photos, "0000.jpg"));

        // A file that may not grow is what a full disk looks like to the program.
        _sosia.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // keeps the runtime's own memory out of files
        var full = _sosia.Shell("trap '' XFSZ; ulimit -f 150; \"$SOSIA\" index photos");

        Assert.Equal((2, ""), (full.Code, full.Out));
        Assert.Contains("catalogue.db", full.Sentence);
        Assert.Equal(0, _sosia.Ask("verify").Code);
        Assert.True(_sosia.Ask("status", "--json").Json.GetProperty("photos").GetProperty("searchable").GetInt32() >= 1);
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos).Code);
        Assert.Equal(40, _sosia.Ask("status", "--json").Json.GetProperty("photos").GetProperty("searchable").GetInt32());
    }

    [Fact]
    public void Files_that_went_are_3_until_force_says_that_it_is_meant()
    {
        _sosia.PutMany(4);
        _sosia.Ask("index", _sosia.Photos);
        File.Delete(Path.Combine(_sosia.Photos, "0001.jpg"));
        File.Delete(Path.Combine(_sosia.Photos, "0002.jpg"));

        var kept = _sosia.Run("index", _sosia.Photos);
        Assert.Equal((3, true), (kept.Code, kept.Sentence.EndsWith("use --force to remove them.", StringComparison.Ordinal)));
        Assert.Equal(0, _sosia.Ask("index", _sosia.Photos, "--force").Code);
        Assert.Equal(2, _sosia.Ask("status", "--json").Json.GetProperty("photos").GetProperty("total").GetInt32());
    }
}
