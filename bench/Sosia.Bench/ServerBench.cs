using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Sosia.Server;

namespace Sosia.Bench;

/// <summary>
/// The server under load from another process on loopback: searches without inference, uploads, and a minute of far too many uploads.
/// </summary>
internal static class ServerBench
{
    private const int Warmup = 200,
        Searches = 3000,
        Uploads = 300,
        Crowd = 16,
        Soakers = 64;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The other process: serves until its input ends, after a line with the address of its page.</summary>
    public static int Serve(string directory)
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        collection.Warm();
        var app = SosiaServer.Create(collection, new ServerOptions { Port = 0 });
        app.StartAsync().GetAwaiter().GetResult();
        Console.WriteLine(SosiaServer.PageAddresses(app)[0]);
        while (Console.ReadLine() is not null) { }
        app.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return 0;
    }

    public static int Run(string directory, int soakSeconds)
    {
        var (photos, faces) = Samples(directory);
        Say("in process");
        var inProcess = InProcess(directory, photos);
        using var server = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, ["serve-for-bench", directory])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        try
        {
            var page = new Uri(server.StandardOutput.ReadLine()!);
            using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 200 })
            {
                BaseAddress = new Uri(page, "/api/v1/"),
            };
            client.DefaultRequestHeaders.Authorization = new("Bearer", page.Query["?token=".Length..]);
            Say("one client");
            Times(client, faces, Warmup).Wait();
            var one = Times(client, faces, Searches).Result;
            Say("sixteen clients");
            var started = Stopwatch.GetTimestamp();
            var many = Task.WhenAll(Enumerable.Range(0, Crowd).Select(i => Times(client, [.. faces.Skip(i * 50)], Searches / Crowd)))
                .Result.SelectMany(times => times)
                .ToArray();
            var perSecond = many.Length / Stopwatch.GetElapsedTime(started).TotalSeconds;
            Say("uploads");
            UploadTimes(client, [.. photos.Take(30)]).Wait();
            var uploads = UploadTimes(client, photos).Result;
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        searchByFace = new { p50Ms = At(one, 0.5), p99Ms = At(one, 0.99) },
                        searchByFace16 = new
                        {
                            requestsPerSecond = Math.Round(perSecond),
                            p50Ms = At(many, 0.5),
                            p99Ms = At(many, 0.99),
                        },
                        upload = new
                        {
                            p50Ms = At(uploads, 0.5),
                            p99Ms = At(uploads, 0.99),
                            inProcessP50Ms = At(inProcess, 0.5),
                            ratio = Math.Round(At(uploads, 0.5) / At(inProcess, 0.5), 3),
                        },
                        soak = soakSeconds > 0 ? Soak(client, photos, soakSeconds).Result : null,
                    },
                    Indented
                )
            );
            return 0;
        }
        finally
        {
            server.StandardInput.Close();
            server.WaitForExit();
        }
    }

    private static (byte[][] Photos, long[] Faces) Samples(string directory)
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        using var reader = collection.Catalogue.Open();
        var photos = reader.Photos(default, 20_000);
        var step = Math.Max(1, photos.Count / Uploads);
        return (
            [.. photos.Where((_, i) => i % step == 0).Take(Uploads).Select(photo => File.ReadAllBytes(photo.Paths[0]))],
            [.. reader.Faces(default, 20_000).Where(face => face.HasEmbedding).Where((_, i) => i % 7 == 0).Select(face => face.Id.Value)]
        );
    }

    private static double[] InProcess(string directory, byte[][] photos)
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = directory });
        foreach (var photo in photos.Take(30))
            One(photo);
        return Array.ConvertAll(photos, One);

        double One(byte[] photo)
        {
            var started = Stopwatch.GetTimestamp();
            var query = collection.Queries.ReadBytes(photo, "photo");
            if (query.Face >= 0 && query.Wanted.Embedding is not null)
                collection.Searching.Search([query]);
            return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
    }

    private static async Task<double[]> Times(HttpClient client, long[] faces, int count)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync($"search?face={faces[i % faces.Length]}");
            await answer.Content.ReadAsByteArrayAsync();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            answer.EnsureSuccessStatusCode();
        }
        return times;
    }

    private static async Task<double[]> UploadTimes(HttpClient client, byte[][] photos)
    {
        var times = new List<double>();
        foreach (var photo in photos)
        {
            var started = Stopwatch.GetTimestamp();
            await Upload(client, photo);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return [.. times];
    }

    private static async Task<HttpStatusCode> Upload(HttpClient client, byte[] photo)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(photo), "photo", "photo.jpg" } };
        using var answer = await client.PostAsync("search", form);
        await answer.Content.ReadAsByteArrayAsync();
        return answer.StatusCode;
    }

    /// <summary>
    /// Many more uploads than the networks can take: what is refused, what health says meanwhile, and whether memory grows.
    /// </summary>
    private static async Task<object> Soak(HttpClient client, byte[][] photos, int seconds)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var statuses = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        var health = new List<double>();
        var memory = new List<double>();
        var crowd = Enumerable
            .Range(0, Soakers)
            .Select(async i =>
            {
                for (var n = i; !end.IsCancellationRequested; n += Soakers)
                {
                    var status = (int)await Upload(client, photos[n % photos.Length]);
                    statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
                    if (status == 429)
                        await Task.Delay(100); // far sooner than it was told
                }
            })
            .ToArray();
        using var watcher = new HttpClient { BaseAddress = client.BaseAddress };
        for (var tick = 0; !end.IsCancellationRequested; tick++)
        {
            var started = Stopwatch.GetTimestamp();
            (await watcher.GetAsync("health/live")).Dispose();
            health.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (tick % 20 == 0)
                memory.Add(MemoryOf(await watcher.GetStringAsync("/metrics")));
            await Task.Delay(50);
        }
        await Task.WhenAll(crowd);
        var settled = memory.Skip(memory.Count / 4).ToArray();
        return new
        {
            seconds,
            statuses = statuses.OrderBy(status => status.Key).ToDictionary(status => status.Key.ToString(), status => status.Value),
            healthP50Ms = At([.. health], 0.5),
            healthP99Ms = At([.. health], 0.99),
            memoryMb = new
            {
                afterAQuarter = Math.Round(settled[0]),
                least = Math.Round(settled.Min()),
                most = Math.Round(settled.Max()),
                atTheEnd = Math.Round(settled[^1]),
            },
        };
    }

    private static void Say(string what) => Console.Error.WriteLine($"{what} …");

    private static double MemoryOf(string metrics) =>
        double.Parse(
            metrics.Split('\n').First(line => line.StartsWith("process_memory_bytes ", StringComparison.Ordinal))[
                "process_memory_bytes ".Length..
            ]
        ) / (1 << 20);

    private static double At(double[] times, double share)
    {
        var sorted = times.Order().ToArray();
        return Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))], 2);
    }
}
