using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.Indexing;
using Sosia.Photos;

namespace Sosia.Tests.Hosting;

/// <summary>Sosia among the services of a program.</summary>
public sealed class ServicesTests : IDisposable
{
    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_collection_is_a_service_that_logs_where_the_program_does()
    {
        var lines = new Lines();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(lines));
        services.AddSosia(options => options.Directory = _place["collection"]);
        var photos = Directory.CreateDirectory(_place["photos"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(photos, "broken.jpg"), "no photo");
        await using (var provider = services.BuildServiceProvider())
        {
            var collection = provider.GetRequiredService<Collection>();
            Assert.Same(collection, provider.GetRequiredService<Collection>());
            Assert.Equal(_place["collection"], collection.Directory);

            var summary = await collection.IndexAsync([photos]);

            Assert.Single(summary.Failures);
        }
        var line = Assert.Single(lines.Written, written => written.StartsWith("Indexed", StringComparison.Ordinal));
        Assert.Contains("1 files can't be read", line, StringComparison.Ordinal);
        Assert.DoesNotContain("broken", string.Join('\n', lines.Written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_health_check_says_whether_the_collection_can_be_searched()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSosia(options => options.Directory = _place["collection"]);
        services.AddHealthChecks().AddSosia();
        services.AddHealthChecks().AddSosia("tolerant", HealthStatus.Degraded);
        await using var provider = services.BuildServiceProvider();
        var checks = provider.GetRequiredService<HealthCheckService>();
        var cancellation = TestContext.Current.CancellationToken;

        var before = await checks.CheckHealthAsync(cancellation);
        Assert.Equal(HealthStatus.Unhealthy, before.Entries["sosia"].Status);
        Assert.Equal("catalogue: missing", before.Entries["sosia"].Description);
        Assert.Equal(HealthStatus.Degraded, before.Entries["tolerant"].Status);

        await provider.GetRequiredService<Collection>().IndexAsync([Repository.SamplePhotos[0]], cancellation: cancellation);
        Assert.Equal(HealthStatus.Healthy, (await checks.CheckHealthAsync(cancellation)).Status);
    }

    [Fact]
    public void Settings_that_make_no_sense_are_named_when_the_collection_is_first_asked_for()
    {
        var services = new ServiceCollection();
        services.AddSosia(options => options.Photos = new PhotoOptions { WorkingSide = 10 });
        using var provider = services.BuildServiceProvider();
        var wrong = Assert.Throws<OptionsValidationException>(provider.GetRequiredService<Collection>);
        Assert.Contains("needs a directory of its own", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("after decoding must be 64 pixels or more", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0), InlineData(-1), InlineData(100_000)]
    public void A_number_of_workers_that_makes_no_sense_is_refused_before_anything_is_read(int workers)
    {
        using var collection = Collection.Open(new CollectionOptions { Directory = _place["collection"] });
        var wrong = Assert.Throws<OptionException>(() => collection.Indexing.Run([_place.Path], new IndexOptions { Workers = workers }));
        Assert.Equal("The number of photos worked on at once must lie between 1 and 1024.", wrong.Message);
        Assert.False(Directory.Exists(_place["collection"]));
    }

    [Fact]
    public void Every_setting_inside_the_options_is_checked()
    {
        CollectionOptions[] wrong =
        [
            new() { Directory = " " },
            new()
            {
                Directory = "d",
                Photos = new PhotoOptions { MaxBytes = 0 },
            },
            new()
            {
                Directory = "d",
                Photos = new PhotoOptions { MaxPixels = 0 },
            },
            new()
            {
                Directory = "d",
                Photos = new PhotoOptions { MaxSide = 0 },
            },
            new()
            {
                Directory = "d",
                Photos = new PhotoOptions { Timeout = TimeSpan.Zero },
            },
            new()
            {
                Directory = "d",
                Detector = new DetectorOptions { MinConfidence = float.NaN },
            },
            new()
            {
                Directory = "d",
                Detector = new DetectorOptions { SmallestFace = 0 },
            },
            new()
            {
                Directory = "d",
                Detector = new DetectorOptions { SameFaceOverlap = 2 },
            },
        ];
        Assert.All(wrong, options => Assert.Throws<OptionException>(() => Collection.Open(options)));
    }

    /// <summary>A real logger provider that keeps what is written.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Written.Add(formatter(state, exception));

        public void Dispose() { }
    }
}
