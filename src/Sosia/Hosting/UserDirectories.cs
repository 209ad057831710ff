using Sosia.Vectors.Files;

namespace Sosia.Hosting;

/// <summary>Where one user's files are kept.</summary>
/// <param name="Data">Sosia's own directory; made when something is first written.</param>
public sealed record UserDirectories(string Data)
{
    /// <summary>This user's: <c>$XDG_DATA_HOME/sosia</c> (<c>~/.local/share/sosia</c>), on Windows <c>%LOCALAPPDATA%\sosia</c>.</summary>
    public static UserDirectories Default =>
        new(
            Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "sosia"
            )
        );

    /// <summary>Models that the user added, with their manifest.</summary>
    public string Models => Path.Combine(Data, "models");

    /// <summary>Graphs rewritten for speed; may be deleted at any time.</summary>
    public string ModelCache => Path.Combine(Data, "cache", "models");

    /// <summary>Embeddings of folders that were evaluated; may be deleted at any time.</summary>
    public string EvaluationCache => Path.Combine(Data, "cache", "evaluation");

    /// <summary>What this machine keeps of collections in databases: indexes, small pictures, keys of the server.</summary>
    public string Stores => Path.Combine(Data, "cache", "stores");

    /// <summary>Closes to other users what an earlier version, a copy or a restored backup left open to them.</summary>
    public void Close()
    {
        foreach (var directory in (string[])[EvaluationCache, ModelCache, Models, Data])
            PrivateFile.CloseAll(directory);
    }
}
