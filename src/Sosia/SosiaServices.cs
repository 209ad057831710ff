using Microsoft.Extensions.DependencyInjection;
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
