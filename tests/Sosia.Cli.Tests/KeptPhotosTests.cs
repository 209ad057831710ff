namespace Sosia.Cli.Tests;

/// <summary>Photos whose files can't be read at the moment, or are not there for now: they stay, and the program says so.</summary>
[Slow]
public sealed class KeptPhotosTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void A_file_that_can_no_longer_be_read_is_3_listed_with_its_photo_and_found_as_it_was()
    {
        _sosia.PutMany(3);
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        var path = _sosia.Put("0001.jpg", Portraits.Of(1)[..2000]); // a copy that is not done yet

        Assert.Equal(3, _sosia.Run("index", _sosia.Photos).Code);

        var photos = _sosia.Run("status", "--json").Json.GetProperty("photos");
        Assert.Equal((3, 3, 0, 1), (Number("total"), Number("searchable"), Number("unreadable"), Number("unreadableNow")));
        Assert.Contains("Unreadable now", _sosia.Run("status").Out);
        var failed = Assert.Single(_sosia.Run("photos", "--failed", "--json").JsonLines);
        Assert.Equal(
            (path, "unreadable", true),
            (failed.GetProperty("path").GetString(), failed.GetProperty("state").GetString(), failed.GetProperty("photo").GetInt64() > 0)
        );
        Assert.Equal(3, _sosia.Run("photos", "--json").JsonLines.Length);
        var query = _sosia.Run("search", Path.Combine(_sosia.Photos, "0000.jpg"), "--threshold", "-1", "--json").Json;
        Assert.Contains(query.GetProperty("matches").EnumerateArray(), match => match.GetProperty("path").GetString() == path);

        _sosia.Put("0001.jpg", Portraits.Of(1));
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        Assert.Equal(0, _sosia.Run("photos", "--failed").Out.Length);

        int Number(string name) => photos.GetProperty(name).GetInt32();
    }

    [Fact]
    public void A_disk_that_is_mounted_in_the_place_of_another_does_not_delete_what_lay_there()
    {
        _sosia.PutMany(8);
        _sosia.Put("usb/away.jpg", Portraits.Of(8));
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        const string Mount = "mount -t tmpfs tmpfs photos/usb && touch photos/usb/autorun.inf && ";
        Assert.SkipUnless(_sosia.Shell($"unshare -rm sh -c '{Mount}true'").Code == 0, "No file system can be mounted here.");

        var ran = _sosia.Shell($"unshare -rm sh -c '{Mount}\"$SOSIA\" index photos'");

        Assert.Equal(3, ran.Code);
        Assert.Contains("1 of 9 photos are no longer where they were", ran.Error);
        Assert.EndsWith("photos/usb.", ran.Error.Trim());
        Assert.Equal(9, _sosia.Run("status", "--json").Json.GetProperty("photos").GetProperty("searchable").GetInt32());
    }
}
