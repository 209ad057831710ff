namespace Sosia.Keras;

/// <summary>What is known of a published file of weights. Of some the MD5 is published, of others only the length is known.</summary>
/// <param name="Address">Where it is published.</param>
/// <param name="Md5">In lower-case hex; null where none is published.</param>
/// <param name="Bytes">Its length; null where the hash says enough.</param>
public sealed record PublishedWeights(Uri Address, string? Md5 = null, long? Bytes = null)
{
    /// <summary>The file's name in its address.</summary>
    public string File => Address.Segments[^1];
}
