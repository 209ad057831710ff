using Sosia.Catalogue;
using Sosia.Cli.Output.OnTerminal;
using Sosia.People;

namespace Sosia.Cli.Output;

internal sealed record GroupingJson(int Faces, int Groups, double ElapsedMs);

internal sealed record PersonFaceJson(long Id, long Photo, string? Path, BoxJson Box)
{
    public bool? Confirmed { get; init; }
    public float? Score { get; init; }
    public double? FalseMatchRate { get; init; }
}

internal sealed record PersonJson(string Id, string? Name, IReadOnlyList<PersonFaceJson> Faces, int Elsewhere)
{
    public IReadOnlyList<CompanyJson>? AppearsWith { get; init; }
}

internal sealed record CompanyJson(string Id, string? Name, int Photos);

internal sealed record PersonCheckJson(string Id, string? Name, int Faces, IReadOnlyList<PersonFaceJson> Missed);

internal sealed record JournalJson(long Id, DateTimeOffset At, string Kind, int Statements, long? Undoes, long? UndoneBy, bool Incomplete);

/// <summary>People, for people and for programs.</summary>
internal sealed class PeopleReport(Collection collection)
{
    private const int ShownCompany = 10;

    /// <summary>People, one a row.</summary>
    public static void Print(IEnumerable<PersonGroup> people)
    {
        var table = new AnswerTable([new("Id", 8, true), new("Name", 32), new("Faces", 12, true), new("")]);
        foreach (var person in people)
        {
            var faces = Text.Count(person.Name is null ? person.Suggested.Count : person.Confirmed.Count, "face");
            table.Add(person.Id, person.Name is { } name ? name : new Cell("(no name)", Tone.Quiet), faces, Besides(person));
        }
        table.Print();
    }

    /// <summary>A person with their photos.</summary>
    public void Print(PersonGroup person, PeopleView view)
    {
        Print([person]);
        var table = new AnswerTable([new("Face", 8, true), new("", 9), new("Photo")]);
        foreach (var face in FacesOf(person))
            table.Add(
                $"{face.Id}",
                face.Confirmed == true ? new Cell("confirmed", Tone.Good) : new Cell("suggested", Tone.Doubtful),
                new Cell(Where(face), File: face.Path)
            );
        table.Print();
        foreach (var with in CompanyOf(person, view))
            Console.WriteLine($"With {Text.Printable(with.Name ?? with.Id)} in {Text.Count(with.Photos, "photo")}.");
    }

    public void Print(IReadOnlyList<Suggestion> suggestions)
    {
        var table = new AnswerTable([new("Face", 8, true), new("Score", 6, true), new("Meaning", 42), new("Photo")]);
        foreach (var (face, suggestion) in ToJson(suggestions).Zip(suggestions))
            table.Add($"{face.Id}", $"{suggestion.Score:F3}", suggestion.Meaning.Sentence, new Cell(Where(face), File: face.Path));
        table.Print();
    }

    public void Print(PersonCheck check)
    {
        var name = Text.Printable(check.Person.Name ?? check.Person.Id);
        Console.WriteLine(
            check.Faces == 0
                ? $"{name}: {Text.Count(check.Person.Confirmed.Count, "confirmed face")}, too few to check: two photos are needed."
                : $"{name}: the others find {check.Faces - check.Missed.Count:N0} of {Text.Count(check.Faces, "confirmed face")}."
        );
        Print(check.Missed);
    }

    public PersonJson ToJson(PersonGroup person) => new(person.Id, person.Name, FacesOf(person), person.Elsewhere);

    public PersonJson ToJson(PersonGroup person, PeopleView view) => ToJson(person) with { AppearsWith = CompanyOf(person, view) };

    public IReadOnlyList<PersonFaceJson> ToJson(IReadOnlyList<Suggestion> suggestions)
    {
        var paths = PathsOf(suggestions.Select(suggestion => suggestion.Face));
        return
        [
            .. suggestions.Select(suggestion =>
                ToJson(suggestion.Face, paths) with
                {
                    Score = suggestion.Score,
                    FalseMatchRate = suggestion.Meaning.FalseMatchRate,
                }
            ),
        ];
    }

    private List<PersonFaceJson> FacesOf(PersonGroup person)
    {
        var rows = collection.Catalogue.Ask(reader => reader.FindFaces([.. person.Faces]));
        var confirmed = person.Confirmed.ToHashSet();
        var paths = PathsOf(rows.Values);
        return
        [
            .. person
                .Faces.Where(rows.ContainsKey)
                .Select(face => ToJson(rows[face], paths) with { Confirmed = person.Person is null ? null : confirmed.Contains(face) }),
        ];
    }

    /// <summary>In how many photos others appear beside a person, the most frequent first.</summary>
    private List<CompanyJson> CompanyOf(PersonGroup person, PeopleView view)
    {
        var faces = collection.Catalogue.Ask(reader =>
        {
            var photos = reader.FindFaces([.. person.Faces]).Values.Select(face => face.Photo).Distinct();
            return photos.SelectMany(photo => reader.FacesOf(photo)).ToDictionary(face => face.Id, face => face.Photo);
        });
        return
        [
            .. view
                .All.Where(other => other.Id != person.Id)
                .Select(other => new CompanyJson(
                    other.Id,
                    other.Name,
                    other.Faces.Where(faces.ContainsKey).Select(face => faces[face]).Distinct().Count()
                ))
                .Where(other => other.Photos > 0)
                .OrderByDescending(other => other.Photos)
                .Take(ShownCompany),
        ];
    }

    private Dictionary<PhotoId, string?> PathsOf(IEnumerable<FaceRow> faces) =>
        collection
            .Catalogue.Ask(reader => reader.FindPhotos([.. faces.Select(face => face.Photo).Distinct()]))
            .ToDictionary(photo => photo.Key, string? (photo) => photo.Value.Paths is [var first, ..] ? first : null);

    private static PersonFaceJson ToJson(FaceRow face, Dictionary<PhotoId, string?> paths) =>
        new(
            face.Id.Value,
            face.Photo.Value,
            paths.GetValueOrDefault(face.Photo),
            new BoxJson(face.Box.Left, face.Box.Top, face.Box.Width, face.Box.Height)
        );

    private static string Where(PersonFaceJson face) => face.Path ?? $"photo {face.Photo}";

    private static string Besides(PersonGroup person)
    {
        if (person.Name is null)
            return "";
        string[] besides =
        [
            .. person.Suggested.Count > 0 ? [$"{person.Suggested.Count:N0} suggested"] : Array.Empty<string>(),
            .. person.Elsewhere > 0 ? [$"{person.Elsewhere:N0} not in the collection at the moment"] : Array.Empty<string>(),
        ];
        return string.Join(", ", besides);
    }
}
