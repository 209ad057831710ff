namespace Sosia.Cli.Tests;

/// <summary>backup, restore and verify, as a person types them.</summary>
[Slow]
public sealed class BackupTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void A_restored_collection_answers_as_before_without_what_was_forgotten_since()
    {
        _sosia.PutMany(4);
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        var backup = _sosia.Run("backup", "kept.db", "--json");
        Assert.Equal((0, 4), (backup.Code, backup.Json.GetProperty("photos").GetInt32()));
        Assert.Equal(2, _sosia.Run("backup", "kept.db").Code);
        Assert.Equal(0, _sosia.Run("backup", "kept.db", "--replace").Code);
        var forgotten = Path.Combine(_sosia.Photos, "0001.jpg");
        Assert.Equal(0, _sosia.Run("forget", forgotten).Code);

        var refused = _sosia.Run("restore", "kept.db");
        Assert.Equal(2, refused.Code);
        Assert.Contains("--replace", refused.Sentence);
        var restored = _sosia.Run("restore", "kept.db", "--replace", "--json");
        Assert.Equal(0, restored.Code);
        Assert.Equal((3, 1, 1), (restored.Json.GetProperty("photos").GetInt32(), Count("marks"), Count("erased")));

        var which = Assert.Single(restored.Json.GetProperty("erased").GetProperty("which").EnumerateArray());
        Assert.True(which.GetProperty("whole").GetBoolean());
        Assert.Equal([forgotten], which.GetProperty("paths").EnumerateArray().Select(path => path.GetString()));
        var said = _sosia.Run("restore", "kept.db", "--replace").Out;
        Assert.Contains(forgotten, said);
        Assert.Contains("1 photo and", said);

        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        Assert.Equal(3, _sosia.Run("status", "--json").Json.GetProperty("photos").GetProperty("total").GetInt32());
        var found = _sosia
            .Run("search", Path.Combine(_sosia.Photos, "0002.jpg"), "--threshold", "-1", "--json")
            .Json.GetProperty("matches");
        Assert.Equal(3, found.GetArrayLength());
        Assert.DoesNotContain(found.EnumerateArray(), match => match.GetProperty("path").GetString() == forgotten);
        Assert.Equal(0, _sosia.Run("verify").Code);

        int Count(string of) => restored.Json.GetProperty(of).GetProperty("photos").GetInt32();
    }

    [Fact]
    public void Verify_calls_an_index_of_another_format_outdated_and_that_is_no_failure()
    {
        _sosia.PutMany(2);
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        var index = Assert.Single(Directory.GetFiles(Path.Combine(_sosia.Collection, "indexes"), "*.rows"));
        var bytes = File.ReadAllBytes(index);
        IndexFileVersion.Set(bytes, 1);
        File.WriteAllBytes(index, bytes);

        var verified = _sosia.Run("verify");
        Assert.Equal(0, verified.Code);
        Assert.Contains("It is outdated: the next search or index makes it again.", verified.Out);
        Assert.True(_sosia.Run("verify", "--json").Json.GetProperty("sound").GetBoolean());

        Assert.Equal(0, _sosia.Run("search", Path.Combine(_sosia.Photos, "0001.jpg"), "--threshold", "-1").Code);
        Assert.Contains("is sound, with 2 rows", _sosia.Run("verify").Out);
    }

    [Fact]
    public void The_exit_code_says_what_was_in_the_way()
    {
        Assert.Equal(10, _sosia.Run("backup", "kept.db").Code);
        Assert.Equal(2, _sosia.Run("restore", "nowhere.db").Code);
        File.WriteAllText(_sosia["letter.db"], new string('x', 5000));
        Assert.Equal(12, _sosia.Run("restore", "letter.db").Code);
        Assert.False(Directory.Exists(_sosia.Collection));
    }
}
