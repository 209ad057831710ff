using Sosia.Catalogue;
using Sosia.People;

namespace Sosia.Server.Json;

// What the API takes and answers of people; docs/api.md says the same in words. Published names stay.

/// <summary>A person, or a group that nobody named; <c>faces</c> are the first ones, confirmed before suggested.</summary>
internal sealed record PersonShape(string Id, string? Name, int Confirmed, int Suggested, int Elsewhere, IReadOnlyList<long> Faces);

internal sealed record PeopleShape(IReadOnlyList<PersonShape> People, IReadOnlyList<PersonShape> Groups, int GroupsTotal, long LastChange);

internal sealed record PersonFaceShape(FaceShape Face, bool Confirmed, TakenShape? Taken);

internal sealed record PersonDetailsShape(PersonShape Person, IReadOnlyList<PersonFaceShape> Faces, long LastChange);

internal sealed record SuggestionShape(FaceShape Face, float Score, double? FalseMatchRate, string Meaning);

internal sealed record ChangeShape(long Id, DateTimeOffset At, string Kind, int Statements, long? Undoes, long? UndoneBy, bool Incomplete);

internal sealed record SaidShape(string? Person, long LastChange);

internal sealed record NameBody(string? Name, IReadOnlyList<long>? Faces, string? Group, bool? Another, long? AsOf);

internal sealed record RenameBody(string? Name, long? AsOf);

internal sealed record MergeBody(string? Other, long? AsOf);

internal sealed record FacesBody(IReadOnlyList<long>? Faces, string? Name, long? AsOf);

internal sealed record DrawBody(BoxShape? Box, string? Name, bool? Another, long? AsOf);

internal sealed record DrawnShape(long Face, string? Person, long LastChange);

internal sealed record UndoBody(long? Change, long? AsOf = null);

/// <summary>People as the API says them.</summary>
internal static class ToPeopleShape
{
    public static PersonShape Person(PersonGroup person, int faces) =>
        new(
            person.Id,
            person.Name,
            person.Confirmed.Count,
            person.Suggested.Count,
            person.Elsewhere,
            [.. person.Faces.Take(faces).Select(face => face.Value)]
        );

    public static SuggestionShape Suggestion(Suggestion suggestion) =>
        new(ToShape.Face(suggestion.Face), suggestion.Score, suggestion.Meaning.FalseMatchRate, suggestion.Meaning.Sentence);

    public static ChangeShape Change(JournalEntry entry) =>
        new(
            entry.Id,
            entry.At,
            char.ToLowerInvariant(entry.Kind.ToString()[0]) + entry.Kind.ToString()[1..],
            entry.Statements,
            entry.Undoes,
            entry.UndoneBy,
            entry.IsIncomplete
        );
}
