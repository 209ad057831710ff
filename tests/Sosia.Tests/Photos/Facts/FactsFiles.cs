using System.Text;

namespace Sosia.Tests.Photos.Facts;

/// <summary>Small pictures that say something of themselves; data/README.md says how they were made.</summary>
internal static class FactsFiles
{
    public static byte[] Read(string name) =>
        File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Sosia.Tests", "Photos", "Facts", "data", name));

    /// <summary>A file in which a text was replaced, wherever it stands, by another of the same length.</summary>
    public static byte[] With(string name, string text, string by)
    {
        var (bytes, from, to) = (Read(name), Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(by));
        Assert.Equal(from.Length, to.Length);
        var at = bytes.AsSpan().IndexOf(from);
        Assert.True(at >= 0, $"'{text}' does not stand in {name}.");
        for (; at >= 0; at = bytes.AsSpan().IndexOf(from))
            to.CopyTo(bytes, at);
        return bytes;
    }
}
