using System.Text;
using Sosia.Faces;
using Sosia.Photos;
using Sosia.Photos.Decoders;
using Sosia.Pictures;
using Spectre.Console;

namespace Sosia.Cli.Output.OnTerminal;

/// <summary>How small pictures are drawn in a terminal.</summary>
internal enum PictureKind
{
    Auto,
    Kitty,
    Sixel,
    Blocks,
    None,
}

/// <summary>Draws the matched face of a photo above its line, or in its row, in whatever way the terminal has.</summary>
internal static class FacePictures
{
    private const int Columns = 12;
    private const int Rows = 6;
    private const int KittySide = 128;
    private const int SixelSide = 96;

    private static readonly PhotoOptions Limits = new();
    private static readonly Lazy<PhotoDecoder> Decoder = new(() => new PhotoDecoder(Limits));

    /// <summary>What draws a photo's face; draws nothing where the terminal can't, or where nobody looks.</summary>
    /// <param name="kind">Not <see cref="PictureKind.Auto"/>.</param>
    public static Action<string, Box> For(PictureKind kind) =>
        kind switch
        {
            PictureKind.Kitty => (path, box) => Draw(path, box, (KittySide, KittySide, false), Kitty),
            PictureKind.Sixel => (path, box) => Draw(path, box, (SixelSide, SixelSide, false), Sixel),
            PictureKind.Blocks => (path, box) => Draw(path, box, (Columns, 2 * Rows, true), Blocks),
            _ => static (_, _) => { },
        };

    /// <summary>A photo's face for a cell of a table.</summary>
    /// <returns>Null where the photo can't be read any more.</returns>
    public static Markup? InCell(string path, Box box)
    {
        Markup? drawn = null;
        Draw(path, box, (Columns, 2 * Rows, true), photo => drawn = AsBlocks(photo));
        return drawn;
    }

    /// <summary>The kind that is meant: the best one that this terminal has, where none was asked for.</summary>
    public static PictureKind Chosen(PictureKind kind)
    {
        static string Environment(string name) => System.Environment.GetEnvironmentVariable(name) ?? "";
        if (kind != PictureKind.Auto)
            return kind;
        if (Console.IsOutputRedirected || Environment("NO_COLOR").Length > 0 || Environment("TERM") is "dumb" or "")
            return PictureKind.None;
        if (
            Environment("KITTY_WINDOW_ID").Length > 0
            || Environment("TERM").Contains("kitty", StringComparison.Ordinal)
            || Environment("TERM_PROGRAM") is "WezTerm" or "ghostty"
        )
            return PictureKind.Kitty;
        if (
            Environment("TERM").Contains("sixel", StringComparison.Ordinal)
            || Environment("TERM") is "foot" or "mlterm"
            || Environment("TERM_PROGRAM") == "iTerm.app"
        )
            return PictureKind.Sixel;
        return Environment("COLORTERM") is "truecolor" or "24bit" ? PictureKind.Blocks : PictureKind.None;
    }

    private static void Draw(string path, Box face, (int Columns, int Rows, bool Stretch) size, Action<Photo> draw)
    {
        try
        {
            var photo = Decoder.Value.Decode(PhotoFile.Read(path, Limits));
            var (centre, reach) = (face.Centre, face.Scale(1.6f));
            var around = new Box(centre.X - reach.Width / 2, centre.Y - reach.Height / 2, reach.Width, reach.Height);
            draw(Thumbnailer.OfPart(photo, around, size.Columns, size.Rows, size.Stretch));
        }
        catch (UnreadablePhotoException)
        {
            // the photo went since it was indexed: its line stands without a picture
        }
    }

    /// <summary>The kitty graphics protocol: a PNG in base64, in pieces of 4,096 letters.</summary>
    private static void Kitty(Photo photo)
    {
        var data = Convert.ToBase64String(Thumbnailer.Png(photo.Pixels, photo.Width, photo.Height));
        for (var at = 0; at < data.Length; at += 4096)
        {
            var piece = data.AsSpan(at, Math.Min(4096, data.Length - at));
            var more = at + 4096 < data.Length ? 1 : 0;
            Console.Out.Write(at == 0 ? $"\e_Ga=T,f=100,m={more};{piece}\e\\" : $"\e_Gm={more};{piece}\e\\");
        }
        Console.Out.WriteLine();
    }

    /// <summary>Sixel graphics: 6 × 6 × 6 colours, bands of six rows.</summary>
    private static void Sixel(Photo photo)
    {
        var pixels = photo.Pixels.ToArray();
        var text = new StringBuilder("\ePq");
        for (var colour = 0; colour < 216; colour++)
            text.Append($"#{colour};2;{colour / 36 * 20};{colour / 6 % 6 * 20};{colour % 6 * 20}");
        int Colour(int x, int y)
        {
            var at = (y * photo.Width + x) * 3;
            return (pixels[at] + 25) / 51 * 36 + (pixels[at + 1] + 25) / 51 * 6 + (pixels[at + 2] + 25) / 51;
        }
        for (var top = 0; top < photo.Height; top += 6)
        {
            var rows = Math.Min(6, photo.Height - top);
            var used = new HashSet<int>();
            for (var y = 0; y < rows; y++)
            for (var x = 0; x < photo.Width; x++)
                used.Add(Colour(x, top + y));
            foreach (var colour in used)
            {
                text.Append('#').Append(colour);
                for (var x = 0; x < photo.Width; x++)
                {
                    var bits = 0;
                    for (var y = 0; y < rows; y++)
                        bits |= Colour(x, top + y) == colour ? 1 << y : 0;
                    text.Append((char)(63 + bits));
                }
                text.Append('$');
            }
            text.Append('-');
        }
        Console.Out.WriteLine(text.Append("\e\\"));
    }

    private static void Blocks(Photo photo) => Terminal.InFullColour(Console.Out).Write(AsBlocks(photo));

    /// <summary>Upper half blocks: two pixels a character.</summary>
    private static Markup AsBlocks(Photo photo)
    {
        var pixels = photo.Pixels.ToArray();
        var text = new StringBuilder();
        for (var y = 0; y + 1 < photo.Height; y += 2)
        {
            for (var x = 0; x < photo.Width; x++)
                text.Append($"[{Colour(x, y)} on {Colour(x, y + 1)}]▀[/]");
            text.Append('\n');
        }
        return new Markup(text.ToString());

        string Colour(int x, int y)
        {
            var at = (y * photo.Width + x) * 3;
            return $"#{pixels[at]:x2}{pixels[at + 1]:x2}{pixels[at + 2]:x2}";
        }
    }
}
