using Sosia.Hosting;

namespace Sosia.Models.Store;

/// <summary>
/// All models: those that came with Sosia, then those that the user added. No file is run whose hash is not the manifest's.
/// </summary>
public sealed partial class ModelStore
{
    private readonly string _builtIn;
    private readonly UserDirectories _user;
    private readonly RewriteCache _cache;
    private List<KnownModel> _models;

    /// <param name="builtIn">Directory of the models that came with Sosia.</param>
    /// <param name="user">The user's directories.</param>
    /// <exception cref="ModelException">A manifest is missing, can't be read or contradicts itself.</exception>
    public ModelStore(string builtIn, UserDirectories user)
    {
        ArgumentNullException.ThrowIfNull(user);
        (_builtIn, _user) = (builtIn, user);
        _cache = new RewriteCache(user.ModelCache);
        _models = ReadManifests();
    }

    /// <summary>The models of <c>$SOSIA_MODELS</c>, else those beside the program, and this user's.</summary>
    /// <exception cref="ModelException">A manifest is missing, can't be read or contradicts itself.</exception>
    public static ModelStore Open()
    {
        UserDirectories.Default.Close();
        var builtIn = Environment.GetEnvironmentVariable("SOSIA_MODELS") is { Length: > 0 } set
            ? set
            : Path.Combine(AppContext.BaseDirectory, "models");
        return new(builtIn, UserDirectories.Default);
    }

    /// <summary>All models; the first of a kind is the default. A user's model stands in for a built-in one of the same name.</summary>
    public IReadOnlyList<KnownModel> Models => _models;

    /// <summary>The model that is used when none is named.</summary>
    /// <exception cref="ModelException">There is none of this kind.</exception>
    public KnownModel Default(ModelKind makes) =>
        _models.Find(m => m.Entry.Makes == makes)
        ?? throw new ModelException(ModelProblem.Unknown, $"No model here makes {Words(makes)}; add one with `sosia models add`.");

    /// <summary>The model of a name.</summary>
    /// <exception cref="ModelException">No manifest has this name.</exception>
    public KnownModel Find(string name) =>
        _models.Find(m => m.Entry.Name == name)
        ?? throw new ModelException(
            ModelProblem.Unknown,
            $"There is no model '{name}'; there are {string.Join(", ", _models.Select(m => m.Entry.Name))}."
        );

    /// <summary>The model of a name, else the default, if it makes what is asked for.</summary>
    /// <exception cref="ModelException">No such model, or it makes something else.</exception>
    public KnownModel Resolve(ModelKind makes, string? name)
    {
        var model = name is null ? Default(makes) : Find(name);
        return model.Entry.Makes == makes
            ? model
            : throw new ModelException(
                ModelProblem.Unknown,
                $"The model '{name}' makes {Words(model.Entry.Makes)}, and {Words(makes)} are needed; choose another with `sosia models "
                    + "list`."
            );
    }

    private List<KnownModel> ReadManifests()
    {
        var builtIn =
            ModelManifest.Load(_builtIn)
            ?? throw new ModelException(
                ModelProblem.BadManifest,
                $"There is no {ModelManifest.FileName} in {_builtIn}; build Sosia again or set SOSIA_MODELS to the directory that has it."
            );
        var added = ModelManifest.Load(_user.Models)?.Models ?? [];
        var replaced = added.Select(e => e.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. builtIn.Models.Where(e => !replaced.Contains(e.Name)).Select(e => new KnownModel(e, _builtIn, BuiltIn: true)),
            .. added.Select(e => new KnownModel(e, _user.Models, BuiltIn: false)),
        ];
    }

    private static string Words(ModelKind kind) =>
        kind switch
        {
            ModelKind.FaceBoxes => "boxes of faces",
            ModelKind.FaceLandmarks => "landmarks of faces",
            ModelKind.FaceEmbedding => "face embeddings",
            ModelKind.ImageEmbedding => "image embeddings",
            ModelKind.FaceTrait => "guesses of a face",
            _ => kind.ToString(),
        };
}
