namespace Sosia.Models.Store;

public sealed partial class ModelStore
{
    /// <summary>Loads every model and says what is wrong with it.</summary>
    /// <returns>One result a model, in the order of <see cref="Models"/>.</returns>
    public IReadOnlyList<ModelCheck> Verify(CancellationToken cancellation = default)
    {
        var checks = new List<ModelCheck>();
        foreach (var model in _models)
        {
            cancellation.ThrowIfCancellationRequested();
            checks.Add(Check(model));
        }
        return checks;
    }

    private ModelCheck Check(KnownModel model)
    {
        try
        {
            if (model.Entry.MakesPoints)
                LoadDetector(model).Dispose();
            else
                Load(model).Dispose();
            return new ModelCheck(model, null, $"'{model.Entry.Name}' is sound.");
        }
        catch (ModelException e)
        {
            return new ModelCheck(model, e.Problem, e.Message);
        }
    }
}
