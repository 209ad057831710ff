namespace Sosia.Cli.Tests;

/// <summary><c>sosia student</c>: what is said of folders that it can't be run on.</summary>
public sealed class StudentTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void A_folder_that_is_no_LFW_is_2_in_one_sentence()
    {
        _sosia.Put("Mum/holiday.jpg", Portraits.Of(0));
        Refused("is no copy of Labeled Faces in the Wild");
    }

    [Fact]
    public void Fewer_than_20_people_with_six_images_is_2_in_one_sentence()
    {
        for (var i = 1; i <= 6; i++)
            _sosia.Put($"Albert_Costa/Albert_Costa_{i:D4}.jpg", Portraits.Of(i));
        Refused("has too few people with exactly six images: 1, and the students' protocol asks about at least 20");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_2_in_one_sentence()
    {
        var ran = _sosia.Run("student", "nowhere");
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.Contains("There is no file or folder", ran.Sentence, StringComparison.Ordinal);
    }

    private void Refused(string sentence)
    {
        var ran = _sosia.Run("student", _sosia.Photos, "--out", "out");
        Assert.Equal((2, ""), (ran.Code, ran.Out));
        Assert.Contains(sentence, ran.Sentence, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_sosia["out"]));
    }
}
