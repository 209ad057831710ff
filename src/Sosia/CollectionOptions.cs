using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Photos;
using Sosia.Pipeline;

namespace Sosia;

/// <summary>What a collection is opened with.</summary>
public sealed record CollectionOptions
{
    /// <summary>The collection's own directory: catalogue, indexes, thumbnails. Not where the photos lie.</summary>
    public required string Directory { get; init; }

    /// <summary>Name of the face model in the manifest; null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// Name of the image model for search by look; null for the one that the collection was indexed with, else the default.
    /// </summary>
    public string? LookModel { get; init; }

    /// <summary>Limits on files, and the size that photos are decoded to.</summary>
    public PhotoOptions Photos { get; init; } = new();

    /// <summary>What counts as a face.</summary>
    public DetectorOptions Detector { get; init; } = new();

    /// <summary>Which faces are too poor to be recognised.</summary>
    public QualityOptions Quality { get; init; } = new();

    /// <summary>Used for times.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary><c>$SOSIA_COLLECTION</c>, else the user's data directory.</summary>
    public static string DefaultDirectory =>
        Environment.GetEnvironmentVariable("SOSIA_COLLECTION") is { Length: > 0 } set
            ? Path.GetFullPath(set)
            : Path.Combine(UserDirectories.Default.Data, "collection");
}
