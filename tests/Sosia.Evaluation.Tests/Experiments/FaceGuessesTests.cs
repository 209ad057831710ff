using Sosia.Evaluation.Experiments.Matching;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Models.Store;
using Sosia.Photos;
using Sosia.Photos.Vips;
using Sosia.Pipeline;

namespace Sosia.Evaluation.Tests.Experiments;

/// <summary>The two networks that guess gender and age, on the sample photos that come with the build.</summary>
public sealed class FaceGuessesTests : IDisposable
{
    private readonly string _user = Directory.CreateTempSubdirectory("sosia-user-").FullName;

    public void Dispose() => Directory.Delete(_user, recursive: true);

    [Fact, Slow]
    public void Faces_get_a_gender_of_two_and_an_age_that_people_reach()
    {
        var store = new ModelStore(Path.Combine(AppContext.BaseDirectory, "models"), new UserDirectories(_user));
        using var guesses = FaceGuesses.Load(store);
        using var networks = Networks.Load(store);
        var found = new List<FaceGuess>();
        for (var sample = 1; sample <= 6; sample++)
        {
            var photo = new VipsPhotoDecoder(new PhotoOptions()).Decode(
                PhotoFile.Read(Path.Combine(AppContext.BaseDirectory, "samples", $"sample{sample}.jpg"), new PhotoOptions())
            );
            // Nearly all of the 22 are women; of boxes that do not fit so well some are taken for men.
            foreach (var face in networks.Pipeline.Read(PhotoSource.Of(photo)))
            foreach (var times in (ReadOnlySpan<float>)[0.7f, 1, 1.4f])
                found.Add(guesses.Of(photo, Around(face.Face.Box, times)));
        }
        Assert.All(found, guess => Assert.True(guess.Male is 0 or 1));
        Assert.All(found, guess => Assert.InRange(guess.Age, 1, 101));
        Assert.Equal(2, found.Select(guess => guess.Male).Distinct().Count());
        Assert.True(found.Select(guess => MathF.Round(guess.Age)).Distinct().Count() > 5);
    }

    private static Box Around(Box box, float times) =>
        new(box.Centre.X - times * box.Width / 2, box.Centre.Y - times * box.Height / 2, times * box.Width, times * box.Height);

    [Fact]
    public void A_box_that_reaches_over_the_edge_and_one_as_large_as_the_picture_are_guessed_too()
    {
        using var guesses = FaceGuesses.Load(new ModelStore(Path.Combine(AppContext.BaseDirectory, "models"), new UserDirectories(_user)));
        var photo = new Photo(97, 61, new byte[97 * 61 * 3], 97, 61);
        foreach (var box in new[] { new Box(-20, -10, 60, 60), new Box(0, 0, 97, 61), new Box(80, 40, 40, 50), new Box(10, 10, 3, 3) })
            Assert.True(float.IsFinite(guesses.Of(photo, box).Age));
        Assert.True(float.IsNaN(guesses.Of(photo, null).Male));
    }
}
