namespace Sosia.Models;

/// <summary>A model with the directory that its manifest lies in.</summary>
/// <param name="Entry">What the manifest says.</param>
/// <param name="Directory">Where its files are.</param>
/// <param name="BuiltIn">Came with Sosia; else the user added it.</param>
public sealed record KnownModel(ModelEntry Entry, string Directory, bool BuiltIn)
{
    /// <summary>The ONNX file.</summary>
    public string Path => System.IO.Path.Combine(Directory, Entry.File);

    /// <summary>The file that says what its scores mean; null when it has not been calibrated.</summary>
    public string? CalibrationPath => Entry.Calibration is { } file ? System.IO.Path.Combine(Directory, file) : null;
}

/// <summary>What a check of a model found.</summary>
/// <param name="Model">The model.</param>
/// <param name="Problem">Null when sound.</param>
/// <param name="Message">One sentence.</param>
public sealed record ModelCheck(KnownModel Model, ModelProblem? Problem, string Message);
