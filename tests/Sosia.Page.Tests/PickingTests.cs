namespace Sosia.Page.Tests;

/// <summary>Drop, paste, choose, or take a photo with the camera; or start from any photo or face in the collection.</summary>
[Slow]
public class PickingTests(Site site)
{
    [Theory]
    [InlineData("drop")]
    [InlineData("paste")]
    public async Task A_photo_that_is_dropped_or_pasted_is_searched_with(string kind)
    {
        await using var visit = await site.Visit();
        await visit.Give(kind, Samples.Photos[0]);
        await visit.Page.WaitForURLAsync("**/search?query=*");
        await visit.Cards.First.WaitForAsync();
        Assert.True(await visit.PhotosAbove() >= 4);
    }

    [Fact]
    public async Task A_photo_that_is_chosen_is_searched_with()
    {
        await using var visit = await site.Visit();
        await visit.Screenshot("start");
        await visit.Choose(Samples.Photos[0]);
        Assert.True(await visit.PhotosAbove() >= 4);
    }

    [Fact]
    public async Task The_camera_shows_its_picture_takes_it_when_told_and_is_let_go()
    {
        await using var visit = await site.Visit();
        await visit.Button("Use the camera").ClickAsync();
        await visit.See("only when you say so");
        await visit.Button("Take the photo").ClickAsync();
        await visit.Page.WaitForURLAsync("**/search?query=*");
        await visit.See("No face was found|face");
        Assert.Equal(0, await visit.Page.Locator("video").CountAsync());
    }

    [Fact]
    public async Task A_search_starts_from_any_face_of_the_collection()
    {
        await using var visit = await site.Visit("/faces");
        await visit.Page.Locator(".cell a").Nth(2).ClickAsync();
        await visit.Page.WaitForURLAsync("**/search?face=*");
        await visit.Cards.First.WaitForAsync();
        Assert.Equal("this person", await visit.Cards.First.Locator(".badge").TextContentAsync());
    }

    [Fact]
    public async Task A_search_starts_from_any_photo_of_the_collection()
    {
        await using var visit = await site.Visit("/photos");
        await visit.Page.Locator(".cell a").First.ClickAsync();
        await visit.Page.WaitForURLAsync("**/photos/*");
        await visit.Page.Locator(".face-choice:enabled").First.ClickAsync();
        await visit.Page.WaitForURLAsync("**/search?face=*");
        await visit.Cards.First.WaitForAsync();
    }

    [Fact]
    public async Task A_file_that_is_no_photo_is_refused_with_its_reason()
    {
        await using var visit = await site.Visit();
        await visit
            .Page.Locator("input[type=file]")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "letter.jpg",
                    MimeType = "image/jpeg",
                    Buffer = "no photo"u8.ToArray(),
                }
            );
        await visit.See("can't be read as a photo");
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Page.Locator("dialog")).ToHaveCountAsync(0);
    }
}
