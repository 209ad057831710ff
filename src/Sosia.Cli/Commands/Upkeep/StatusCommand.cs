using System.CommandLine;
using Sosia.Catalogue;
using Sosia.Cli.Output;
using Sosia.Search;

namespace Sosia.Cli.Commands.Upkeep;

/// <summary><c>sosia status</c></summary>
internal static class StatusCommand
{
    private const string NotNoted = "not noted: indexed before Sosia kept how faces are found";

    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create()
    {
        var command = new Command("status", "Account for every photo of the collection") { AsJson };
        command.SetAction(Run);
        return command.OfCollection().WithNetworks();
    }

    private static int Run(ParseResult parsed)
    {
        using var collection = Shared.Open(parsed);
        using var reader = collection.Catalogue.Open();
        var photos = reader.Count();
        var faces = reader.CountFaces();
        var spaces = reader.Spaces();
        var provenances = spaces
            .Where(space => space.Space.Key == collection.Space.Key)
            .SelectMany(space => reader.CountByProvenance(space.Id))
            .ToArray();
        var directory = new DirectoryInfo(collection.Directory);
        var bytes = directory.Exists ? directory.EnumerateFiles("*", SearchOption.AllDirectories).Sum(Length) : 0;
        var store = collection.Store?.Facts();
        if (parsed.GetValue(AsJson))
        {
            Json.Write(
                new StatusJson(
                    collection.Directory,
                    PhotoCountsJson.Of(photos),
                    faces,
                    [
                        .. spaces.Select(space => new SpaceJson(
                            space.Space.Key,
                            space.Space.Model,
                            space.Space.Of == SpaceKind.Photos ? "photos" : "faces",
                            space.Space.Dimensions,
                            space.Rows
                        )),
                    ],
                    [.. provenances.Select(found => new ProvenanceJson(found.FoundBy?.Key, found.FoundBy?.Description, found.Photos))],
                    CalibrationOf(collection),
                    bytes,
                    store is null ? null : new QueueJson(store.Queue.Waiting, store.Queue.Claimed, store.Queue.Failed),
                    StoreJson.Of(store)
                )
            );
            return ExitCode.Done;
        }
        Console.WriteLine(
            $"""
            Collection    {Text.Printable(NameOf(collection, bytes))}
            Photos        {photos.Total, 9:N0}
              searchable  {photos.Searchable, 9:N0}
              too poor    {photos.TooPoor, 9:N0}   faces too small to be recognised
              no face     {photos.NoFace, 9:N0}
              unreadable  {photos.Unreadable, 9:N0}   see `sosia photos --failed`
              waiting     {photos.Waiting, 9:N0}   found, not yet read
            Faces         {faces, 9:N0}
            """
        );
        if (store is not null)
            Console.WriteLine(
                $"Queue         {store.Queue.Waiting, 9:N0}   waiting, {store.Queue.Claimed:N0} being read, "
                    + $"{store.Queue.Failed:N0} given up"
            );
        if (photos.UnreadableNow > 0)
            Console.WriteLine(
                $"Unreadable now{photos.UnreadableNow, 8:N0}   files that were read before: their photos are found as they were; see "
                    + "`sosia photos --failed`"
            );
        foreach (var (_, space, rows) in spaces)
            Console.WriteLine(
                $"Space         {rows, 9:N0}   {(space.Of == SpaceKind.Photos ? "photos by look: rows" : "embeddings")} of "
                    + $"{space.Model}, {space.Dimensions} dimensions"
            );
        Console.WriteLine(
            $"Scores by     {Text.Printable(CalibrationOf(collection) ?? "no calibration: set thresholds with --threshold")}"
        );
        if (provenances.Length > 1)
            Say(provenances);
        return ExitCode.Done;
    }

    private static string NameOf(Collection collection, long bytes) =>
        collection.Store is { } store
            ? $"{store.Name}; index and small pictures of this machine: {collection.Directory} ({Text.Bytes(bytes)})"
            : $"{collection.Directory} ({Text.Bytes(bytes)})";

    private static void Say(IReadOnlyList<ProvenanceCount> provenances)
    {
        foreach (var found in provenances)
            Console.WriteLine($"Found by      {found.Photos, 9:N0}   {Text.Printable(found.FoundBy?.Description ?? NotNoted)}");
        Console.WriteLine("                          `sosia index DIR --again` reads again the photos that were found in another way");
    }

    /// <summary>What scores are calibrated on; why they can't be told where the calibration is damaged.</summary>
    private static string? CalibrationOf(Collection collection)
    {
        try
        {
            return collection.Meanings.Calibration?.MeasuredOn;
        }
        catch (QueryException damaged)
        {
            return damaged.Message;
        }
    }

    /// <summary>Bytes of a file; none where a writer has just put it away.</summary>
    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
