using Sosia.Catalogue;

namespace Sosia.People.Groups;

/// <summary>Which faces of a space look like one person's, as of one state of the catalogue. Derived: nobody said it.</summary>
/// <param name="Catalogue">The identity of the catalogue.</param>
/// <param name="Revision">The state that it was made at; it may know younger faces too.</param>
/// <param name="Threshold">What it was made with.</param>
/// <param name="Groups">The faces of each group, by number and in order; in order of their first face. A face is in one group.</param>
internal sealed record FaceGroups(string Catalogue, Revision Revision, float Threshold, IReadOnlyList<IReadOnlyList<FaceId>> Groups)
{
    /// <summary>Faces that came and went since they were written to a file.</summary>
    public int UnwrittenFaces { get; init; }

    /// <summary>When the file was written that these are in, in UTC; null where they are in none.</summary>
    public DateTime? Written { get; init; }

    /// <summary>Faces in all groups.</summary>
    public int Faces => Groups.Sum(group => group.Count);

    /// <summary>Groups in the order that they are kept in.</summary>
    public static IReadOnlyList<IReadOnlyList<FaceId>> Ordered(IEnumerable<IEnumerable<FaceId>> groups) =>
        [
            .. groups
                .Select(group => group.OrderBy(face => face.Value).ToArray())
                .Where(group => group.Length > 0)
                .OrderBy(group => group[0].Value),
        ];
}
