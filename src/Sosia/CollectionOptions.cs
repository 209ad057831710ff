using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Photos;
using Sosia.Pipeline;

namespace Sosia;

/// <summary>What a collection is opened with.</summary>
public sealed record CollectionOptions : IValidatableObject
{
    /// <summary>
    /// The collection's own directory: catalogue, indexes, thumbnails. Not where the photos lie. With a <see cref="Store"/>, where the
    /// files of this machine lie; empty for a directory in the user's cache that is named by the collection's identity.
    /// </summary>
    public string Directory { get; set; } = "";

    /// <summary>The database that keeps the collection; null to keep it in the directory.</summary>
    public CollectionStore? Store { get; set; }

    /// <summary>Name of the face model in the manifest; null for the default.</summary>
    public string? Model { get; set; }

    /// <summary>
    /// Name of the image model for search by look; null for the one that the collection was indexed with, else the default.
    /// </summary>
    public string? LookModel { get; set; }

    /// <summary>Limits on files, and the size that photos are decoded to.</summary>
    public PhotoOptions Photos { get; set; } = new();

    /// <summary>What counts as a face.</summary>
    public DetectorOptions Detector { get; set; } = new();

    /// <summary>Which faces are too poor to be recognised.</summary>
    public QualityOptions Quality { get; set; } = new();

    /// <summary>Logs what an operator should know: counts and times. Logs nothing by default.</summary>
    public ILoggerFactory Loggers { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Used for times.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Store is null && string.IsNullOrWhiteSpace(Directory))
            yield return new ValidationResult("A collection needs a directory of its own, or a store; name one.");
    }

    /// <summary><c>$SOSIA_COLLECTION</c>, else the user's data directory.</summary>
    public static string DefaultDirectory =>
        Environment.GetEnvironmentVariable("SOSIA_COLLECTION") is { Length: > 0 } set
            ? Path.GetFullPath(set)
            : Path.Combine(UserDirectories.Default.Data, "collection");
}
