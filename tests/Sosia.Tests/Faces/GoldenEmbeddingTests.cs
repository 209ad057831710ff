using System.Numerics;
using System.Text.Json;
using Sosia.Photos;
using Sosia.Tests.Photos;

namespace Sosia.Tests.Faces;

/// <summary>
/// The embeddings of the sample photos' 22 faces, as they were when checked: whatever changes them (a decoder, a resampler, a network, a
/// processor) has to be looked at. Kept as one byte a dimension. SOSIA_WRITE_GOLDEN=1 writes them anew. A face may have several rows: ONNX
/// Runtime rounds differently with AVX2 and with AVX-512, and the landmarks of the face in the middle of sample 2 move enough for a cosine
/// of 0.9985.
/// </summary>
public class GoldenEmbeddingTests
{
    private static readonly string Golden = Path.Combine(Repository.Root, "tests", "Sosia.Tests", "Faces", "golden-embeddings.json");

    private sealed record Row(int Sample, int X, int Y, float Scale, string Values);

    [Fact]
    public void The_faces_of_the_sample_photos_have_the_embeddings_they_had()
    {
        var rows = Enumerable.Range(1, 6).SelectMany(Read).ToArray();
        if (Environment.GetEnvironmentVariable("SOSIA_WRITE_GOLDEN") == "1")
            File.WriteAllText(Golden, "[\n" + string.Join(",\n", rows.Select(row => JsonSerializer.Serialize(Pack(row)))) + "\n]\n");

        var golden = JsonSerializer.Deserialize<Row[]>(File.ReadAllText(Golden))!;

        var faces = golden.GroupBy(row => (row.Sample, row.X, row.Y)).ToArray();
        Assert.Equal((22, 22), (faces.Length, rows.Length));
        Assert.All(
            faces,
            face =>
            {
                var (sample, x, y) = face.Key;
                var near = rows.MinBy(row => (row.Sample == sample ? 0 : 1e6f) + Vector2.Distance(row.At, new Vector2(x, y)));
                var cosine = face.Max(known => Cosine(known, near.Row));
                Assert.True(cosine > 0.999, $"sample {sample} at {x}, {y}: cosine {cosine:F5}");
            }
        );
    }

    [Fact, Slow]
    public void Every_row_has_unit_length_and_the_22_people_of_the_photos_are_told_apart()
    {
        var faces = Enumerable.Range(1, 6).SelectMany(Read).ToArray();
        Assert.All(faces, face => Assert.Equal(1, Math.Sqrt(face.Row.Sum(value => (double)value * value)), 1e-4));
        foreach (var photo in faces.GroupBy(face => face.Sample))
        foreach (var one in photo)
        foreach (var other in photo.Where(other => other.At != one.At))
            Assert.True(
                one.Row.Zip(other.Row).Sum(pair => pair.First * pair.Second) < 0.5f,
                $"Two people in sample {photo.Key} look the same."
            );
    }

    private static IEnumerable<(int Sample, Vector2 At, float[] Row)> Read(int sample)
    {
        var file = PhotoFile.Read(Repository.SamplePhotos[sample - 1], new PhotoOptions());
        return RealNetworks
            .Read(MadePictures.Decoder.Decode(file))
            .OrderBy(face => face.Face.Box.Left)
            .Select(face => (sample, face.Face.Box.Centre, face.Embedding!));
    }

    private static Row Pack((int Sample, Vector2 At, float[] Row) face)
    {
        var scale = face.Row.Max(Math.Abs) / 127;
        return new Row(
            face.Sample,
            (int)face.At.X,
            (int)face.At.Y,
            scale,
            Convert.ToBase64String([.. face.Row.Select(value => (byte)(sbyte)MathF.Round(value / scale))])
        );
    }

    private static double Cosine(Row known, float[] row)
    {
        var (values, length) = Unpack(known);
        return row.Zip(values).Sum(pair => (double)pair.First * pair.Second) / length;
    }

    private static (float[] Values, double Length) Unpack(Row row)
    {
        float[] values = [.. Convert.FromBase64String(row.Values).Select(value => (sbyte)value * row.Scale)];
        return (values, Math.Sqrt(values.Sum(value => (double)value * value)));
    }
}
