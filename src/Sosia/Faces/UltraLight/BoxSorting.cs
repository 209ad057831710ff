namespace Sosia.Faces.UltraLight;

/// <summary>Many boxes of one face become one.</summary>
internal static class BoxSorting
{
    /// <summary>
    /// The most confident box of each face, most confident first (greedy non-maximum suppression). It is sure where one of the boxes that
    /// it stands for is.
    /// </summary>
    /// <param name="boxes">In one coordinate system.</param>
    /// <param name="sameFace">Intersection over union above which two boxes are one face.</param>
    public static List<SeenBox> OnePerFace(IEnumerable<SeenBox> boxes, float sameFace)
    {
        var kept = new List<SeenBox>();
        foreach (var box in boxes.OrderByDescending(box => box.Confidence))
        {
            var same = kept.FindIndex(other => IsSame(box.Box, other.Box, sameFace));
            if (same < 0)
                kept.Add(box);
            else if (box.IsSure && box.Box.Overlap(kept[same].Box) > sameFace)
                kept[same] = kept[same] with { IsSure = true };
        }
        return kept;
    }

    /// <summary>
    /// The same face also where one box lies almost wholly inside the other: two levels of the pyramid disagree on the size.
    /// </summary>
    private static bool IsSame(Box one, Box other, float sameFace) =>
        one.Overlap(other) > sameFace || one.Shared(other) > 0.75f * Math.Min(one.Area, other.Area);
}
