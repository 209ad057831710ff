using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Trace;
using Sosia.Hosting;
using Sosia.Server.Audit;
using Sosia.Server.Endpoints;
using Sosia.Server.Errors;
using Sosia.Server.Figures;
using Sosia.Server.Jobs;
using Sosia.Server.Json;
using Sosia.Server.Page;
using Sosia.Server.Queries;
using Sosia.Server.Safety;
using Sosia.Server.Safety.Admission;
using Sosia.Server.Safety.Keys;
using Sosia.Server.Safety.SignIn;
using Sosia.Server.Safety.Transport;
using Sosia.Server.Searching;
using Sosia.Server.Work;

namespace Sosia.Server;

/// <summary>How the server is put together: its parts, the way of a request, and its addresses.</summary>
internal static class Composition
{
    /// <summary>How long requests may take to end when the server stops; whoever still follows a job then is cut off.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(3);

    public static void AddServer(this IServiceCollection services, Collection collection, ServerOptions options, KeyStore keys)
    {
        services.AddSingleton(collection).AddSingleton(options).AddSingleton(options.Clock).AddSingleton(keys);
        services.AddSingleton<QueryStore>().AddSingleton<Inferences>().AddSingleton<PictureWork>().AddSingleton<Searches>();
        services.AddSingleton<JobRunner>().AddSingleton<UploadReader>().AddSingleton<BodyBudget>();
        services.AddSingleton<AuditLog>().AddSingleton<Searcher>().AddSingleton<AccessKeys>().AddSingleton<Gate>();
        services.AddSingleton<AllowedFolders>().AddSingleton<PrometheusText>().AddSingleton<ServerMeter>();
        services.AddSingleton<IConnectionListenerFactory>(provider => new PatientListeners(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(provider),
            OpenFiles.ConnectionsOf(options.MaxConnections)
        ));
        services.AddRoutingCore().AddSignIn();
        services.AddRateLimiter(limiter => RateLimits.Set(limiter, options.RequestsPerSecond));
        services.AddExceptionHandler<Problems>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTime);
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = options.RequestTime });
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ServerJson.Relaxed);
            json.SerializerOptions.Encoder = ServerJson.Relaxed.Options.Encoder;
            json.SerializerOptions.UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddLogging(logging =>
            logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole(console => console.ColorBehavior = LoggerColorBehavior.Disabled)
        );
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Http.Timeouts", LogLevel.Error)); // the answer says it
        services.AddLogging(logging => logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)); // who starts it says it
        services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        services.AddOpenApi("v1", ApiDescription.Describe);
        AddTracing(services);
    }

    public static void UseSosia(this WebApplication app, ServerOptions options)
    {
        app.Services.GetRequiredService<PrometheusText>(); // begins to listen
        app.UseExceptionHandler(_ => { }); // Problems, which is registered for it
        app.UseStatusCodePages(Problems.Explain);
        app.UseNamedProxies(options);
        if (options.BasePath.Length > 0)
            app.UsePathBase(options.BasePath);
        app.Use(app.Services.GetRequiredService<Gate>().Invoke);
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.Use(app.Services.GetRequiredService<AuditLog>().Invoke);
        app.UseAuthorization();
        app.Use(Antiforgery.Check);
        app.Use(Limits.LimitBody);
    }

    public static void MapSosia(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1");
        PhotosApi.Map(api);
        FacesApi.Map(api);
        FailuresApi.Map(api);
        CollectionsApi.Map(api);
        QueriesApi.Map(api);
        SearchApi.Map(api);
        WhyApi.Map(api);
        ExportApi.Map(api);
        JobsApi.Map(api);
        ForgetApi.Map(api);
        PeopleApi.Map(api);
        CasesApi.Map(api);
        SessionApi.Map(api);
        HealthApi.Map(api);
        ApiDescription.Map(app);
        app.MapGet("/metrics", (PrometheusText figures) => TypedResults.Text(figures.Write(), "text/plain; version=0.0.4; charset=utf-8"))
            .Needs(Scope.Manage)
            .ExcludeFromDescription();
        PageFiles.Map(app, app.Services.GetRequiredService<ServerOptions>().BasePath);
    }

    /// <summary>Traces leave only for a collector that somebody named; else nothing is sent anywhere.</summary>
    private static void AddTracing(IServiceCollection services)
    {
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is not { Length: > 0 })
            return;
        services
            .AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(Telemetry.MeterName, "Microsoft.AspNetCore").AddOtlpExporter())
            .WithMetrics(metrics =>
                OpenTelemetry.Metrics.OtlpMetricExporterExtensions.AddOtlpExporter(
                    metrics.AddMeter(Telemetry.MeterName, ServerMeter.Name, "Microsoft.AspNetCore.Hosting")
                )
            );
    }
}
