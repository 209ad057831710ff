using Sosia.Catalogue;

namespace Sosia.Bench.Copies;

/// <summary>Descriptors in memory: photo 1 has the first.</summary>
internal sealed class DescriptorReader(byte[][] stored) : IDescriptorReader
{
    public IReadOnlyDictionary<PhotoId, byte[]> FindDescriptors(IReadOnlyCollection<PhotoId> ids, int version) =>
        ids.ToDictionary(id => id, id => stored[id.Value - 1]);

    public void ReadDescriptors(int version, Action<PhotoId, byte[]> take, CancellationToken cancellation = default)
    {
        for (var i = 0; i < stored.Length; i++)
            take(new PhotoId(i + 1), stored[i]);
    }
}
