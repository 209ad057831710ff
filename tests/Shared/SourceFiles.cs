using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Sosia.Tests.Shared;

/// <summary>The source files of types, as portable symbols name them.</summary>
/// <param name="symbols">The symbols.</param>
/// <param name="project">The project's folder, between slashes: what follows it in a path is kept.</param>
internal sealed class SourceFiles(MetadataReader symbols, string project)
{
    /// <summary>The portable PDB format's record for types that have no method with code, such as interfaces.</summary>
    private static readonly Guid TypeDefinitionDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>Paths of the files below the project.</summary>
    public IEnumerable<string> Of(MetadataReader metadata, TypeDefinitionHandle type)
    {
        var documents = new HashSet<DocumentHandle>();
        foreach (var method in metadata.GetTypeDefinition(type).GetMethods())
        {
            var information = symbols.GetMethodDebugInformation(method.ToDebugInformationHandle());
            if (!information.Document.IsNil)
                documents.Add(information.Document);
            else
                foreach (var point in Points(information))
                    documents.Add(point.Document);
        }
        foreach (var handle in symbols.GetCustomDebugInformation(type))
        {
            var information = symbols.GetCustomDebugInformation(handle);
            if (symbols.GetGuid(information.Kind) != TypeDefinitionDocuments)
                continue;
            var blob = symbols.GetBlobReader(information.Value);
            while (blob.RemainingBytes > 0)
                documents.Add(MetadataTokens.DocumentHandle(blob.ReadCompressedInteger()));
        }
        foreach (var document in documents)
        {
            var path = symbols.GetString(symbols.GetDocument(document).Name).Replace('\\', '/');
            var at = path.LastIndexOf(project, StringComparison.Ordinal);
            if (at >= 0)
                yield return path[(at + project.Length)..];
        }
    }

    private static IEnumerable<SequencePoint> Points(MethodDebugInformation information) =>
        information.SequencePointsBlob.IsNil ? [] : information.GetSequencePoints().Where(point => !point.Document.IsNil);
}
