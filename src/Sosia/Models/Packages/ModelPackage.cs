namespace Sosia.Models.Packages;

/// <summary>A published file that is taken by its hash, whatever it is called.</summary>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hex digits.</param>
/// <param name="Published">What its makers call it.</param>
/// <param name="Entry">
/// What the manifest will say of it; file and hash are filled in, and for an embedder the names of input and output as its graph has them.
/// </param>
internal sealed record PublishedFile(string Sha256, string Published, ModelEntry Entry);

/// <summary>Published files that belong together: a detector, an embedder, or both.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Licence">What its makers allow, in one sentence.</param>
/// <param name="Parts">For each part the files that may stand for it, the one in the package first.</param>
internal sealed record ModelPackage(string Name, string Licence, IReadOnlyList<IReadOnlyList<PublishedFile>> Parts);
