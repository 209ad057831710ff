namespace Sosia.Models;

/// <summary>What is wrong with a model.</summary>
public enum ModelProblem
{
    /// <summary>No manifest names it.</summary>
    Unknown,

    /// <summary>Its file is not there or can't be read.</summary>
    Missing,

    /// <summary>The file is not the one that the manifest names.</summary>
    HashDiffers,

    /// <summary>Not an ONNX file, or one that can't be run.</summary>
    NotAModel,

    /// <summary>Names, shapes or types of the graph are not what the manifest says, or its numbers are none.</summary>
    DoesNotFit,

    /// <summary>The manifest can't be read or contradicts itself.</summary>
    BadManifest,

    /// <summary>The user's directory can't be written.</summary>
    CannotWrite,

    /// <summary>The runtime has no library for this kind of machine.</summary>
    NoRuntime,
}

/// <summary>A model that can't be used. The message is one sentence for people: what, why, and what to do.</summary>
public sealed class ModelException(ModelProblem problem, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of problem.</summary>
    public ModelProblem Problem { get; } = problem;
}
