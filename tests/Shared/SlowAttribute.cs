using Xunit.v3;

namespace Sosia.Tests.Shared;

/// <summary>
/// Marks what the fast inner loop leaves out: tests that take seconds on two cores, because they start programs again and again, run large
/// networks, kill, fill disks, or look at pages. <c>dotnet test --filter-not-trait Tier=Slow --ignore-exit-code 8</c> runs the others; 8 is
/// the exit code of a project of which nothing is left.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class SlowAttribute : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Tier", "Slow")];
}
