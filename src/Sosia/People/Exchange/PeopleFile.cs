using System.Text.Json;
using System.Text.Json.Serialization;
using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.People.Names;

namespace Sosia.People.Exchange;

/// <summary>People and cases as JSON, for other programs and other collections. It holds names and places in pictures, no
/// embedding.</summary>
/// <param name="Format">Always "sosia-people".</param>
/// <param name="Version">Of this form; a program reads those up to its own.</param>
/// <param name="People">Everybody who has a name.</param>
/// <param name="Cases">All cases.</param>
internal sealed record PeopleFile(
    string Format,
    int Version,
    IReadOnlyList<PeopleFile.Person>? People,
    IReadOnlyList<PeopleFile.Case>? Cases
)
{
    private const string ThisFormat = "sosia-people";
    private const int ThisVersion = 1;
    private const int HashDigits = 64;

    /// <summary>What somebody said of a place and a person; whether the face was not found there, but drawn.</summary>
    public sealed record Said(string Photo, Box Box, Verdict Says, bool Drawn = false);

    /// <summary>A person.</summary>
    public sealed record Person(string Name, IReadOnlyList<Said>? Faces);

    /// <summary>A face of a case; where it lay outside the collection, the path that it was read at.</summary>
    public sealed record Judged(string Photo, Box Box, CaseRole Role, string? Path);

    /// <summary>A case.</summary>
    public sealed record Case(CaseDetails Details, IReadOnlyList<Judged>? Faces);

    /// <summary>People and cases of this form.</summary>
    public static PeopleFile Of(IReadOnlyList<Person> people, IReadOnlyList<Case> cases) => new(ThisFormat, ThisVersion, people, cases);

    /// <summary>The text of a file.</summary>
    public string Write() => JsonSerializer.Serialize(this, PeopleJson.Default.PeopleFile);

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What the file is called in messages.</param>
    /// <exception cref="PeopleException">It is no such file, of a newer version, or says something that can't be.</exception>
    public static PeopleFile Read(string text, string name)
    {
        PeopleFile? file;
        try
        {
            file = JsonSerializer.Deserialize(text, PeopleJson.Default.PeopleFile);
        }
        catch (JsonException wrong)
        {
            throw new PeopleException($"{name} is no file of people: {wrong.Message.TrimEnd('.')}. Nothing was imported.");
        }
        if (file?.Format != ThisFormat)
            throw new PeopleException($"{name} is no file of people: it does not say \"format\": \"{ThisFormat}\". Nothing was imported.");
        if (file.Version > ThisVersion)
            throw new PeopleException(
                $"{name} was written by a newer version of Sosia (form {file.Version}, this one reads {ThisVersion}): update Sosia. "
                    + "Nothing was imported."
            );
        var isWhole =
            (file.People ?? []).All(person => person is { Name: not null } && (person.Faces ?? []).All(face => face is not null))
            && (file.Cases ?? []).All(of => of is { Details.Name: not null } && (of.Faces ?? []).All(face => face is not null));
        if (!isWhole)
            throw new PeopleException($"{name} has a person, case or face that lacks what it needs. Nothing was imported.");
        var places = (file.People ?? []).SelectMany(person => person.Faces ?? []).Select(face => (face.Photo, face.Box));
        foreach (
            var (photo, box) in places.Concat((file.Cases ?? []).SelectMany(of => of.Faces ?? []).Select(face => (face.Photo, face.Box)))
        )
            if (photo?.Length != HashDigits || !photo.All(char.IsAsciiHexDigitLower) || box.ClipTo(int.MaxValue, int.MaxValue) is null)
                throw new PeopleException($"{name} names a place that can't be: photo '{photo}', {box}. Nothing was imported.");
        return file;
    }
}

/// <summary>The form of the file: camelCase, words instead of numbers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    WriteIndented = true,
    MaxDepth = 16
)]
[JsonSerializable(typeof(PeopleFile))]
internal sealed partial class PeopleJson : JsonSerializerContext;
