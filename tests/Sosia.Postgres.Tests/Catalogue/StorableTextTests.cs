using Sosia.Catalogue;
using Sosia.Photos.Facts;
using Sosia.Tests;

namespace Sosia.Postgres.Tests.Catalogue;

/// <summary>What photos say of themselves may hold what PostgreSQL keeps in no text; that ends no run.</summary>
public sealed class StorableTextTests
{
    [Fact]
    public void Null_characters_and_broken_pairs_are_replaced_and_the_rest_is_kept()
    {
        using var collection = new NewCollection();
        using var writer = collection.Store.OpenWriter();
        var space = writer.EnsureSpace(Some.Space());
        var facts = PhotoFacts.None with { Camera = "Canon\0EOS", Caption = "broken \uD800 pair", Credit = "𝔸da" };
        writer.Commit(
            space,
            [new PhotoRead(Some.File("/p/a.jpg"), Some.Photo("a", Some.Face()) with { Facts = facts }), Some.Failed("/p/b.jpg", "cut\0off")]
        );
        var stored = writer.FindPhotoAt("/p/a.jpg")!.Facts;
        Assert.Equal(("Canon\uFFFDEOS", "broken \uFFFD pair", "𝔸da"), (stored.Camera, stored.Caption, stored.Credit));
        Assert.Equal("cut\uFFFDoff", Assert.Single(writer.Failures()).Failure.Message);
    }
}
