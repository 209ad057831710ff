using Sosia.Bench;

// Speed, as programs that print JSON. Ratios within one run count; the seconds are this machine's.
return args switch
{
    ["pipeline", var folder] => PipelineBench.Run(folder, photos: int.MaxValue),
    ["pipeline", var folder, "--photos", var count] when int.TryParse(count, out var photos) => PipelineBench.Run(folder, photos),
    ["trees"] => TreesBench.Run(),
    ["long-rows", var directory] => LongRowsBench.Run(directory),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        Usage: dotnet run --project bench/Sosia.Bench -- pipeline DIR [--photos N]
          pipeline   photos/s of indexing, beside the three networks alone on the same number of calls, with the share of every stage
          trees      a scan, a k-d tree and a ball tree over drawn rows of few dimensions
          long-rows DIR  a scan of 13,233 × 107,648 floats in a NumPy file, which is drawn into DIR (5.7 GB) and deleted
        """);
    return 2;
}
