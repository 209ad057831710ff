// An endpoint that finds the person of an uploaded photo. Usage: SearchEndpoint --folder FOLDER [--urls http://127.0.0.1:5000]
//   curl --data-binary @person.jpg http://127.0.0.1:5000/search
// sosia serve is a whole server, with keys, TLS, limits and an audit log; this is how a search becomes part of a program of your own.
using Sosia;
using Sosia.Photos;
using Sosia.Search;

var builder = WebApplication.CreateBuilder(args);
var folder = builder.Configuration["folder"] ?? throw new ArgumentException("Usage: SearchEndpoint --folder FOLDER");
builder.Services.AddSosia(options => options.Directory = Path.Combine(folder, ".sosia"));
builder.Services.AddHealthChecks().AddSosia();
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = 32 << 20);
var app = builder.Build();

await app.Services.GetRequiredService<Collection>().IndexAsync([folder]);
app.MapHealthChecks("/health");
app.MapPost("/search", async (HttpRequest request, Collection collection, CancellationToken cancellation) =>
{
    using var photo = new MemoryStream();
    await request.Body.CopyToAsync(photo, cancellation);
    try
    {
        var query = collection.Queries.ReadBytes(photo.ToArray(), "upload", cancellation: cancellation);
        var result = await collection.SearchAsync([query], cancellation: cancellation);
        return Results.Ok(
            result.Matches.Select(match => new
            {
                match.Path,
                match.Score,
                match.Meaning.Sentence,
            })
        );
    }
    catch (Exception bad) when (bad is QueryException or UnreadablePhotoException)
    {
        return Results.Problem(bad.Message, statusCode: StatusCodes.Status400BadRequest);
    }
});
app.Run();
