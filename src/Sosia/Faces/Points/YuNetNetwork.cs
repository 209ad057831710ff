using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Sosia.Models;
using Sosia.Photos;

namespace Sosia.Faces.Points;

/// <summary>Runs YuNet: the faces of a photo, which is fitted into the input and padded with black.</summary>
internal sealed class YuNetNetwork : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _input;
    private readonly int _width;
    private readonly int _height;
    private readonly DetectorOptions _options;

    /// <param name="path">The ONNX file.</param>
    /// <param name="options">Least confidence, and the overlap of boxes of one face.</param>
    /// <exception cref="ModelException">The file can't be run, or its input and outputs are not those of YuNet.</exception>
    public YuNetNetwork(string path, DetectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        try
        {
            using var settings = OnnxSession.Options();
            _session = new InferenceSession(path, settings);
        }
        catch (OnnxRuntimeException failed)
        {
            throw new ModelException(
                ModelProblem.NotAModel,
                $"The detector {path} can't be run: {failed.Message.Split('\n')[0]}; get the file again.",
                failed
            );
        }
        try
        {
            (_input, _height, _width) = CheckInput(path);
            CheckOutputs(path);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>All faces, most confident first, in the photo's pixels; empty when there is none.</summary>
    public IReadOnlyList<DetectedFace> Detect(Photo photo)
    {
        ArgumentNullException.ThrowIfNull(photo);
        var scale = Math.Min(1, Math.Min((float)_width / photo.Width, (float)_height / photo.Height));
        var size = (Width: Shrunk(photo.Width, scale), Height: Shrunk(photo.Height, scale));
        using var results = _session.Run([NamedOnnxValue.CreateFromTensor(_input, ToInput(photo, size))]);
        var outputs = results.ToDictionary(result => result.Name, result => result.AsTensor<float>().ToArray());
        var seen = new List<DetectedFace>();
        foreach (var stride in StrideGrid.Strides)
        {
            float[][] parts = [.. YuNetOutputs.Parts.Select(part => outputs[$"{part.Name}_{stride}"])];
            YuNetOutputs.Decode(StrideGrid.Over(_width, _height, stride), parts, _options.MinConfidence, seen);
        }
        var toPhoto = System.Numerics.Matrix3x2.CreateScale((float)photo.Width / size.Width, (float)photo.Height / size.Height);
        return
        [
            .. BestBoxes
                .Of(seen, _options.SameFaceOverlap)
                .Select(face => face with { Box = Stretch(face.Box, toPhoto), Landmarks = face.Landmarks.Transform(toPhoto) }),
        ];
    }

    private static Box Stretch(Box box, System.Numerics.Matrix3x2 by) =>
        new(box.Left * by.M11, box.Top * by.M22, box.Width * by.M11, box.Height * by.M22);

    private static int Shrunk(int side, float scale) => Math.Max(1, (int)MathF.Round(side * scale));

    /// <summary>Blue, green, red; bytes as they are.</summary>
    private DenseTensor<float> ToInput(Photo photo, (int Width, int Height) size)
    {
        var pixels = photo.Pixels;
        if (size != (photo.Width, photo.Height))
        {
            var small = new byte[size.Width * size.Height * Photo.Channels];
            Resampler.Resize(photo.Pixels, photo.Width, photo.Height, small, size);
            pixels = small;
        }
        var input = new DenseTensor<float>([1, Photo.Channels, _height, _width]);
        var planes = input.Buffer.Span;
        for (var y = 0; y < size.Height; y++)
        for (var x = 0; x < size.Width; x++)
        for (var channel = 0; channel < Photo.Channels; channel++)
            planes[(2 - channel) * _width * _height + y * _width + x] = pixels[(y * size.Width + x) * Photo.Channels + channel];
        return input;
    }

    private (string Name, int Height, int Width) CheckInput(string path)
    {
        if (_session.InputMetadata.Count == 1)
        {
            var (name, input) = _session.InputMetadata.Single();
            if (input.IsTensor && input.ElementType == typeof(float) && input.Dimensions is [1, 3, > 0 and var height, > 0 and var width])
                if (width % 32 == 0 && height % 32 == 0)
                    return (name, height, width);
        }
        throw Misfit(path, "its input is not 1 × 3 × height × width floats with sides that are multiples of 32");
    }

    private void CheckOutputs(string path)
    {
        foreach (var stride in StrideGrid.Strides)
        foreach (var (part, floats) in YuNetOutputs.Parts)
        {
            var places = StrideGrid.Over(_width, _height, stride).Places;
            if (!_session.OutputMetadata.TryGetValue($"{part}_{stride}", out var output))
                throw Misfit(path, $"it has no output '{part}_{stride}'");
            if (!output.IsTensor || output.ElementType != typeof(float) || !output.Dimensions.AsSpan().SequenceEqual([1, places, floats]))
                throw Misfit(path, $"its output '{part}_{stride}' is not 1 × {places} × {floats} floats");
        }
    }

    private static ModelException Misfit(string path, string how) =>
        new(ModelProblem.DoesNotFit, $"The detector {path} is not a YuNet: {how}; give OpenCV's face_detection_yunet or one like it.");

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
