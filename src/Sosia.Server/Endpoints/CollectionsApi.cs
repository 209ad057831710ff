using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Server.Json;

namespace Sosia.Server.Endpoints;

/// <summary>The collection that is served.</summary>
internal static class CollectionsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var collections = api.MapGroup("/collections").WithTags("collections");
        collections.MapGet("", List).WithSummary("The collection that is served, as a list of one");
        collections.MapGet("/current", Get).WithSummary("What it holds");
    }

    private static Ok<ItemsShape<CollectionShape>> List(Collection collection, ServerOptions options) =>
        TypedResults.Ok(new ItemsShape<CollectionShape>([Describe(collection, options)]));

    private static Ok<CollectionShape> Get(Collection collection, ServerOptions options) => TypedResults.Ok(Describe(collection, options));

    private static CollectionShape Describe(Collection collection, ServerOptions options) =>
        collection.Catalogue.Ask(reader =>
        {
            var photos = reader.Count();
            var bytes = new DirectoryInfo(collection.Directory)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Sum(file => file.Exists ? file.Length : 0);
            return new CollectionShape(
                reader.Identity,
                collection.Directory,
                collection.Model.Entry.Name,
                collection.Searching.Threshold is not null,
                collection.Searching.Threshold,
                new PhotoCountsShape(photos.Total, photos.Searchable, photos.TooPoor, photos.NoFace, photos.Unreadable, photos.Waiting),
                reader.CountFaces(),
                [
                    .. reader
                        .Spaces()
                        .Select(space => new SpaceShape(
                            space.Space.Key,
                            space.Space.Model,
                            Names.Of(space.Space.Of),
                            space.Space.Dimensions,
                            space.Rows
                        )),
                ],
                bytes,
                reader.Version,
                options.QueryLifetime.TotalMinutes,
                collection.Looks.CountPhotos(reader) is { } seen ? new LookShape(collection.Looks.Of(reader).Entry.Name, seen) : null
            );
        });
}
