using System.Text.Json;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Server.Errors;

namespace Sosia.Server.Tests.Safety;

/// <summary>What answers tell, and what they don't.</summary>
public class AnswersTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public void A_mistake_of_the_program_is_no_bad_request_and_its_words_stay_here()
    {
        Assert.Null(ProblemException.From(new ArgumentException("Value does not fall within /home/ada/secret.")));
        Assert.Equal(400, ProblemException.From(new OptionException("The limit must be 1 or more."))!.Status);
        var locked = ProblemException.From(
            new CatalogueException(
                CatalogueProblem.Locked,
                "The collection /x is being written by process 7: sosia index /home/ada/private"
            )
        )!;
        Assert.Equal((409, "collection-locked"), (locked.Status, locked.Type));
        Assert.DoesNotContain("ada", locked.Message);
    }

    [Fact, Slow]
    public async Task Two_changes_of_one_query_at_once_both_hold()
    {
        var server = shared.Open;
        var query = await server.Upload(Samples.Photos[0]);
        var address = $"queries/{query.GetProperty("id").GetString()}/faces";
        var before = query.GetProperty("faces").GetArrayLength();
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i =>
                    server.Post(
                        address,
                        new
                        {
                            box = new
                            {
                                left = 20 * i,
                                top = 10,
                                width = 80,
                                height = 90,
                            },
                        }
                    )
                )
        );
        var after = await server.Json($"queries/{query.GetProperty("id").GetString()}");
        Assert.Equal(before + 6, after.GetProperty("faces").GetArrayLength());
    }

    [Fact]
    public async Task The_description_says_who_may_ask_how_errors_look_and_which_words_there_are()
    {
        var document = await shared.Open.Json("openapi.json");
        var operations = document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => (Path: path.Name, Method: method.Name, method.Value)))
            .ToList();
        var names = operations.Select(operation => operation.Value.GetProperty("operationId").GetString()!).ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Contains("getPhotosByIdThumbnail", names);
        Assert.All(
            operations,
            operation =>
            {
                var error = operation.Value.GetProperty("responses").GetProperty("429").GetProperty("content");
                Assert.EndsWith(
                    "/Problem",
                    error.GetProperty("application/problem+json").GetProperty("schema").GetProperty("$ref").GetString()
                );
                var isOpen =
                    operation.Path.Contains("/health/")
                    || (operation.Path.TrimEnd('/').EndsWith("/session") && operation.Method != "delete");
                Assert.Equal(!isOpen, operation.Value.TryGetProperty("security", out _));
            }
        );
        var components = document.GetProperty("components");
        Assert.Equal("bearer", components.GetProperty("securitySchemes").GetProperty("key").GetProperty("scheme").GetString());
        Assert.Equal(["after", "limit"], Parameters("/api/v1/failures").Select(parameter => parameter.GetProperty("name").GetString()));
        var state = Parameters("/api/v1/photos").Single(parameter => parameter.GetProperty("name").GetString() == "state");
        Assert.Equal(["searchable", "tooPoor", "noFace"], Words(state.GetProperty("schema")));
        var by = components.GetProperty("schemas").GetProperty("SearchBody").GetProperty("properties").GetProperty("by");
        Assert.Equal(["person", "look", "both", "copy"], Words(by));

        IEnumerable<JsonElement> Parameters(string path) =>
            operations
                .Single(operation => operation.Path.TrimEnd('/') == path && operation.Method == "get")
                .Value.GetProperty("parameters")
                .EnumerateArray();

        static IEnumerable<string?> Words(JsonElement schema) =>
            schema.GetProperty("enum").EnumerateArray().Select(word => word.GetString());
    }
}
