namespace Sosia.Catalogue;

/// <summary>Names a photo in one collection; never reused.</summary>
public readonly record struct PhotoId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>Names a face in one collection; never reused.</summary>
public readonly record struct FaceId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>Names a space (all embeddings of one model) in one collection.</summary>
public readonly record struct SpaceId(int Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>Names a person in one collection; never reused.</summary>
public readonly record struct PersonId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>Names a case in one collection; never reused.</summary>
public readonly record struct CaseId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
