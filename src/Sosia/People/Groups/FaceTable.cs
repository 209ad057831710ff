using System.Numerics.Tensors;
using Sosia.Catalogue;

namespace Sosia.People.Groups;

/// <summary>The faces of a space with their rows, to be grouped.</summary>
/// <param name="Faces">In order.</param>
/// <param name="Photos">The photo of each.</param>
/// <param name="Rows">The embedding of each, of unit length.</param>
/// <param name="Revision">The state of the catalogue at the beginning of the reading.</param>
internal sealed record FaceTable(IReadOnlyList<FaceId> Faces, IReadOnlyList<PhotoId> Photos, float[][] Rows, Revision Revision)
{
    /// <summary>
    /// Two faces of one photo that are as near as this are one person's: a mirror, or a picture in the picture. A judgement, not a
    /// measurement.
    /// </summary>
    public const float SameInPhoto = 0.7f;

    private const int RowsAtOnce = 1 << 16;

    /// <summary>Reads all faces of a space that have an embedding.</summary>
    public static FaceTable Read(IEmbeddingReader reader, SpaceId space, CancellationToken cancellation)
    {
        var (faces, photos, rows) = (new List<FaceId>(), new List<PhotoId>(), new List<float[]>());
        Revision? revision = null;
        for (var after = long.MinValue; ; after = faces[^1].Value)
        {
            var part = reader.ReadPart(space, new OwnerRange(after, long.MaxValue), RowsAtOnce, cancellation);
            revision ??= part.Revision;
            faces.AddRange(part.Faces);
            photos.AddRange(part.Photos);
            for (var row = 0; row < part.Count; row++)
                rows.Add(part.Rows.Row(row).ToArray());
            if (part.Count < RowsAtOnce)
                return new FaceTable(faces, photos, [.. rows], revision.Value);
        }
    }

    /// <summary>What must and what must not be one group.</summary>
    public JoinRules RulesOf(SaidOfFaces said)
    {
        var same = SamePairs();
        var rules = new JoinRules([.. Photos.Select(photo => photo.Value)], (one, other) =>
            same.Contains((Math.Min(one, other), Math.Max(one, other)))
        );
        var numbers = Numbers();
        foreach (var person in said.Confirmed.Where(face => numbers.ContainsKey(face.Key)).GroupBy(face => face.Value, face => face.Key))
            rules.Is(person.Key.Value, [.. person.Select(face => numbers[face]).Order()]);
        foreach (var (face, people) in said.Denied)
            if (numbers.TryGetValue(face, out var number))
                foreach (var person in people)
                    rules.IsNot(person.Value, number);
        return rules;
    }

    /// <summary>The place of each face in this table.</summary>
    public Dictionary<FaceId, int> Numbers() => Faces.Index().ToDictionary(face => face.Item, face => face.Index);

    private HashSet<(int, int)> SamePairs()
    {
        var same = new HashSet<(int, int)>();
        var byPhoto = Enumerable.Range(0, Faces.Count).GroupBy(face => Photos[face]);
        foreach (var photo in byPhoto.Select(faces => faces.ToArray()).Where(faces => faces.Length > 1))
            for (var i = 0; i < photo.Length; i++)
            for (var j = i + 1; j < photo.Length; j++)
                if (TensorPrimitives.Dot<float>(Rows[photo[i]], Rows[photo[j]]) >= SameInPhoto)
                    same.Add((photo[i], photo[j]));
        return same;
    }
}
