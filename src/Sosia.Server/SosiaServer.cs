using Sosia.Server.Safety;

namespace Sosia.Server;

/// <summary>Serves a collection: the page and the REST API.</summary>
public static class SosiaServer
{
    /// <summary>
    /// A server that is ready to run; where the collection has no API key, a token is made for this start (<see cref="PageAddresses"/>).
    /// The caller keeps the collection and disposes it afterwards.
    /// </summary>
    /// <exception cref="ArgumentException">An option that makes no sense, or an address that others reach while there is no
    /// key.</exception>
    public static WebApplication Create(Collection collection, ServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(collection);
        ArgumentNullException.ThrowIfNull(options);
        var key = KeyFile.Read(collection.Directory);
        options.Check(key.Exists);

        // Nothing is read from files or the environment: what is served, and to whom, is said by the options alone.
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = typeof(SosiaServer).Assembly.GetName().Name }
        );
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limits.Set(kestrel, options));
        builder.Services.AddServer(collection, options, new AccessKey(key));
        var app = builder.Build();
        app.UseSosia();
        app.MapSosia();
        return app;
    }

    /// <summary>
    /// Addresses of the page of a server that runs. Where the collection has no API key they carry the token of this start, which opens the
    /// server: for its user alone.
    /// </summary>
    public static IReadOnlyList<Uri> PageAddresses(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var token = app.Services.GetRequiredService<AccessKey>().Token;
        return [.. app.Urls.Select(url => new Uri(new Uri(url), token is null ? "/" : $"/?token={token}"))];
    }
}
