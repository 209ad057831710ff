namespace Sosia.Hosting;

/// <summary>For callers that have a thread to spare, and call without <c>await</c>.</summary>
internal static class Blocking
{
    /// <summary>The answer: there at once when it was computed beside this program, else waited for.</summary>
    public static T Wait<T>(ValueTask<T> answer) =>
        answer.IsCompletedSuccessfully ? answer.Result : answer.AsTask().GetAwaiter().GetResult();
}
