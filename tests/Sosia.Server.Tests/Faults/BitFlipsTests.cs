using Sosia.Hosting;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server.Tests.Faults;

/// <summary>One bit of the file of keys is another than was written: a key may stop opening, and none opens more.</summary>
public sealed class BitFlipsTests : IDisposable
{
    private readonly string _collection = Directory.CreateTempSubdirectory("sosia-keys-").FullName;

    public void Dispose() => Directory.Delete(_collection, recursive: true);

    [Fact]
    public void Bits_that_flip_let_nobody_in_and_give_nobody_more()
    {
        var store = new KeyStore(_collection);
        store.Add("reader", Scope.Search, TimeProvider.System.GetUtcNow());
        store.Add("owner", Scope.Manage, TimeProvider.System.GetUtcNow());
        var known = store.Read().ToDictionary(key => key.Sha256, key => key.May);
        var file = Path.Combine(_collection, "server.keys");
        var sound = File.ReadAllBytes(file);
        var noticed = 0;
        foreach (var seed in FaultRun.Seeds("bits-keys", 200, 5000))
        {
            File.WriteAllBytes(file, Mutator.Flip(sound, new Random(seed)));
            try
            {
                // A hash that changed is the hash of a key that nobody has.
                foreach (var key in store.Read().Where(key => known.ContainsKey(key.Sha256)))
                    Assert.True(key.May <= known[key.Sha256], $"seed {seed}: {key.Name} may {key.May}");
            }
            catch (OptionException)
            {
                noticed++;
            }
        }
        Assert.True(!FaultRun.IsUsual || noticed > 0, "No flip was noticed.");
    }
}
