namespace Sosia.Tests.Photos;

/// <summary>Files that were made once, because nothing here writes their format; data/README.md says how.</summary>
internal static class MadeFiles
{
    public static byte[] Read(string name) =>
        File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Sosia.Tests", "Photos", "data", name));
}
