using System.Security.Cryptography;
using System.Text;

namespace Sosia.Catalogue;

/// <summary>
/// A space of faces was named by its embedder alone once, when there was one way to locate and to align faces. Catalogues and calibrations
/// of then carry such keys. Frozen: what is used to locate and to align faces today is no concern of theirs.
/// </summary>
internal static class FormerSpaceKey
{
    /// <summary>The landmarks of then: the network landmarks-68, and the five points that were made of its output.</summary>
    private const string Landmarks = "ff10926a6d21fc013f0c3e5d77f2edb1e85c693b56ec92e92a9e34f3efd57035";

    /// <summary>The alignment of then.</summary>
    private const int Alignment = 1;

    /// <summary>The key that a space has today that had this one.</summary>
    public static string Now(string former) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    FormattableString.Invariant($"sosia space of faces\nlandmarks {Landmarks}\nalignment {Alignment}\nembedder {former}")
                )
            )
        );
}
