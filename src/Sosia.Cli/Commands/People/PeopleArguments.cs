using System.CommandLine;
using Sosia.Catalogue;

namespace Sosia.Cli.Commands.People;

/// <summary>How people and faces are named on the command line; arguments can't be shared between commands.</summary>
internal static class PeopleArguments
{
    public static Argument<string> Who(string name = "WHO") =>
        new(name) { Description = "A person's name or number, or a group such as g7 (see `sosia people list`)" };

    public static Option<long[]> Faces(bool required) =>
        new("--face")
        {
            Description = "A face by its number (see `sosia people show`); may be given several times",
            HelpName = "ID",
            Required = required,
            AllowMultipleArgumentsPerToken = true,
        };

    public static Option<bool> Another() => new("--another") { Description = "It is another person of a name that somebody has already" };

    public static FaceId[] Read(ParseResult parsed, Option<long[]> faces) =>
        [.. (parsed.GetValue(faces) ?? []).Select(face => new FaceId(face))];
}
