using NetVips;

namespace Sosia.Cli.Tests;

/// <summary>Photos made of the samples that come with Sosia.</summary>
internal static class Portraits
{
    private static readonly (int Sample, int X, int Y)[] People =
    [
        (1, 508, 472),
        (3, 690, 468),
        (3, 1189, 348),
        (4, 1077, 303),
        (6, 361, 619),
        (6, 1580, 408),
    ];
    private static readonly byte[][] Plain = [.. People.Select(person => Cut(person.Sample, person.X - 120, person.Y - 160, 240, 320))];
    private static readonly Lazy<byte[][]> Wide = new(() =>
        [.. People.Select(person => Cut(person.Sample, person.X - 170, person.Y - 210, 340, 460))]
    );
    private static readonly Lazy<byte[][]> Darker = new(() => [.. Plain.Select(Darken)]);

    public static string Sample(int number) => Path.Combine(AppContext.BaseDirectory, "samples", $"sample{number}.jpg");

    /// <summary>One of six people; every number has bytes of its own.</summary>
    public static byte[] Of(int number) => [.. Plain[number % Plain.Length], (byte)number, (byte)(number >> 8)];

    /// <summary>One of the six with some of what is around, for those who ask what else is in a picture.</summary>
    public static byte[] Around(int person) => Wide.Value[person];

    /// <summary>The same person nearer, smaller and darker: another photo, the same face.</summary>
    public static byte[] Again(int number) => Darker.Value[number % Plain.Length];

    public static byte[] WithoutFace()
    {
        using var grey = Image.Black(64, 64, 3) + 90;
        using var bytes = grey.Cast(Enums.BandFormat.Uchar);
        return bytes.PngsaveBuffer();
    }

    /// <summary>One of six people, the file ending where the picture does.</summary>
    public static byte[] Whole(int number) => Plain[number % Plain.Length];

    private static byte[] Darken(byte[] portrait)
    {
        using var plain = Image.NewFromBuffer(portrait);
        using var near = plain.Crop(24, 40, plain.Width - 48, plain.Height - 80); // so much that it counts as another picture
        using var darker = (near.Resize(0.9) * 0.9).Cast(Enums.BandFormat.Uchar);
        return darker.JpegsaveBuffer(q: 88);
    }

    private static byte[] Cut(int sample, int left, int top, int width, int height)
    {
        using var whole = Image.NewFromFile(Sample(sample));
        using var cut = whole.Crop(left, top, width, height);
        return cut.JpegsaveBuffer(q: 90, keep: Enums.ForeignKeep.None);
    }
}
