namespace Sosia.Models;

/// <summary>Finds what makes no sense in an entry of a manifest.</summary>
internal static class ModelEntryCheck
{
    /// <summary>Longest side of an input, in pixels.</summary>
    private const int MaxSide = 4096;

    /// <summary>Longest row that a model may make.</summary>
    private const int MaxDimensions = 1 << 20;

    /// <exception cref="ModelException">The first thing found, in one sentence.</exception>
    public static void Check(this ModelEntry entry, string manifest)
    {
        if (Problem(entry) is { } problem)
            throw new ModelException(ModelProblem.BadManifest, $"{manifest}, model '{entry.Name}': {problem}");
    }

    private static string? Problem(ModelEntry entry) =>
        entry.Name.Length is 0 or > 64
        || !char.IsAsciiLetterOrDigit(entry.Name[0])
        || !entry.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? "expected a name of 1 to 64 letters, digits, '-', '_' and '.' that begins with a letter or digit."
        : !IsPlainFileName(entry.File) ? $"expected the name of a file beside the manifest, got '{entry.File}'."
        : entry.Calibration is { } calibration && !IsPlainFileName(calibration)
            ? $"expected a calibration file beside the manifest, got '{calibration}'."
        : entry.Sha256.Length != 64 || !entry.Sha256.All(char.IsAsciiHexDigitLower)
            ? $"expected sha256 as 64 lower-case hex digits, got '{entry.Sha256}'."
        : entry.Family != DetectorFamily.UltraLight && entry.Makes != ModelKind.FaceBoxes ? "only a detector of faces has a family."
        : entry.Detector is not null && entry.Makes != ModelKind.FaceEmbedding ? "only a face embedding names the detector it is used with."
        : InputProblem(entry.Input, entry.Makes)
            ?? (entry.MakesPoints ? GridProblem(entry.Input) : OutputProblem(entry.Output, entry.Makes));

    private static string? InputProblem(ModelInput input, ModelKind makes) =>
        input.Width is < 1 or > MaxSide || input.Height is < 1 or > MaxSide
            ? $"expected an input of 1 to {MaxSide} pixels a side, got {input.Width} × {input.Height}."
            : ChannelProblem("mean", input.Mean, input.ChannelCount)
                ?? ChannelProblem("scale", input.Scale, input.ChannelCount)
                ?? (
                    input.Scale.Contains(0) ? "a scale of 0 makes all pictures the same."
                    : !float.IsFinite(input.CropScale) || input.CropScale <= 0 ? $"expected a cropScale above 0, got {input.CropScale}."
                    : makes == ModelKind.FaceEmbedding != (input.Fit == InputFit.Align)
                        ? "a face embedding takes an aligned face (\"fit\": \"align\"), and nothing else does."
                    : input.Fit == InputFit.Align && input.Width != input.Height
                        ? $"an aligned face is square, got {input.Width} × {input.Height}."
                    : input.Fit == InputFit.Align
                    && (input.Template is not { Length: 5 } template || template.Any(p => p is not { Length: 2 } || !p.All(float.IsFinite)))
                        ? "expected a template of five points: left eye, right eye, nose, left and right mouth corner, each as [x, y]."
                    : null
                );

    private static string? GridProblem(ModelInput input) =>
        input.Width % DetectorSession.LargestStride != 0 || input.Height % DetectorSession.LargestStride != 0
            ? $"a detector of this family takes sides that are multiples of {DetectorSession.LargestStride}, got {input.Width} × "
                + $"{input.Height}."
        : input.Layout != TensorLayout.Nchw || input.ChannelCount != 3 ? "a detector of this family takes three planes of colours (nchw)."
        : null;

    private static string? ChannelProblem(string field, float[] values, int channels) =>
        values.Length != 1 && values.Length != channels ? $"expected 1 or {channels} numbers as {field}, got {values.Length}."
        : !values.All(float.IsFinite) ? $"expected finite numbers as {field}."
        : null;

    private static string? OutputProblem(ModelOutput output, ModelKind makes) =>
        makes != ModelKind.FaceBoxes && output.Dimensions is < 1 or > MaxDimensions
            ? $"expected 1 to {MaxDimensions:N0} dimensions, got {output.Dimensions}."
        : makes == ModelKind.FaceBoxes && string.IsNullOrEmpty(output.Scores)
            ? "a detector of faces needs the name of the output with its scores."
        : makes == ModelKind.FaceLandmarks && !AreFivePoints(output)
            ? "expected fivePoints: five lists of points (zero-based) that average to left eye, right eye, nose, left and right mouth "
                + "corner."
        : output.Pooling is not ("none" or "average") ? $"expected the pooling \"none\" or \"average\", got \"{output.Pooling}\"."
        : output.Metric is not ("cosine" or "euclidean") ? $"expected the metric \"cosine\" or \"euclidean\", got \"{output.Metric}\"."
        : null;

    private static bool AreFivePoints(ModelOutput output) =>
        output.FivePoints is { Length: 5 } points
        && points.All(list => list is { Length: > 0 } && list.All(p => p >= 0 && p < output.Dimensions / 2));

    private static bool IsPlainFileName(string name) =>
        name.Length is > 0 and <= 255
        && name is not ("." or "..")
        && !name.AsSpan().ContainsAny("/\\:\0")
        && Path.GetFileName(name) == name;
}
