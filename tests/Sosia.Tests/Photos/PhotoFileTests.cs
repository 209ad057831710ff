using System.Diagnostics;
using System.Security.Cryptography;
using Sosia.Photos;

namespace Sosia.Tests.Photos;

/// <summary>A file is read whole and at rest, or not at all.</summary>
public sealed class PhotoFileTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_read_with_its_hash_and_stamp()
    {
        var bytes = RandomNumberGenerator.GetBytes(10_000_000);
        File.WriteAllBytes(_folder["photo.jpg"], bytes);

        var file = PhotoFile.Read(_folder["photo.jpg"], new PhotoOptions());

        Assert.Equal(bytes, file.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.Sha256);
        Assert.Equal((bytes.Length, File.GetLastWriteTimeUtc(_folder["photo.jpg"])), (file.Stamp.Bytes, file.Stamp.Modified));
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_read_is_refused()
    {
        var path = _folder["photo.jpg"];
        using var growing = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        growing.Write(new byte[60_000_000]);
        growing.Flush();
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                growing.Write(new byte[1]);
                growing.Flush();
            }
        });
        // On a busy machine a whole read may fall between two writes, and is right then.
        var reason = (UnreadableReason?)null;
        for (var read = 0; read < 200 && reason is null; read++)
            reason = Try(path);
        await stop.CancelAsync();
        await writer;
        Assert.Equal(UnreadableReason.Changing, reason);
    }

    [Fact]
    public void A_file_of_no_bytes_is_called_empty()
    {
        File.WriteAllBytes(_folder["photo.jpg"], []);
        Assert.Equal(UnreadableReason.Empty, Refused("photo.jpg").Reason);
    }

    [Fact]
    public void A_file_over_the_limit_is_not_opened()
    {
        File.WriteAllBytes(_folder["photo.jpg"], new byte[1001]);
        var refused = Assert.Throws<UnreadablePhotoException>(() =>
            PhotoFile.Read(_folder["photo.jpg"], new PhotoOptions { MaxBytes = 1000 })
        );
        Assert.Equal(
            (UnreadableReason.OverLimit, "The file has 1,001 bytes, and the limit is 1,000; raise it with --max-bytes."),
            (refused.Reason, refused.Message)
        );
    }

    [Fact]
    public void A_FIFO_does_not_hold_anybody_up()
    {
        Process.Start("mkfifo", _folder["pipe.jpg"]).WaitForExit();
        var refused = Refused("pipe.jpg");
        Assert.Equal(UnreadableReason.Empty, refused.Reason);
        Assert.Contains("not a regular file", refused.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_and_a_folder_are_told_apart()
    {
        Assert.Equal("The file is not there.", Refused("nowhere.jpg").Message);
        Directory.CreateDirectory(_folder["folder.jpg"]);
        Assert.Equal("This is a folder, and a photo is needed.", Refused("folder.jpg").Message);
    }

    [Fact]
    public void A_file_that_this_user_may_not_read_is_refused_with_what_to_do()
    {
        File.WriteAllBytes(_folder["photo.jpg"], new byte[10]);
        OperatingSystemLimits.SetMode(_folder["photo.jpg"], UnixFileMode.None);
        OperatingSystemLimits.SetMode(_folder.Path, (UnixFileMode)0b111_101_101); // the file is refused, not the way to it
        var refused = (UnreadablePhotoException?)null;
        OperatingSystemLimits.AsOrdinaryUser(() =>
            refused = Assert.Throws<UnreadablePhotoException>(() => PhotoFile.Read(_folder["photo.jpg"], new PhotoOptions()))
        );
        Assert.Equal((UnreadableReason.NoAccess, "The file may not be read; allow it for this user."), (refused!.Reason, refused.Message));
    }

    private static UnreadableReason? Try(string path)
    {
        try
        {
            PhotoFile.Read(path, new PhotoOptions());
            return null;
        }
        catch (UnreadablePhotoException refused)
        {
            return refused.Reason;
        }
    }

    private UnreadablePhotoException Refused(string name) =>
        Assert.Throws<UnreadablePhotoException>(() => PhotoFile.Read(_folder[name], new PhotoOptions()));
}
