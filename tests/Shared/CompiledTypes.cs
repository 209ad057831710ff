using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Sosia.Tests.Shared;

/// <summary>A type as it was compiled, nested ones and those that the compiler made of its lambdas and iterators among it.</summary>
/// <param name="Name">Namespace and name; of a generic type with the number of its parameters, as <c>List`1</c>.</param>
/// <param name="Folder">Folder of its source below the project, with slashes; empty for the project's own. Null where the symbols name
/// none.</param>
/// <param name="Files">Names of its source files that hold code.</param>
/// <param name="Uses">Names of all other types that it uses, wherever they are: bases, fields, signatures, attributes and method
/// bodies.</param>
public sealed record CompiledType(string Name, string? Folder, IReadOnlySet<string> Files, IReadOnlySet<string> Uses)
{
    /// <summary>The namespace.</summary>
    public string Namespace => Name.Contains('.', StringComparison.Ordinal) ? Name[..Name.LastIndexOf('.')] : "";
}

/// <summary>
/// Reads which type uses which from a compiled assembly and the symbols beside it, so that a name written out in a method's body counts as
/// much as one behind a <c>using</c>. Constants are no uses: the compiler puts in their values.
/// </summary>
public static class CompiledTypes
{
    /// <summary>All types of an assembly.</summary>
    /// <param name="assembly">The file; its portable symbols (<c>.pdb</c>) lie beside it.</param>
    /// <param name="project">The folder of its project below the repository, with slashes: "src/Sosia".</param>
    public static IReadOnlyList<CompiledType> Of(string assembly, string project)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        using var symbols = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(Path.ChangeExtension(assembly, ".pdb")));
        var metadata = file.GetMetadataReader();
        var sources = new SourceFiles(symbols.GetMetadataReader(), $"/{project}/");
        var types = new Dictionary<string, (HashSet<string> Uses, HashSet<string> Sources)>(StringComparer.Ordinal);
        foreach (var handle in metadata.TypeDefinitions)
        {
            var name = TypeNames.OutermostOf(metadata, handle);
            if (name.StartsWith('<'))
                continue; // the compiler's own
            if (!types.TryGetValue(name, out var found))
                types.Add(name, found = ([], []));
            new TypeUses(file, metadata, found.Uses).Read(handle);
            found.Sources.UnionWith(sources.Of(metadata, handle));
        }
        return
        [
            .. types.Select(type => Make(type.Key, type.Value.Uses, type.Value.Sources)).OrderBy(type => type.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Which folder uses which, for the types of a project that use each other.</summary>
    public static IReadOnlySet<(string From, string To)> Arrows(IReadOnlyList<CompiledType> types, Func<CompiledType, string> folder)
    {
        var byName = types.ToDictionary(type => type.Name, StringComparer.Ordinal);
        var arrows = new HashSet<(string, string)>();
        foreach (var type in types)
        foreach (var used in type.Uses)
            if (byName.TryGetValue(used, out var other) && folder(other) != folder(type))
                arrows.Add((folder(type), folder(other)));
        return arrows;
    }

    private static CompiledType Make(string name, HashSet<string> uses, HashSet<string> sources)
    {
        uses.Remove(name);
        var written = sources.Where(source => !source.StartsWith("obj/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        var folder = written.Length == 0 ? null : Path.GetDirectoryName(written[0])!.Replace('\\', '/');
        return new CompiledType(name, folder, written.Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal)!, uses);
    }
}
