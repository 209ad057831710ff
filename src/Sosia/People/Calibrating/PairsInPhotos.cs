using System.Numerics.Tensors;
using Sosia.Catalogue;
using Sosia.People.Groups;
using Sosia.Search.Calibrating;

namespace Sosia.People.Calibrating;

/// <summary>
/// Comparisons of different people that nobody had to label: two faces in one photo are two people. Photos that show somebody twice are
/// left out whole: mirrors, pictures in pictures, collages.
/// </summary>
/// <param name="Scores">The scores, with a bootstrap over people.</param>
/// <param name="Photos">Photos of several people.</param>
/// <param name="LeftOut">Photos that show somebody twice.</param>
internal sealed record PairsInPhotos(ImpostorHistogram Scores, int Photos, int LeftOut)
{
    /// <summary>A multiple of every vector's length.</summary>
    private const int Replicates = 128;

    /// <summary>Faces of one photo that are compared: else one picture of a crowd would outweigh a family's archive.</summary>
    private const int MostInPhoto = 40;

    /// <summary>Compares the faces of each photo.</summary>
    /// <param name="table">All faces, with their rows.</param>
    /// <param name="people">The faces of each person or group: they are drawn as one by the bootstrap.</param>
    /// <param name="threshold">Least likeness of two groups that are one person's.</param>
    /// <param name="cancellation">Checked at every photo.</param>
    public static PairsInPhotos Read(
        FaceTable table,
        IEnumerable<IReadOnlyList<FaceId>> people,
        float threshold,
        CancellationToken cancellation
    )
    {
        var numbers = table.Numbers();
        var personOf = new int[table.Faces.Count];
        Array.Fill(personOf, -1);
        var members = new List<int[]>();
        foreach (var person in people)
        {
            int[] faces = [.. person.Where(numbers.ContainsKey).Select(face => numbers[face])];
            foreach (var face in faces)
                personOf[face] = members.Count;
            members.Add(faces);
        }
        for (var face = 0; face < personOf.Length; face++)
            if (personOf[face] < 0)
            {
                personOf[face] = members.Count;
                members.Add([face]);
            }
        int[][] photos =
        [
            .. Enumerable
                .Range(0, table.Faces.Count)
                .GroupBy(face => table.Photos[face])
                .Select(photo => photo.ToArray())
                .Where(faces => faces.Length > 1),
        ];
        var likeness = new Likeness(table, members);
        var scores = new ImpostorHistogram(ImpostorHistogram.DrawPeople(members.Count, Replicates, seed: 1));
        var leftOut = 0;
        foreach (var photo in photos)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ShowsSomebodyTwice(photo, personOf, likeness, threshold))
            {
                leftOut++;
                continue;
            }
            var faces = photo.AsSpan(0, Math.Min(photo.Length, MostInPhoto));
            for (var i = 0; i < faces.Length; i++)
            for (var j = i + 1; j < faces.Length; j++)
                scores.Add(TensorPrimitives.Dot<float>(table.Rows[faces[i]], table.Rows[faces[j]]), personOf[faces[i]], personOf[faces[j]]);
        }
        return new PairsInPhotos(scores, photos.Length, leftOut);
    }

    /// <summary>Whether two faces are of one group, or of two that only their standing in one photo keeps from being one.</summary>
    private static bool ShowsSomebodyTwice(int[] photo, int[] personOf, Likeness likeness, float threshold)
    {
        for (var i = 0; i < photo.Length; i++)
        for (var j = i + 1; j < photo.Length; j++)
            if (personOf[photo[i]] == personOf[photo[j]] || likeness.Of(personOf[photo[i]], personOf[photo[j]]) >= threshold)
                return true;
        return false;
    }

    /// <summary>How alike the faces of two people are, by their sum vectors, as grouping compares them.</summary>
    private sealed class Likeness(FaceTable table, List<int[]> members)
    {
        private readonly Dictionary<int, float[]> _sums = [];

        public float Of(int one, int other) =>
            AverageLinkage.Likeness(SumOf(one), members[one].Length, SumOf(other), members[other].Length);

        private float[] SumOf(int person)
        {
            if (members[person] is [var only])
                return table.Rows[only];
            if (_sums.TryGetValue(person, out var known))
                return known;
            var sum = new float[table.Rows[members[person][0]].Length];
            foreach (var face in members[person])
                TensorPrimitives.Add(sum, table.Rows[face], sum);
            return _sums[person] = sum;
        }
    }
}
