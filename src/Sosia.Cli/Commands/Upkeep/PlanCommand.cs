using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Postgres;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia plan --faces N</c></summary>
internal static class PlanCommand
{
    private static readonly Option<long> Faces = new("--faces")
    {
        Description = "Faces that the collection is to hold",
        HelpName = "N",
        Required = true,
    };
    private static readonly Option<double?> PhotosPerDay = new("--photos-per-day")
    {
        Description = "Photos that are to be indexed in a day",
        HelpName = "M",
    };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create()
    {
        var command = new Command(
            "plan",
            "What so many faces take in disk, memory, time and machines, by the measurements of docs/scale.md"
        )
        {
            Faces,
            PhotosPerDay,
            AsJson,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (faces, photos) = (parsed.GetValue(Faces), parsed.GetValue(PhotosPerDay));
        if (faces < 1)
            throw new ArgumentException($"Expected --faces to be 1 or more, got {faces}.");
        if (photos is < 0)
            throw new ArgumentException($"Expected --photos-per-day to be 0 or more, got {photos}.");
        var plan = new ScalePlan(faces, photos);
        if (parsed.GetValue(AsJson))
        {
            Json.Write(new PlanJson(faces, plan.Bytes, plan.ReaderMemory, plan.IndexSeconds, plan.Machines));
            return ExitCode.Done;
        }
        var readings = photos is null ? "to read all photos in a month" : $"for {photos:N0} photos a day";
        var start = TimeSpan.FromSeconds(Math.Ceiling(plan.IndexSeconds));
        Console.WriteLine(
            $"""
            Database  {Text.Bytes(plan.Bytes), 10}   rows, faces, photos, paths and changes, with their indexes
            Reader    {Text.Bytes(plan.ReaderDisk), 10}   of index files, of which {Text.Bytes(plan.ReaderMemory)} must fit its memory
            Start     {$"{start:c}", 10}   until a reader without an index has made one
            Machines  {plan.Machines, 10:N0}   of two cores {readings}, of 12 megapixels
            {plan.FirstToBreak}
            """
        );
        return ExitCode.Done;
    }
}
