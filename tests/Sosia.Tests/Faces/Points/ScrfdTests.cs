using Sosia.Faces;
using Sosia.Faces.Points;
using Sosia.Models;

namespace Sosia.Tests.Faces.Points;

/// <summary>SCRFD's outputs, of which a few rows are filled by hand.</summary>
public class ScrfdTests
{
    private static readonly StrideGrid Grid = StrideGrid.Over(64, 32, 16);

    [Fact]
    public void A_row_is_a_box_by_distances_from_its_place_and_points_by_offsets()
    {
        var outputs = Empty();
        const int Row = 11; // second anchor of place 5: column 1 of row 1
        outputs[0][Row] = 0.9f;
        float[] distances = [0.5f, 0.75f, 1, 1.25f];
        distances.CopyTo(outputs[1], Row * 4);
        float[] offsets = [-0.25f, -0.5f, 0.25f, -0.5f, 0, 0, -0.25f, 0.5f, 0.25f, 0.5f];
        offsets.CopyTo(outputs[2], Row * 10);

        var face = Assert.Single(Decode(outputs));

        Assert.Equal(new Box(8, 4, 24, 32), face.Box);
        Assert.Equal(0.9f, face.Confidence);
        Assert.Equal(new Landmarks(new(12, 8), new(20, 8), new(16, 16), new(12, 24), new(20, 24)), face.Landmarks);
    }

    [Fact]
    public void A_score_that_is_too_low_or_no_number_is_no_face()
    {
        var outputs = Empty();
        (outputs[0][0], outputs[0][1]) = (0.69f, float.NaN);

        Assert.Empty(Decode(outputs));
    }

    [Fact]
    public void Of_two_boxes_that_overlap_the_more_confident_is_kept()
    {
        DetectedFace[] seen = [Face(0, 0.8f), Face(2, 0.9f), Face(50, 0.7f), Face(float.NaN, 1)];

        Assert.Equal([0.9f, 0.7f], BestBoxes.Of(seen, 0.4f).Select(face => face.Confidence));
    }

    private static DetectedFace Face(float left, float confidence) =>
        new(new Box(left, 0, float.IsNaN(left) ? left : 20, 20), confidence, default);

    private static float[][] Empty() =>
        [.. DetectorSession.PartsOf(DetectorFamily.Scrfd).Select(part => new float[ScrfdOutputs.Rows(Grid) * part.Floats])];

    private static List<DetectedFace> Decode(float[][] outputs)
    {
        var faces = new List<DetectedFace>();
        ScrfdOutputs.Decode(Grid, outputs, 0.7f, faces);
        return faces;
    }
}
