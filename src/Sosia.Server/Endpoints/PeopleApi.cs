using Microsoft.AspNetCore.Http.HttpResults;
using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.People;
using Sosia.Photos.Facts;
using Sosia.Search;
using Sosia.Server.Audit;
using Sosia.Server.Errors;
using Sosia.Server.Json;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.SignIn;
using Sosia.Server.Work;

namespace Sosia.Server.Endpoints;

/// <summary>Who is who: groups of faces, and what somebody says of them.</summary>
internal static class PeopleApi
{
    private const int FacesShown = 12,
        UsualGroups = 100,
        MostGroups = 1000,
        MostFaces = 10_000,
        MostSuggestions = 1000,
        ChangesShown = 100;

    public static void Map(IEndpointRouteBuilder api)
    {
        var people = api.MapGroup("/people").WithTags("people");
        people.MapGet("", List).WithSummary("People who have names, and the largest groups that have none");
        people.MapGet("/{who}", Get).WithSummary("A person, or a group, with all faces");
        people.MapGet("/{who}/suggestions", Suggest).WithSummary("Faces that may be a person's, the most certain first");
        people.MapGet("/journal", Journal).WithSummary("What was said, the last change first");
        people.MapPost("", Name).Needs(Scope.Review).WithSummary("Name a group, or some faces");
        people.MapPost("/{who}/name", Rename).Needs(Scope.Review).WithSummary("Give a person another name");
        people.MapPost("/{who}/merge", Merge).Needs(Scope.Review).WithSummary("Say that two are the same person");
        people.MapPost("/{who}/confirm", Confirm).Needs(Scope.Review).WithSummary("Say that faces are a person's");
        people.MapPost("/{who}/reject", Reject).Needs(Scope.Review).WithSummary("Say that faces are not a person's");
        people.MapPost("/{who}/split", Split).Needs(Scope.Review).WithSummary("Say that some faces of a person are somebody else's");
        people.MapPost("/undo", Undo).Needs(Scope.Review).WithSummary("Undo the last change, or one by its number");
        api.MapPost("/photos/{id:long}/faces", Draw)
            .WithTags("people")
            .Needs(Scope.Review)
            .WithSummary("Add a face that was not found, and say whose it is");
        people.MapDelete("/{who}", Forget).Needs(Scope.Manage).WithSummary("Forget a person for good, with the confirmed faces");
    }

    private static async Task<Ok<PeopleShape>> List(int? groups, Collection collection)
    {
        var most = groups ?? UsualGroups;
        if (most is < 0 or > MostGroups)
            throw ProblemException.BadRequest($"Expected 0 to {MostGroups} groups, got {most}.");
        var view = await collection.People.ReadAsync();
        return TypedResults.Ok(
            new PeopleShape(
                [.. view.People.Select(person => ToPeopleShape.Person(person, FacesShown))],
                [.. view.Groups.Take(most).Select(group => ToPeopleShape.Person(group, FacesShown))],
                view.Groups.Count,
                view.LastChange
            )
        );
    }

    private static async Task<Ok<PersonDetailsShape>> Get(string who, Collection collection)
    {
        var view = await collection.People.ReadAsync();
        var person = CollectionPeople.Find(view, who);
        var confirmed = person.Person is null ? [] : person.Confirmed.ToHashSet();
        FaceId[] shown = [.. person.Faces.Take(MostFaces)];
        var (rows, photos) = await collection.Catalogue.AskAsync(reader =>
        {
            var faces = reader.FindFaces(shown);
            return (faces, reader.FindPhotos([.. faces.Values.Select(face => face.Photo).Distinct()]));
        });
        return TypedResults.Ok(
            new PersonDetailsShape(
                ToPeopleShape.Person(person, FacesShown),
                [
                    .. shown
                        .Where(rows.ContainsKey)
                        .OrderByDescending(confirmed.Contains)
                        .ThenByDescending(face => TakenOf(face)?.Clock)
                        .Select(face => new PersonFaceShape(
                            ToShape.Face(rows[face]),
                            confirmed.Contains(face),
                            ToShape.Taken(TakenOf(face))
                        )),
                ],
                view.LastChange
            )
        );

        TimeTaken? TakenOf(FaceId face) => photos.GetValueOrDefault(rows[face].Photo)?.Taken;
    }

    private static async Task<Ok<ItemsShape<SuggestionShape>>> Suggest(
        string who,
        int? limit,
        Collection collection,
        CancellationToken cancellation
    )
    {
        var most = limit ?? SearchOptions.DefaultLimit;
        if (most is < 1 or > MostSuggestions)
            throw ProblemException.BadRequest($"Expected a limit of 1 to {MostSuggestions}, got {most}.");
        var view = await collection.People.ReadAsync(cancellation);
        var person = Named(view, who);
        var found = await OnAThread.Run(() => collection.People.Suggest(view, person, most, cancellation));
        return TypedResults.Ok(new ItemsShape<SuggestionShape>([.. found.Select(ToPeopleShape.Suggestion)]));
    }

    private static Ok<ItemsShape<ChangeShape>> Journal(Collection collection, long? before) =>
        TypedResults.Ok(new ItemsShape<ChangeShape>([.. collection.People.Journal(ChangesShown, before).Select(ToPeopleShape.Change)]));

    private static Task<Ok<SaidShape>> Name(NameBody body, Collection collection, HttpContext context) =>
        Say(collection, body.AsOf, context, view =>
        {
            FaceId[] faces = body.Group is { } group ? [.. CollectionPeople.Find(view, group).Faces] : Faces(body.Faces);
            return collection.People.Name(view, faces, NameIn(body.Name), body.Another ?? false);
        });

    private static Task<Ok<SaidShape>> Rename(string who, RenameBody body, Collection collection, HttpContext context) =>
        SayOf(who, collection, body.AsOf, context, (view, person) => collection.People.Rename(view, person, NameIn(body.Name)));

    private static Task<Ok<SaidShape>> Merge(string who, MergeBody body, Collection collection, HttpContext context) =>
        SayOf(who, collection, body.AsOf, context, (view, person) =>
        {
            var other = CollectionPeople.Find(view, body.Other ?? throw ProblemException.BadRequest("Expected `other`: who is the same."));
            return other.Person is { } second
                ? collection.People.Merge(view, person, second)
                : collection.People.Confirm(view, person, [.. other.Faces]);
        });

    private static Task<Ok<SaidShape>> Confirm(string who, FacesBody body, Collection collection, HttpContext context) =>
        SayOf(who, collection, body.AsOf, context, (view, person) => collection.People.Confirm(view, person, Faces(body.Faces)));

    private static Task<Ok<SaidShape>> Reject(string who, FacesBody body, Collection collection, HttpContext context) =>
        SayOf(who, collection, body.AsOf, context, (view, person) => collection.People.Reject(view, person, Faces(body.Faces)));

    private static Task<Ok<SaidShape>> Split(string who, FacesBody body, Collection collection, HttpContext context) =>
        Say(collection, body.AsOf, context, view =>
            collection.People.Split(view, Named(view, who).Person!.Value, Faces(body.Faces), NameIn(body.Name))
        );

    private static async Task<Ok<DrawnShape>> Draw(
        long id,
        DrawBody body,
        Collection collection,
        Inferences inferences,
        HttpContext context
    )
    {
        if (body.Box is not { } box)
            throw ProblemException.BadRequest("Expected a `box`.");
        var drawn = new Box(box.Left, box.Top, box.Width, box.Height);
        var face = await inferences.Queue.Run(
            ended =>
            {
                var view = collection.People.Read(ended);
                view = body.AsOf is { } known ? view with { LastChange = known } : view;
                return collection.People.Draw(view, new PhotoId(id), drawn, body.Name, body.Another ?? false, ended);
            },
            context.RequestAborted
        );
        AuditEntry.Of(context).Results = 1;
        var verdicts = collection.Catalogue.Ask(reader => reader.ReadVerdicts(photo: new PhotoId(id)));
        var whose = verdicts.FirstOrDefault(said => said.Face == face && said.Says == Verdict.Is)?.Person;
        return TypedResults.Ok(new DrawnShape(face.Value, whose?.ToString(), LastChange(collection)));
    }

    private static long LastChange(Collection collection) => collection.People.Journal(1) is [var entry] ? entry.Id : 0;

    private static async Task<Ok<ChangeShape>> Undo(UndoBody body, Collection collection) =>
        TypedResults.Ok(ToPeopleShape.Change(await OnAThread.Run(() => collection.People.Undo(body.Change, body.AsOf))));

    private static async Task<Ok<ReceiptShape>> Forget(string who, Collection collection)
    {
        var view = await collection.People.ReadAsync();
        return await ForgetApi.Answer(collection, [], [], [Named(view, who).Person!.Value]);
    }

    private static Task<Ok<SaidShape>> SayOf(
        string who,
        Collection collection,
        long? asOf,
        HttpContext context,
        Func<PeopleView, PersonId, JournalEntry> say
    ) => Say(collection, asOf, context, view =>
        {
            var person = Named(view, who).Person!.Value;
            say(view, person);
            return person;
        });

    /// <summary>Says something, if nothing of it was changed since the caller looked.</summary>
    private static Task<Ok<SaidShape>> Say(Collection collection, long? asOf, HttpContext context, Func<PeopleView, PersonId> say) =>
        OnAThread.Run(() =>
        {
            var view = collection.People.Read(context.RequestAborted);
            var person = say(asOf is { } known ? view with { LastChange = known } : view);
            AuditEntry.Of(context).Results = 1;
            return TypedResults.Ok(new SaidShape(person.ToString(), LastChange(collection)));
        });

    private static PersonGroup Named(PeopleView view, string who)
    {
        var person = CollectionPeople.Find(view, who);
        return person.Person is not null
            ? person
            : throw ProblemException.BadRequest($"The group {person.Id} has no name yet: name it first.");
    }

    private static string NameIn(string? name) => name ?? throw ProblemException.BadRequest("Expected a `name`.");

    private static FaceId[] Faces(IReadOnlyList<long>? faces) =>
        faces is { Count: > 0 and <= MostFaces }
            ? [.. faces.Select(face => new FaceId(face))]
            : throw ProblemException.BadRequest($"Expected 1 to {MostFaces:N0} `faces` by their numbers.");
}
