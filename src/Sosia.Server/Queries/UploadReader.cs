using Sosia.Search;

namespace Sosia.Server.Queries;

/// <summary>Reads uploads under limits of their own: they come from anybody who may search, and several at once.</summary>
internal sealed class UploadReader(Collection collection, ServerOptions options)
{
    public QueryReader Reader { get; } =
        collection.Queries.Within(limits =>
            limits with
            {
                MaxPixels = Math.Min(limits.MaxPixels, options.MaxUploadPixels),
                MaxMemory = Math.Min(limits.MaxMemory, options.MaxUploadMemory),
                MaxBytes = Math.Min(limits.MaxBytes, options.MaxBody),
            }
        );
}
