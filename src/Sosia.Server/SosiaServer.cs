using Sosia.Hosting;
using Sosia.Server.Safety.Admission;
using Sosia.Server.Safety.Keys;

namespace Sosia.Server;

/// <summary>Serves a collection: the page and the REST API.</summary>
public static class SosiaServer
{
    /// <summary>
    /// A server that is ready to run; where the collection has no API key, a token is made for this start (<see cref="PageAddresses"/>).
    /// The caller keeps the collection and disposes it afterwards.
    /// </summary>
    /// <exception cref="OptionException">An option that makes no sense, or an address that others reach while there is no key, or
    /// nothing that keeps what is sent secret.</exception>
    public static WebApplication Create(Collection collection, ServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(collection);
        ArgumentNullException.ThrowIfNull(options);
        var keys = new KeyStore(collection.Directory);
        options.Check(keys.Read().Count > 0);
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, ReadyThreads), completions); // a slow disk that some wait for holds up nobody else

        // Nothing is read from files or the environment: what is served, and to whom, is said by the options alone.
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = typeof(SosiaServer).Assembly.GetName().Name }
        );
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Limits.Set(kestrel, options));
        builder.Services.AddServer(collection, options, keys);
        var app = builder.Build();
        app.UseSosia(options);
        app.MapSosia();
        return app;
    }

    /// <summary>Threads that begin at once, when requests wait for the disk.</summary>
    private const int ReadyThreads = 64;

    /// <summary>
    /// Addresses of the page of a server that runs. Where the collection has no API key they carry the token of this start, which opens the
    /// server: for its user alone.
    /// </summary>
    public static IReadOnlyList<Uri> PageAddresses(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var token = app.Services.GetRequiredService<AccessKeys>().Token;
        if (app.Services.GetRequiredService<ServerOptions>().PublicUrl is { } address)
            return [address];
        return [.. app.Urls.Select(url => new Uri(new Uri(url), token is null ? "/" : $"/?token={token}"))];
    }
}
