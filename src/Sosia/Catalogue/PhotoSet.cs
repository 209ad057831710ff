using System.Collections;
using System.Numerics;

namespace Sosia.Catalogue;

/// <summary>A set of photos: one bit a photo, in pieces, so that half a million photos take a tenth of a megabyte.</summary>
public sealed class PhotoSet : IEnumerable<PhotoId>
{
    private const int Shift = 12,
        WordsAPiece = 1 << Shift - 6;
    private readonly Dictionary<long, ulong[]> _pieces = [];

    /// <summary>Photos in the set.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a photo is in the set.</summary>
    public bool Contains(PhotoId photo) =>
        _pieces.TryGetValue(photo.Value >> Shift, out var piece) && (piece[WordOf(photo)] >> (int)photo.Value & 1) != 0;

    /// <summary>Puts a photo in.</summary>
    /// <returns>False when it was in already.</returns>
    public bool Add(PhotoId photo)
    {
        if (!_pieces.TryGetValue(photo.Value >> Shift, out var piece))
            _pieces.Add(photo.Value >> Shift, piece = new ulong[WordsAPiece]);
        ref var word = ref piece[WordOf(photo)];
        var bit = 1UL << (int)photo.Value;
        if ((word & bit) != 0)
            return false;
        word |= bit;
        Count++;
        return true;
    }

    /// <summary>Puts in what another has.</summary>
    public void UnionWith(PhotoSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var photo in other)
            Add(photo);
    }

    /// <summary>The photos that are in this and in another.</summary>
    public PhotoSet Intersect(PhotoSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var both = new PhotoSet();
        foreach (var photo in this)
            if (other.Contains(photo))
                both.Add(photo);
        return both;
    }

    /// <summary>In no order.</summary>
    public IEnumerator<PhotoId> GetEnumerator()
    {
        foreach (var (number, piece) in _pieces)
            for (var word = 0; word < WordsAPiece; word++)
            for (var left = piece[word]; left != 0; left &= left - 1)
                yield return new PhotoId((number << Shift) + word * 64 + BitOperations.TrailingZeroCount(left));
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static int WordOf(PhotoId photo) => (int)(photo.Value >> 6) & WordsAPiece - 1;
}
