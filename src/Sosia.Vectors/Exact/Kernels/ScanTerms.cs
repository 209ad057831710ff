namespace Sosia.Vectors.Exact;

/// <summary>
/// What a kernel needs of the query. A row's bound is scale·ProductScale·⟨codes, Codes⟩ + error·Head + tail·Tail + Constant (−
/// ½‖x‖²).
/// </summary>
internal unsafe struct ScanTerms
{
    /// <summary>The query's coordinates as int16, one for each byte of a record: 0 where the record holds no code.</summary>
    public short* Codes;
    public RecordLayout Layout;
    public float ProductScale;
    public float Head;
    public float Tail;
    public float Constant;
}

/// <summary>What a kernel needs of two queries over the same records.</summary>
internal struct TwoTerms
{
    public ScanTerms One;
    public ScanTerms Other;
}

/// <summary>
/// Bounds the scores of four rows. The codes' product must fit int32: 127·Σ|query codes| &lt; 2³¹, which <see cref="QueryCode"/> sees
/// to.
/// </summary>
internal unsafe interface IScanKernel
{
    static abstract void Bound(byte* r0, byte* r1, byte* r2, byte* r3, in ScanTerms terms, float* into);

    /// <summary>The same for two queries: what is loaded and widened of a row serves both.</summary>
    static abstract void BoundTwo(byte* r0, byte* r1, byte* r2, byte* r3, in TwoTerms terms, float* intoOne, float* intoOther);
}
