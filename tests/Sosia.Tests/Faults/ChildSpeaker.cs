using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;

namespace Sosia.Tests.Faults;

/// <summary>Says something of people, and when it was taken, what holds now.</summary>
internal static class ChildSpeaker
{
    private const int People = 4,
        Places = 6;

    public static void Say(SqliteCatalogueStore store, Random random)
    {
        using var writer = store.OpenWriter();
        var people = writer.ReadPeople();
        var journal = writer.ReadJournal(null, 1);
        if (people.Count < People)
            Say(writer, [new PersonNamed(writer.ReservePerson(), $"born {random.Next()}")]);
        else
            switch (random.Next(4))
            {
                case 0:
                    Say(writer, [new PersonNamed(Any(people, random).Id, $"called {random.Next()}")]);
                    break;
                case 1 when journal is [{ UndoneBy: null } last]:
                    writer.Undo(last.Id, DateTimeOffset.UnixEpoch);
                    break;
                default:
                    Say(writer, Judge(people, random));
                    break;
            }
        Console.WriteLine($"holds {StateOf(writer)}");
    }

    /// <summary>The last change, and all that is said, on a line.</summary>
    public static string StateOf(IVerdictReader reader)
    {
        var people = reader.ReadPeople().Select(person => $"{person.Id}={person.Name}");
        var verdicts = reader.ReadVerdicts().Select(verdict => $"{verdict.Person}:{verdict.Place.Sha256[..8]}:{verdict.Says}");
        return $"{LastChange(reader)} {string.Join(';', people.Concat(verdicts))}";
    }

    public static long LastChange(IVerdictReader reader) => reader.ReadJournal(null, 1) is [var last] ? last.Id : 0;

    private static void Say(ICatalogueWriter writer, IReadOnlyList<Statement> statements) =>
        writer.Say(ChangeKind.Name, statements, DateTimeOffset.UnixEpoch);

    private static List<Statement> Judge(IReadOnlyList<PersonRow> people, Random random)
    {
        var statements = new List<Statement>();
        for (var place = 0; place < Places; place++)
            if (random.Next(2) == 0)
                statements.Add(
                    new FaceJudged(
                        Any(people, random).Id,
                        new FacePlace(Some.Sha256($"photo {place}"), Some.Face(place + 1).Box),
                        random.Next(3) switch
                        {
                            0 => Verdict.Is,
                            1 => Verdict.IsNot,
                            _ => null,
                        }
                    )
                );
        return statements.Count > 0 ? statements : [new PersonNamed(people[0].Id, "nobody else")];
    }

    private static PersonRow Any(IReadOnlyList<PersonRow> people, Random random) => people[random.Next(people.Count)];
}
