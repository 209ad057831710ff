using Spectre.Console;
using Spectre.Console.Rendering;

namespace Sosia.Cli.Output.OnTerminal;

/// <summary>
/// How far a long work is: a bar with the count, the rate and the time left, where a person looks at standard error. It comes with the
/// first report, goes with the last one, and may come again. Reports may come from any thread.
/// </summary>
/// <param name="number">A number as people read it.</param>
/// <param name="counted">What is counted, after the number.</param>
/// <param name="isShown">False for programs, which get lines of their own.</param>
internal sealed class Bar(Func<double, string> number, string counted = "", bool isShown = true) : IDisposable
{
    private readonly IAnsiConsole? _terminal = isShown ? Terminal.Error() : null;
    private readonly Lock _drawing = new();
    private Drawn? _drawn;

    /// <summary>Counts things.</summary>
    /// <param name="things">"photos".</param>
    /// <param name="isShown">As for the other.</param>
    public static Bar Of(string things, bool isShown = true) =>
        new(count => count is > 0 and < 10 ? $"{count:0.#}" : $"{count:N0}", things, isShown);

    /// <summary>Brings the cursor back, which a bar hides, where the program ends before the bar does.</summary>
    public static void ShowCursor() => Terminal.Error()?.Cursor.Show();

    /// <summary>So much is done.</summary>
    /// <param name="done">What is done.</param>
    /// <param name="total">What there is to do; null while nobody knows.</param>
    public void Show(double done, double? total)
    {
        if (_terminal is null)
            return;
        lock (_drawing)
        {
            if (done >= total)
            {
                Dispose();
                return;
            }
            _drawn ??= new Drawn(_terminal, number, counted);
            _drawn.Show(done, total);
        }
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        lock (_drawing)
        {
            _drawn?.Dispose();
            _drawn = null;
        }
    }

    /// <summary>A bar that is there, drawn ten times a second by a thread of its own.</summary>
    private sealed class Drawn : IDisposable
    {
        private readonly TaskCompletionSource _end = new();
        private readonly Task _drawing;
        private readonly ProgressTask _work;

        public Drawn(IAnsiConsole terminal, Func<double, string> number, string counted)
        {
            var begun = new TaskCompletionSource<ProgressTask>();
            _drawing = terminal
                .Progress()
                .AutoClear(true)
                .Columns(
                    new ProgressBarColumn(),
                    new PercentageColumn(),
                    new Words(work => $"{number(work.Value)}{(work.IsIndeterminate ? "" : $" of {number(work.MaxValue)}")} {counted}"),
                    new Words(work => work.Speed is { } speed and > 0 ? $"{number(speed)} a second" : ""),
                    new Words(work => work.RemainingTime is { } left ? $"{(long)left.TotalHours}:{left:mm\\:ss} left" : "")
                )
                .StartAsync(async shown =>
                {
                    begun.SetResult(shown.AddTask("work"));
                    await _end.Task;
                });
            if (Task.WaitAny(begun.Task, _drawing) == 1)
                _drawing.GetAwaiter().GetResult(); // says why it could not begin
            _work = begun.Task.Result;
        }

        public void Show(double done, double? total)
        {
            _work.IsIndeterminate = total is null;
            if (total is { } all)
                _work.MaxValue = all;
            _work.Value = done;
        }

        public void Dispose()
        {
            _end.TrySetResult();
            _drawing.GetAwaiter().GetResult();
        }
    }

    private sealed class Words(Func<ProgressTask, string> say) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Spectre.Console.Text(say(task));
    }
}

/// <summary>A bar that is told by reports of a kind.</summary>
/// <param name="bar">The bar, which goes with this.</param>
/// <param name="read">What a report says is done, and what there is to do; null while nobody knows.</param>
internal sealed class Bar<T>(Bar bar, Func<T, (double Done, double? Total)> read) : IProgress<T>, IDisposable
{
    /// <inheritdoc/>
    public void Report(T value)
    {
        var (done, total) = read(value);
        bar.Show(done, total);
    }

    /// <inheritdoc/>
    public void Dispose() => bar.Dispose();
}
