using NetVips;

namespace Sosia.Bench.OwnPhotos;

/// <summary>How photos are made worse.</summary>
internal enum Worse
{
    /// <summary>As they are.</summary>
    Not,

    /// <summary>JPEG of quality 30.</summary>
    Jpeg,

    /// <summary>Half as many pixels along each side.</summary>
    Half,

    /// <summary>Without colours.</summary>
    Grey,

    /// <summary>All of it.</summary>
    All,
}

/// <summary>Photos of several people, composed of images of one person each.</summary>
internal static class ComposedPhotos
{
    /// <summary>Images in a row, and in a column.</summary>
    public const int Side = 3;

    private const int Tile = 250;

    /// <summary>Chooses images of different people for each photo.</summary>
    /// <param name="images">Images of each person.</param>
    /// <param name="random">Draws them.</param>
    public static List<string[]> Choose(IEnumerable<string[]> images, Random random)
    {
        // People with most images first, so that nobody is left with several of one person.
        var left = images.Select(person => new Queue<string>(person)).ToList();
        var photos = new List<string[]>();
        while (left.Count >= Side * Side)
        {
            string[] chosen =
            [
                .. left.OrderByDescending(person => person.Count + random.NextDouble())
                    .Take(Side * Side)
                    .Select(person => person.Dequeue()),
            ];
            random.Shuffle(chosen);
            photos.Add(chosen);
            left.RemoveAll(person => person.Count == 0);
        }
        return photos;
    }

    /// <summary>Writes a photo.</summary>
    public static void Write(IReadOnlyList<string> images, Worse worse, string path)
    {
        var tiles = images.Select(image => Image.NewFromFile(image)).ToArray();
        try
        {
            using var joined = Image.Arrayjoin(tiles, across: Side, hspacing: Tile, vspacing: Tile);
            using var smaller = worse is Worse.Half or Worse.All ? joined.Resize(0.5) : joined.Copy();
            using var grey = worse is Worse.Grey or Worse.All ? smaller.Colourspace(Enums.Interpretation.Bw) : smaller.Copy();
            grey.Jpegsave(path, q: worse is Worse.Jpeg or Worse.All ? 30 : 95);
        }
        finally
        {
            foreach (var tile in tiles)
                tile.Dispose();
        }
    }

    /// <summary>The image of which a face is, by the middle of its box; the photo may have been made smaller.</summary>
    public static int TileAt(System.Numerics.Vector2 centre, int width)
    {
        var tile = (float)width / Side;
        return Math.Clamp((int)(centre.Y / tile), 0, Side - 1) * Side + Math.Clamp((int)(centre.X / tile), 0, Side - 1);
    }
}
