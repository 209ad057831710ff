using Sosia.Catalogue;

namespace Sosia.Copies;

/// <summary>Photos that show the same picture, joined by pairs.</summary>
internal static class CopyGroups
{
    /// <summary>The groups that pairs make: whatever is joined by a chain of them.</summary>
    /// <returns>Each group's photos in order of id, the groups in order of their first.</returns>
    public static IReadOnlyList<IReadOnlyList<PhotoId>> Of(IEnumerable<(PhotoId First, PhotoId Second)> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var parents = new Dictionary<PhotoId, PhotoId>();
        foreach (var (first, second) in pairs)
        {
            var (one, other) = (RootOf(first), RootOf(second));
            if (one != other)
                parents[one.Value > other.Value ? one : other] = one.Value > other.Value ? other : one;
        }
        return
        [
            .. parents
                .Keys.ToArray()
                .GroupBy(RootOf)
                .OrderBy(group => group.Key.Value)
                .Select(group => group.OrderBy(photo => photo.Value).ToArray()),
        ];

        PhotoId RootOf(PhotoId photo)
        {
            parents.TryAdd(photo, photo);
            while (parents[photo] != photo)
                photo = parents[photo] = parents[parents[photo]];
            return photo;
        }
    }
}
