using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sosia.Hosting;

namespace Sosia;

/// <summary>Sosia among a program's services.</summary>
public static class SosiaServices
{
    /// <summary>
    /// Adds a <see cref="Collection"/>, opened when it is first asked for and closed with the program. It logs where the program does.
    /// </summary>
    /// <param name="services">The program's services.</param>
    /// <param name="configure">Says where the collection is, and how it is read.</param>
    /// <exception cref="OptionsValidationException">When the program starts, or else when the collection is first asked for: a setting
    /// makes no sense.</exception>
    public static IServiceCollection AddSosia(this IServiceCollection services, Action<CollectionOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<CollectionOptions>().Configure<IServiceProvider>(UseLoggers).Configure(configure).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CollectionOptions>, AnnotationsAreKept>();
        return services.AddSingleton(provider => Collection.Open(provider.GetRequiredService<IOptions<CollectionOptions>>().Value));
    }

    /// <summary>Adds a check of the program's <see cref="Collection"/>: its catalogue can be read, and its networks are loaded.</summary>
    /// <param name="checks">The program's health checks.</param>
    /// <param name="name">What the check is called.</param>
    /// <param name="failureStatus">What a collection that can't be searched counts as; unhealthy unless said otherwise.</param>
    public static IHealthChecksBuilder AddSosia(this IHealthChecksBuilder checks, string name = "sosia", HealthStatus? failureStatus = null)
    {
        ArgumentNullException.ThrowIfNull(checks);
        return checks.Add(
            new HealthCheckRegistration(
                name,
                provider => new CollectionHealthCheck(provider.GetRequiredService<Collection>()),
                failureStatus,
                tags: null
            )
        );
    }

    private static void UseLoggers(CollectionOptions options, IServiceProvider provider)
    {
        if (provider.GetService(typeof(ILoggerFactory)) is ILoggerFactory loggers)
            options.Loggers = loggers;
    }

    private sealed class AnnotationsAreKept : IValidateOptions<CollectionOptions>
    {
        public ValidateOptionsResult Validate(string? name, CollectionOptions options)
        {
            var mistakes = OptionsCheck.Mistakes(options);
            return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
        }
    }
}
