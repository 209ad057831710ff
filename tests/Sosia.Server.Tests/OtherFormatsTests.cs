using System.Net;

namespace Sosia.Server.Tests;

/// <summary>Photos that no browser shows, such as an iPhone's, are shown as small WebP like all others.</summary>
public class OtherFormatsTests
{
    [Theory]
    [InlineData("soft.heic", "image/heic"), InlineData("soft.jxl", "image/jxl")]
    public async Task A_photo_of_another_format_has_thumbnails_and_its_original(string name, string type)
    {
        var photo = Path.Combine(AppContext.BaseDirectory, "data", name);
        await using var server = await RunningServer.Start(samples: false);
        server.Get<Collection>().Indexing.Run([photo]);

        Assert.Equal((160, 107), Size(await server.Client.GetByteArrayAsync("photos/1/thumbnail?side=160")));
        using var original = await server.Client.GetAsync("photos/1/original");
        Assert.Equal((HttpStatusCode.OK, type), (original.StatusCode, original.Content.Headers.ContentType?.MediaType));

        var query = await server.Upload(photo);
        Assert.Equal((240, 160), Size(await server.Client.GetByteArrayAsync($"queries/{query.GetProperty("id").GetString()}/image")));
    }

    private static (int Width, int Height) Size(byte[] webp)
    {
        using var image = NetVips.Image.NewFromBuffer(webp);
        return (image.Width, image.Height);
    }
}
