// Exact nearest neighbours of any embeddings. Usage: NearestRows FILE.npy ROW    (without arguments: 10,000 rows that are drawn)
using Sosia.Vectors;
using Sosia.Vectors.Files;

var path = args is [var file, ..] ? file : Drawn();
var row = args is [_, var number] ? int.Parse(number) : 42;
using var rows = NpyRows.Open(path);
var index = NeighborIndex.Build(rows, new NeighborIndexOptions { Metric = MetricKind.Cosine });
foreach (var (neighbor, distance) in index.Search(rows.Row(row).ToArray(), new SearchRequest { K = 5 }))
    Console.WriteLine($"{neighbor}  {distance:F4}");

static string Drawn()
{
    const int count = 10_000,
        dimensions = 384;
    var random = new Random(1);
    var path = Path.Combine(Path.GetTempPath(), $"rows-{Environment.ProcessId}.npy");
    using var writer = NpyWriter.Create<float>(path, dimensions);
    for (var i = 0; i < count; i++)
        writer.Append([.. Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f)]);
    writer.Complete();
    return path;
}
