using Sosia.Catalogue;
using Sosia.Copies;

namespace Sosia.Maintenance;

/// <summary>Copies a collection to another store.</summary>
public sealed partial class CollectionMaintenance
{
    /// <summary>
    /// Brings all of the collection to another one, whatever keeps them, while others use it: photos, faces, people, cases and the marks of
    /// what was forgotten. Both are compared at the end. Photos and faces get other numbers.
    /// </summary>
    /// <param name="copy">Another collection.</param>
    /// <param name="resume">It holds what an interrupted copying brought there, which goes on; what else it holds is removed.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends the copying; with <paramref name="resume"/> it goes on.</param>
    /// <exception cref="CatalogueException">The other collection holds something, is not like this one at the end, or one of them can't be
    /// read or written.</exception>
    public CopyReceipt CopyTo(
        CollectionMaintenance copy,
        bool resume = false,
        IProgress<CopyProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(copy);
        using var reader = _readers.Open(); // before anything is made
        using var writer = copy._catalogue.OpenWriter();
        return writer.CopyFrom(reader, resume, PhotoDescriptor.Version, progress, cancellation);
    }
}
