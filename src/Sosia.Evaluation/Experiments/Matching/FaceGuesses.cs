using System.Buffers;
using Google.Protobuf;
using Sosia.Embeddings;
using Sosia.Faces;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Models.Onnx.Schema;
using Sosia.Models.Store;
using Sosia.Photos;

namespace Sosia.Evaluation.Experiments.Matching;

/// <summary>What two small networks guess of a face. Not a number where there is none.</summary>
/// <param name="Male">1 or 0.</param>
/// <param name="Age">In years.</param>
internal readonly record struct FaceGuess(float Male, float Age)
{
    public static FaceGuess None { get; } = new(float.NaN, float.NaN);
}

/// <summary>Guesses gender and age with the manifest's networks of faces' traits. One is shared by all threads.</summary>
internal sealed class FaceGuesses(TraitNetwork gender, TraitNetwork age) : IDisposable
{
    private const string Gender = "gender-64",
        Age = "age-64";

    /// <exception cref="ModelException">One of the two is missing or damaged.</exception>
    public static FaceGuesses Load(ModelStore models)
    {
        var gender = TraitNetwork.Load(models, Gender);
        try
        {
            return new FaceGuesses(gender, TraitNetwork.Load(models, Age));
        }
        catch
        {
            gender.Dispose();
            throw;
        }
    }

    /// <param name="photo">The picture.</param>
    /// <param name="face">The face's box in its pixels; null for none.</param>
    public FaceGuess Of(Photo photo, Box? face) =>
        face is { } box ? new FaceGuess(gender.Value(photo, box) >= 0.5f ? 1 : 0, age.Value(photo, box)) : FaceGuess.None;

    public void Dispose()
    {
        gender.Dispose();
        age.Dispose();
    }
}

/// <summary>
/// SSR-Net: Yang, Huang, Lin, Hsiu, Chuang, "SSR-Net: A Compact Soft Stagewise Regression Network for Age Estimation" (2018).
/// </summary>
internal sealed class TraitNetwork : IDisposable
{
    private const int Stages = 3,
        Bins = 3;
    private const string Joined = "stages";

    /// <summary>Probabilities of three stages, then how much each stage's bins are widened, then how far each bin is moved.</summary>
    private static readonly string[] Outputs =
    [
        "prob_stage_1",
        "prob_stage_2",
        "prob_stage_3",
        "stage1_delta_k",
        "stage2_delta_k",
        "stage3_delta_k",
        "index_offset_stage1",
        "index_offset_stage2",
        "index_offset_stage3",
    ];

    private const int Values = Stages * (2 * Bins + 1);
    private readonly OnnxSession _session;
    private readonly Preprocessing _preprocessing;
    private readonly ModelEntry _entry;

    private TraitNetwork(OnnxSession session, ModelEntry entry) =>
        (_session, _entry, _preprocessing) = (session, entry, new Preprocessing(entry.Input));

    /// <exception cref="ModelException">Not there, damaged, or no such network.</exception>
    public static TraitNetwork Load(ModelStore models, string name)
    {
        var model = models.Resolve(ModelKind.FaceTrait, name);
        var graph = OnnxModel.Parse(ModelStore.ReadChecked(model), model.Path);
        if (Outputs.Except(graph.Graph.Output.Select(output => output.Name)).FirstOrDefault() is { } missing)
            throw new ModelException(
                ModelProblem.DoesNotFit,
                $"The model '{name}' has no output '{missing}', so it is no network of the kind that is read here (SSR-Net); remove it."
            );
        graph.Graph.Node.Add(OnnxBuilder.Node("Concat", Outputs, Joined, ("axis", 1)));
        graph.Graph.Output.Add(new ValueInfoProto { Name = Joined, Type = graph.Graph.Output[0].Type.Clone() });
        graph.Graph.Output[^1].Type.TensorType.Shape.Dim[^1].DimValue = Values;
        var entry = model.Entry with { Output = model.Entry.Output with { Name = Joined, Dimensions = Values } };
        return new TraitNetwork(OnnxSession.Load(graph.ToByteArray(), entry), entry);
    }

    /// <summary>The value of a face, from 0 to the entry's range.</summary>
    public float Value(Photo photo, Box face)
    {
        var side = _entry.Input.Width;
        var pixels = ArrayPool<byte>.Shared.Rent(side * side * Photo.Channels);
        var tensor = ArrayPool<float>.Shared.Rent(_preprocessing.Floats);
        Span<float> stages = stackalloc float[Values];
        try
        {
            var fitted = pixels.AsSpan(0, side * side * Photo.Channels);
            PictureScaler.Resize(photo.Pixels, photo.Width, Around(face, photo), fitted, side, _entry.Input.Interpolation);
            _preprocessing.Fill(fitted, tensor.AsSpan(0, _preprocessing.Floats));
            _session.Run(tensor.AsSpan(0, _preprocessing.Floats), 1, stages);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pixels);
            ArrayPool<float>.Shared.Return(tensor);
        }
        return Regress(stages) * (_entry.Output.Range ?? 1);
    }

    public void Dispose() => _session.Dispose();

    /// <summary>The paper's formula (7): each stage refines the one before within its bins.</summary>
    private static float Regress(ReadOnlySpan<float> values)
    {
        var (sum, width) = (0f, 1f);
        for (var stage = 0; stage < Stages; stage++)
        {
            width *= Bins * (1 + values[Stages * Bins + stage]);
            var expected = 0f;
            for (var bin = 0; bin < Bins; bin++)
                expected += (bin + values[Stages * (Bins + 1) + stage * Bins + bin]) * values[stage * Bins + bin];
            sum += expected / width;
        }
        return sum;
    }

    /// <summary>A square around the middle of the face, moved into the picture where it reaches over its edge.</summary>
    private Embeddings.Region Around(Box face, Photo photo)
    {
        var side = Math.Min(_entry.Input.CropScale * face.Height, Math.Min(photo.Width, photo.Height));
        var left = Math.Clamp(face.Centre.X - side / 2, 0, photo.Width - side);
        var top = Math.Clamp(face.Centre.Y - side / 2, 0, photo.Height - side);
        return new Embeddings.Region(left, top, side, side);
    }
}
