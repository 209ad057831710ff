using System.Runtime.InteropServices;

namespace Sosia.Server.Tests;

[Slow]
public class ForgetTests
{
    [Fact]
    public async Task Of_a_forgotten_photo_no_file_of_the_collection_holds_anything_and_indexing_does_not_bring_it_back()
    {
        await using var server = await RunningServer.Start();
        await Look(server);
        var photo = await server.Json("photos/1");
        var rows = Rows(server, photo.GetProperty("faces").EnumerateArray().Select(face => face.GetProperty("id").GetInt64()));
        Assert.All(rows, row => Assert.NotEmpty(Holding(server, row)));

        var receipt = await RunningServer.Body(await server.Client.DeleteAsync("photos/1"));
        Assert.Equal(
            (1, rows.Count, rows.Count),
            (
                receipt.GetProperty("photos").GetInt32(),
                receipt.GetProperty("faces").GetInt32(),
                receipt.GetProperty("embeddings").GetInt32()
            )
        );
        Assert.True(receipt.GetProperty("overwritten").GetBoolean());
        Assert.False(receipt.GetProperty("overwriting").GetBoolean());
        var state = await server.Json("forget");
        Assert.Equal(receipt.GetProperty("overwrittenAt").GetDateTimeOffset(), state.GetProperty("overwrittenAt").GetDateTimeOffset());
        Assert.True(state.GetProperty("overwritten").GetBoolean());
        Assert.True(receipt.GetProperty("files").GetInt32() >= 2);
        CheckNothingHolds(server, rows, photo);

        var path = photo.GetProperty("path").GetString()!;
        await JobsTests.End(
            server,
            await server.Post("jobs", new { kind = "index", folders = new[] { Path.GetDirectoryName(path) } }, 202)
        );
        Assert.Equal(5, (await server.Json("photos")).GetProperty("total").GetInt64());
        CheckNothingHolds(server, rows, photo);
        await RunningServer.Problem(await server.Client.GetAsync("photos/1"), 404, "not-found");
        await RunningServer.Problem(await server.Client.GetAsync("photos/1/thumbnail"), 404, "not-found");
        await RunningServer.Problem(await server.Client.DeleteAsync("photos/1"), 404, "not-found");
        Assert.DoesNotContain(
            (await server.Json("search?face=4&belowThreshold=true")).GetProperty("matches").EnumerateArray(),
            match => match.GetProperty("path").GetString() == path
        );
    }

    [Fact]
    public async Task Of_a_forgotten_face_nothing_stays_while_its_photo_does()
    {
        await using var server = await RunningServer.Start();
        await Look(server);
        var photo = await server.Json("photos/1");
        var face = photo.GetProperty("faces")[0].GetProperty("id").GetInt64();
        var rows = Rows(server, [face]);

        var receipt = await server.Post("forget", new { faces = new[] { face } });
        Assert.Equal(
            (0, 1, 1),
            (
                receipt.GetProperty("photos").GetInt32(),
                receipt.GetProperty("faces").GetInt32(),
                receipt.GetProperty("embeddings").GetInt32()
            )
        );
        Assert.All(rows, row => Assert.Empty(Holding(server, row)));
        var sha256 = photo.GetProperty("sha256").GetString();
        Assert.Empty(Directory.GetFiles(Path.Combine(server.CollectionDirectory, "crops"), $"{sha256}-*", SearchOption.AllDirectories));
        await RunningServer.Problem(await server.Client.GetAsync($"faces/{face}/crop"), 404, "not-found");
        await RunningServer.Problem(await server.Client.GetAsync($"search?face={face}"), 404, "not-found");
        Assert.Equal(photo.GetProperty("faceCount").GetInt32() - 1, (await server.Json("photos/1")).GetProperty("faceCount").GetInt32());

        // Not even when the photo goes and comes again.
        var folder = server.Beside("photos");
        Directory.CreateDirectory(folder);
        File.Copy(photo.GetProperty("path").GetString()!, Path.Combine(folder, "again.jpg"));
        await JobsTests.End(server, await server.Post("jobs", new { kind = "index", folders = new[] { folder } }, 202));
        Assert.Equal(photo.GetProperty("faceCount").GetInt32() - 1, (await server.Json("photos/1")).GetProperty("faceCount").GetInt32());
        Assert.All(rows, row => Assert.Empty(Holding(server, row)));
    }

    [Fact]
    public async Task Forgetting_what_is_not_there_forgets_nothing()
    {
        await using var server = await RunningServer.Start();
        await RunningServer.Problem(
            await server.Client.PostAsync("forget", JobsTests.JsonContent(new { photos = new[] { 1, 999 } })),
            404,
            "not-found"
        );
        await RunningServer.Problem(await server.Client.PostAsync("forget", JobsTests.JsonContent(new { })), 400, "bad-request");
        Assert.Equal(6, (await server.Json("photos")).GetProperty("total").GetInt64());
    }

    /// <summary>Fills every cache: pictures on the disk, embeddings in memory.</summary>
    private static async Task Look(RunningServer server)
    {
        foreach (
            var address in (string[])
                ["photos/1/thumbnail", "photos/1/thumbnail?side=640", "faces/1/crop", "faces/2/crop", "faces/1/aligned", "search?face=1"]
        )
            (await server.Client.GetAsync(address)).EnsureSuccessStatusCode();
    }

    private static void CheckNothingHolds(RunningServer server, List<byte[]> rows, System.Text.Json.JsonElement photo)
    {
        Assert.All(rows, row => Assert.Empty(Holding(server, row)));
        var sha256 = photo.GetProperty("sha256").GetString()!;
        Assert.Empty(Holding(server, System.Text.Encoding.UTF8.GetBytes(sha256)));
        Assert.Empty(Holding(server, Convert.FromHexString(sha256)));
        Assert.Empty(Holding(server, System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(photo.GetProperty("path").GetString()!))));
        Assert.Empty(Directory.GetFiles(server.CollectionDirectory, $"*{sha256}*", SearchOption.AllDirectories));
    }

    private static List<byte[]> Rows(RunningServer server, IEnumerable<long> faces) =>
        server
            .Get<Collection>()
            .Catalogue.Ask(reader =>
            {
                var table = reader.ReadEmbeddings(reader.Spaces()[0].Id);
                return faces
                    .Select(face => Array.FindIndex(table.Faces, id => id.Value == face))
                    .Where(row => row >= 0)
                    .Select(row => MemoryMarshal.AsBytes(table.Rows.Row(row)).ToArray())
                    .ToList();
            });

    /// <summary>Files of the collection that hold the bytes, or a part of a row.</summary>
    private static List<string> Holding(RunningServer server, byte[] wanted)
    {
        server.Get<Collection>().Maintenance.FinishIndexes(); // a search may have begun one, and its files are to be looked into as well
        return [.. Directory.GetFiles(server.CollectionDirectory, "*", SearchOption.AllDirectories).Where(file => Holds(file, wanted))];
    }

    private static bool Holds(string file, byte[] wanted)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Enumerable
            .Range(0, Math.Max(1, wanted.Length / 512))
            .Any(part => bytes.AsSpan().IndexOf(wanted.AsSpan(part * 512, Math.Min(32, wanted.Length))) >= 0);
    }
}
