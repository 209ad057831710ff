namespace Sosia.Cli.Tests;

/// <summary>Commands that need no network work where their files are gone.</summary>
[Slow]
public sealed class NoNetworkTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void An_index_with_nothing_to_do_status_photos_and_verify_load_no_network()
    {
        _sosia.PutMany(3);
        Assert.Equal(0, _sosia.Run("index", _sosia.Photos).Code);
        var models = Path.Combine(Path.GetDirectoryName(SosiaProgram.Executable)!, "models");
        Directory.CreateDirectory(_sosia["no-networks"]);
        foreach (var manifest in Directory.GetFiles(models, "*.json"))
            File.Copy(manifest, Path.Combine(_sosia["no-networks"], Path.GetFileName(manifest)));
        _sosia.Environment["SOSIA_MODELS"] = _sosia["no-networks"];

        foreach (var command in new string[][] { ["index", _sosia.Photos], ["status"], ["photos"], ["verify"], ["verify", "--photos"] })
        {
            var ran = _sosia.Run(command);
            Assert.Equal((0, ""), (ran.Code, ran.Error));
        }

        _sosia.PutMany(1, from: 3);
        Assert.Equal(2, _sosia.Run("index", _sosia.Photos).Code); // and now one is needed
    }
}
