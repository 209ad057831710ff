namespace Sosia.Evaluation.Measures;

/// <summary>Hands the scores of every query with all images to a consumer; several threads at once, each query once, in no order.</summary>
/// <param name="queries">Row numbers.</param>
/// <param name="take">Given a query and its scores, higher is closer: a float an image, which it may change until it returns.</param>
public delegate void ScoreSource(IReadOnlyList<int> queries, Action<int, float[]> take);
