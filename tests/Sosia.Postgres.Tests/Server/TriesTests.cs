using Sosia.Catalogue;
using Sosia.Postgres.Server;

namespace Sosia.Postgres.Tests.Server;

/// <summary>How long the server is asked again.</summary>
public sealed class TriesTests
{
    [Fact]
    public void Work_that_was_stalled_for_longer_than_patience_is_tried_again_all_the_same()
    {
        using var server = Server();
        var tries = 0;
        var answer = server.Asking(() =>
        {
            if (++tries > 1)
                return 7;
            Thread.Sleep(2 * server.Patience);
            throw new IOException("reset");
        });
        Assert.Equal((7, 2), (answer, tries));
    }

    [Fact]
    public void Patience_ends()
    {
        using var server = Server();
        var tries = 0;
        Assert.Throws<CatalogueException>(() =>
            server.Asking<int>(() =>
            {
                tries++;
                throw new IOException("reset");
            })
        );
        Assert.True(tries > 2);
    }

    private static PostgresServer Server() =>
        new("Host=127.0.0.1;Database=none", "none") { Patience = TimeSpan.FromMilliseconds(300), HasAnswered = true };
}
