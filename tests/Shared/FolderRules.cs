namespace Sosia.Tests.Shared;

/// <summary>Which folder of a project may use which, checked against what was compiled.</summary>
/// <param name="types">All types of the project.</param>
/// <param name="folder">The folder of a type; empty for the project's own, which is the door: it may use all, and nothing inside uses
/// it.</param>
/// <param name="allowed">For each folder those that it may use.</param>
public sealed class FolderRules(
    IReadOnlyList<CompiledType> types,
    Func<CompiledType, string> folder,
    IReadOnlyDictionary<string, string[]> allowed
)
{
    private const string Door = "";

    private readonly IReadOnlySet<(string From, string To)> _arrows = CompiledTypes.Arrows(types, folder);

    /// <summary>One line for each arrow that is not drawn, with the types that use each other.</summary>
    public IReadOnlyList<string> Forbidden() =>
        [
            .. from arrow in _arrows
            where arrow.From != Door && !allowed.GetValueOrDefault(arrow.From, []).Contains(arrow.To)
            select $"{arrow.From} → {arrow.To}: {Examples(arrow)}",
        ];

    /// <summary>Arrows that are drawn and that nothing needs.</summary>
    public IReadOnlyList<(string From, string To)> Unused() =>
        [.. allowed.SelectMany(from => from.Value.Select(to => (from.Key, to))).Except(_arrows)];

    /// <summary>Folders that use each other in a circle, by the arrows that are drawn.</summary>
    public IReadOnlyList<string> InCircles()
    {
        var left = allowed.ToDictionary(from => from.Key, from => from.Value.ToHashSet());
        while (left.Where(from => from.Value.Count == 0).Select(from => from.Key).ToArray() is { Length: > 0 } done)
        {
            foreach (var name in done)
                left.Remove(name);
            foreach (var uses in left.Values)
                uses.ExceptWith(done);
        }
        return [.. left.Keys];
    }

    private string Examples((string From, string To) arrow) =>
        string.Join(
            ", ",
            from type in types
            where folder(type) == arrow.From
            from used in type.Uses
            where types.Any(other => other.Name == used && folder(other) == arrow.To)
            select $"{type.Name} uses {used}"
        );
}
