using System.Diagnostics;
using Sosia.Postgres.Tests;

namespace Sosia.Cli.Tests.Faults;

/// <summary>Workers that are killed lose no photo, and store none twice.</summary>
[Slow]
public sealed class KilledWorkersTests : IDisposable
{
    private readonly SosiaProgram _sosia = new();
    private readonly string _name = TestServer.NewName();

    public KilledWorkersTests() => _sosia.Environment["SOSIA_STORE"] = TestServer.Need();

    public void Dispose()
    {
        TestServer.Drop(_name);
        _sosia.Dispose();
    }

    /// <summary>Four workers, of which one is killed every few seconds: each photo is stored once, whoever died when.</summary>
    [Fact]
    public async Task Whoever_is_killed_every_photo_is_stored_exactly_once()
    {
        var (rounds, photos) = FaultRun.IsLong ? (20, 1000) : (1, 80);
        var random = new Random(5);
        _sosia.PutMany(photos);
        for (var round = 0; round < rounds; round++)
        {
            TestServer.Drop(_name);
            Assert.Equal(0, Run("store", "init").Code);
            var workers = Enumerable.Range(0, 4).Select(_ => Worker()).ToList();
            var index = Task.Run(() => Run("index", _sosia.Photos, "--json"));
            while (!index.IsCompleted)
            {
                await Task.WhenAny(index, Task.Delay(random.Next(1000, 3000)));
                var killed = random.Next(workers.Count);
                workers[killed].Kill();
                workers[killed].WaitForExit();
                workers[killed].Dispose();
                workers[killed] = Worker();
                // A lease would last a minute; the test has no time for that.
                TestServer.Run(
                    $"UPDATE \"{_name.Replace("\"", "\"\"", StringComparison.Ordinal)}\".claims SET until = least(until, now() + interval '15 s')"
                );
            }
            foreach (var worker in workers)
            {
                worker.Kill();
                worker.WaitForExit();
                worker.Dispose();
            }
            var ran = await index;
            Assert.True(ran.Code == 0, ran.Error);
            var status = Run("status", "--json").Json;
            Assert.Equal(photos, status.GetProperty("photos").GetProperty("searchable").GetInt32());
            Assert.Equal(photos, status.GetProperty("photos").GetProperty("total").GetInt32());
            Assert.Equal(0, Run("verify").Code);
        }

        Process Worker()
        {
            var worker = _sosia.Start("work", "--collection", _name, "--workers", "1");
            worker.StandardInput.Close();
            _ = worker.StandardOutput.ReadToEndAsync();
            _ = worker.StandardError.ReadToEndAsync();
            return worker;
        }
    }

    private Ran Run(params string[] arguments) => _sosia.Run([.. arguments, "--collection", _name]);
}
