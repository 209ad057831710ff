namespace Sosia.Faces.UltraLight;

/// <summary>
/// The prior boxes of a single-shot detector (SSD; Liu et al. 2016, section 2.1) as Ultra-Light-Fast-Generic-Face-Detector has them, for a
/// picture of any size, and what the network's deltas make of them.
/// </summary>
internal static class PriorBoxes
{
    private const float CentreVariance = 0.1f,
        SizeVariance = 0.2f;

    /// <summary>Pixels between two places of each feature map, and the sides of the squares at every place.</summary>
    private static readonly (int Stride, float[] Sides)[] Maps = [(8, [10, 16, 24]), (16, [32, 48]), (32, [64, 96]), (64, [128, 192, 256])];

    /// <summary>How many a picture has.</summary>
    public static int Count(int width, int height) =>
        Maps.Sum(map => Places(width, map.Stride) * Places(height, map.Stride) * map.Sides.Length);

    /// <summary>The boxes whose score is high enough.</summary>
    /// <param name="picture">Columns and rows.</param>
    /// <param name="trained">Columns and rows of the pictures that the network was trained on.</param>
    /// <param name="deltas">Four floats a prior: centre and logarithm of the size, in parts of the prior's.</param>
    /// <param name="scores">Two floats a prior: background, face.</param>
    /// <param name="minConfidence">Least score.</param>
    /// <param name="into">Boxes in the picture's pixels, added.</param>
    public static void Decode(
        (int Width, int Height) picture,
        (int Width, int Height) trained,
        ReadOnlySpan<float> deltas,
        ReadOnlySpan<float> scores,
        float minConfidence,
        List<SeenBox> into
    )
    {
        var prior = 0;
        foreach (var (stride, sides) in Maps)
        {
            var (columns, rows) = (Places(picture.Width, stride), Places(picture.Height, stride));
            for (var place = 0; place < columns * rows; place++)
            for (var i = 0; i < sides.Length; i++, prior++)
            {
                var confidence = scores[2 * prior + 1];
                if (confidence < minConfidence)
                    continue;
                // As the network was trained: no prior is larger than the picture.
                var (width, height) = (Math.Min(sides[i], picture.Width), Math.Min(sides[i], picture.Height));
                var x = Centre(place % columns, picture.Width, trained.Width, stride) + deltas[4 * prior] * CentreVariance * width;
                var y = Centre(place / columns, picture.Height, trained.Height, stride) + deltas[4 * prior + 1] * CentreVariance * height;
                var (w, h) = (
                    width * MathF.Exp(deltas[4 * prior + 2] * SizeVariance),
                    height * MathF.Exp(deltas[4 * prior + 3] * SizeVariance)
                );
                into.Add(new SeenBox(new Box(x - w / 2, y - h / 2, w, h), confidence));
            }
        }
    }

    /// <summary>
    /// In training, priors were spread evenly over the picture, whether its side is a multiple of the stride or not: 240 rows have 8 places
    /// of 30, while the features that belong to them are 32 apart. The network learnt to give the mean difference, half of what is left
    /// over, as part of its deltas, and gives it at every size.
    /// </summary>
    private static float Centre(int place, int side, int trained, int stride) =>
        side == trained
            ? (place + 0.5f) * side / Places(side, stride)
            : (place + 0.5f) * stride - (Places(trained, stride) * stride - trained) / 2f;

    private static int Places(int side, int stride) => (side + stride - 1) / stride;
}
