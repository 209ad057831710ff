namespace Sosia.Faces.Points;

/// <summary>Keeps one detection of each face.</summary>
internal static class BestBoxes
{
    /// <summary>Non-maximum suppression: the most confident first, and none that overlaps one before it.</summary>
    /// <param name="faces">All detections; not finite ones are left out.</param>
    /// <param name="overlap">Intersection over union above which two are of one face.</param>
    public static IReadOnlyList<DetectedFace> Of(IEnumerable<DetectedFace> faces, float overlap)
    {
        var kept = new List<DetectedFace>();
        foreach (var face in faces.Where(face => float.IsFinite(face.Box.Area)).OrderByDescending(face => face.Confidence))
            if (kept.TrueForAll(better => better.Box.Overlap(face.Box) <= overlap))
                kept.Add(face);
        return kept;
    }
}
