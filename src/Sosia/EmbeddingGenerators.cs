using Microsoft.Extensions.AI;
using Sosia.Catalogue;
using Sosia.Models;
using Sosia.Photos;
using Sosia.Search;

namespace Sosia;

/// <summary>
/// A collection's networks as generators of embeddings, for programs that store and search rows of their own. Both work before anything is
/// indexed, load their network when first asked, and stay usable until the collection is disposed; disposing them does nothing.
/// </summary>
public static class EmbeddingGenerators
{
    /// <summary>
    /// Embeds faces: of every photo the largest and most central one, as a row of unit length in <see cref="Collection.Space"/>. Cosine
    /// similarity compares rows; <see cref="Collection.Meanings"/> says what a score means.
    /// </summary>
    /// <param name="collection">Its face model, detector and limits are used.</param>
    /// <returns>Takes whole image files. Throws <see cref="UnreadablePhotoException"/> where a file gives no photo, and
    /// <see cref="QueryException"/> where a photo shows no face that can be recognised; then no embedding of the call is given.</returns>
    public static IEmbeddingGenerator<DataContent, Embedding<float>> AsFaceEmbeddingGenerator(this Collection collection)
    {
        ArgumentNullException.ThrowIfNull(collection);
        return new PhotoEmbeddingGenerator(() =>
            new(collection.Space.Model, collection.Space.Dimensions, (bytes, name, cancellation) =>
                PersonSearch.RowOf(collection.Queries.ReadBytes(bytes, name, cancellation: cancellation))
            )
        );
    }

    /// <summary>
    /// Embeds whole photos by their look, as rows of unit length, by the image model that the collection is searched with by look.
    /// </summary>
    /// <param name="collection">Its image model and limits are used.</param>
    /// <returns>Takes whole image files. Throws <see cref="UnreadablePhotoException"/> where a file gives no photo, and
    /// <see cref="QueryException"/> where the network makes nothing of one; then no embedding of the call is given.</returns>
    public static IEmbeddingGenerator<DataContent, Embedding<float>> AsLookEmbeddingGenerator(this Collection collection)
    {
        ArgumentNullException.ThrowIfNull(collection);
        return new PhotoEmbeddingGenerator(() =>
        {
            var model = ImageModel(collection);
            return new(model.Entry.Name, model.Entry.Output.Dimensions, (bytes, name, cancellation) =>
                collection.Queries.ReadLook(bytes, name, model, cancellation)
            );
        });
    }

    private static KnownModel ImageModel(Collection collection)
    {
        try
        {
            return collection.Catalogue.Ask(collection.Looks.Of);
        }
        catch (CatalogueException none) when (none.Problem == CatalogueProblem.Missing)
        {
            return collection.Looks.Default;
        }
    }
}
