using System.Reflection;
using Sosia.Faces;
using Sosia.Models;

namespace Sosia.Tests.Faces;

public class ProvenanceTests
{
    private static readonly ModelEntry Boxes = RealFiles.Model("ultra-light-320").Entry;
    private static readonly Provenance Usual = Provenance.Of(Boxes, new DetectorOptions());

    /// <summary>All there are, so that none that comes later is left out; the network's name alone says nothing, its file does.</summary>
    public static TheoryData<string> Options =>
        [
            .. typeof(DetectorOptions)
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(option => option.Name)
                .Where(name => name != nameof(DetectorOptions.Network)),
        ];

    [Theory, MemberData(nameof(Options))]
    public void Another_value_of_any_option_is_another_provenance_and_its_description_says_so(string option)
    {
        var options = new DetectorOptions();
        var property = typeof(DetectorOptions).GetProperty(option)!;
        property.SetValue(
            options,
            property.GetValue(options) switch
            {
                bool flag => !flag,
                int number => number + 1,
                float number => MathF.BitIncrement(number),
                null => DetectorOptions.LeastFace,
                var value => throw new NotSupportedException($"Say how another value than {value} is made."),
            }
        );
        var other = Provenance.Of(Boxes, options);
        Assert.NotEqual(Usual.Key, other.Key);
        Assert.NotEqual(Usual.Description, other.Description);
    }

    public static TheoryData<string, Func<ModelEntry, ModelEntry>> Networks =>
        new()
        {
            { "file", e => e with { Sha256 = new string('0', 64) } },
            { "size", e => e with { Input = e.Input with { Width = 640, Height = 480 } } },
            { "mean", e => e with { Input = e.Input with { Mean = [128] } } },
            { "scores", e => e with { Output = e.Output with { Scores = "other" } } },
        };

    [Theory, MemberData(nameof(Networks))]
    public void Another_network_or_preprocessing_is_another_provenance(string what, Func<ModelEntry, ModelEntry> change) =>
        Assert.True(Provenance.Of(change(Boxes), new DetectorOptions()).Key != Usual.Key, what);

    [Fact]
    public void What_the_network_is_called_is_only_in_the_description()
    {
        var other = Provenance.Of(Boxes with { Name = "other", File = "other.onnx" }, new DetectorOptions());
        Assert.Equal(Usual.Key, other.Key);
        Assert.Equal("ultra-light-320, faces from 1/50 of the longest side", Usual.Description);
        Assert.Equal("other, faces from 1/50 of the longest side", other.Description);
    }

    [Fact]
    public void A_finder_says_how_it_finds()
    {
        using var finder = RealNetworks.FinderWith(new DetectorOptions { SmallestFace = 40, TryHarder = false });
        Assert.Equal("ultra-light-320, faces from 40 pixels, without margin and turns", finder.Provenance.Description);
        Assert.Equal(Usual, RealNetworks.Finder.Provenance);
        Assert.NotEqual(Usual.Key, finder.Provenance.Key);
    }
}
