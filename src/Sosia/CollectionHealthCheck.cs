using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Models;

namespace Sosia;

/// <summary>Healthy when the catalogue can be read, the networks are loaded and the store, where there is one, lacks nothing.</summary>
/// <param name="collection">The collection.</param>
internal sealed class CollectionHealthCheck(Collection collection) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await OnAThread.Run(() => ProblemOf(collection)) is { } problem
            ? new HealthCheckResult(context.Registration.FailureStatus, problem)
            : HealthCheckResult.Healthy();

    /// <summary>The kind of trouble, and no paths: anybody may ask. Null where there is none.</summary>
    public static string? ProblemOf(Collection collection)
    {
        try
        {
            collection.Warm();
            collection.Catalogue.Ask(reader => reader.Version);
            return collection.Store?.Check().FirstOrDefault(check => !check.Ok) is { } wrong ? $"store: {wrong.Name}" : null;
        }
        catch (CatalogueException catalogue)
        {
            return $"catalogue: {JsonNamingPolicy.CamelCase.ConvertName($"{catalogue.Problem}")}";
        }
        catch (ModelException)
        {
            return "models";
        }
    }
}
