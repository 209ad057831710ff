using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Sosia.Cli.Tests;

/// <summary>The drawings of the documents are those that the program makes.</summary>
public sealed class DrawingTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();

    public void Dispose() => _sosia.Dispose();

    [Fact]
    public void The_drawings_of_the_documents_are_up_to_date()
    {
        Assert.Equal(0, _sosia.Run("draw", "--out", "drawn").Code);
        foreach (var drawn in Directory.GetFiles(_sosia["drawn"]))
        {
            var kept = Path.Combine(Images(), Path.GetFileName(drawn));
            Assert.True(File.Exists(kept), $"docs/images/{Path.GetFileName(drawn)} is missing; run `sosia draw --out docs/images`.");
            Assert.Equal(File.ReadAllText(kept).ReplaceLineEndings("\n"), File.ReadAllText(drawn).ReplaceLineEndings("\n"));
        }
    }

    [Fact]
    public void A_drawing_has_the_shapes_of_every_step_and_colours_for_dark_pages()
    {
        Assert.Equal(0, _sosia.Run("draw", "--out", "drawn").Code);
        var baseline = Texts("baseline.svg");
        foreach (var expected in new[] { "Conv 3 × 3, ReLU", "248 × 248 × 32", "29 × 29 × 128", "107,648 values", "5,749 values" })
            Assert.Contains(expected, baseline);
        var block = Texts("inception-resnet-a.svg");
        Assert.Equal(7, block.Count(text => text.StartsWith("Conv", StringComparison.Ordinal)));
        foreach (var expected in new[] { "28 × 28 × 128", "28 × 28 × 320", "concatenate", "add, ReLU" })
            Assert.Contains(expected, block);
        Assert.Contains("prefers-color-scheme: dark", File.ReadAllText(_sosia["drawn/baseline.svg"]), StringComparison.Ordinal);
    }

    private string[] Texts(string file) =>
        [
            .. XDocument
                .Load(_sosia[$"drawn/{file}"])
                .Descendants()
                .Where(element => element.Name.LocalName == "text")
                .Select(element => element.Value),
        ];

    private static string Images([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "images"));
}
