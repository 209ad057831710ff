using System.Text;

namespace Sosia.Cli.Tests;

/// <summary>
/// The command without a process of its own: many times faster, for what needs none. One run at a time, because a process has one
/// environment and one working directory.
/// </summary>
internal static class InThisProcess
{
    private static readonly Lock OneAtATime = new();
    private static readonly Captured Output = new(Console.Out);
    private static readonly Captured Error = new(Console.Error);

    static InThisProcess()
    {
        Console.SetOut(Output);
        Console.SetError(Error);
    }

    public static Ran Run(string[] arguments, string directory, IReadOnlyDictionary<string, string?> environment)
    {
        lock (OneAtATime)
        {
            var place = System.Environment.CurrentDirectory;
            var before = environment.Keys.ToDictionary(name => name, System.Environment.GetEnvironmentVariable);
            using var output = Output.Begin();
            using var error = Error.Begin();
            try
            {
                System.Environment.CurrentDirectory = directory;
                Set(environment);
                var code = CommandLine.Run(arguments);
                return new Ran(code, output.Text, error.Text);
            }
            finally
            {
                Set(before);
                System.Environment.CurrentDirectory = place;
            }
        }
    }

    private static void Set(IReadOnlyDictionary<string, string?> environment)
    {
        foreach (var (name, value) in environment)
            System.Environment.SetEnvironmentVariable(name, value);
    }

    /// <summary>Keeps what one run and the threads that it starts write; what others write goes where it went before.</summary>
    private sealed class Captured(TextWriter elsewhere) : TextWriter
    {
        private readonly AsyncLocal<TextWriter?> _run = new();

        public override Encoding Encoding => elsewhere.Encoding;

        private TextWriter Now => _run.Value ?? elsewhere;

        public Capture Begin() => new(this);

        public override void Write(char value) => Now.Write(value);

        public override void Write(char[] buffer, int index, int count) => Now.Write(buffer, index, count);

        public override void Write(string? value) => Now.Write(value);

        public override void Flush() => Now.Flush();

        public sealed class Capture : IDisposable
        {
            private readonly Captured _of;
            private readonly StringBuilder _text = new();

            public Capture(Captured of)
            {
                _of = of;
                of._run.Value = Synchronized(new StringWriter(_text) { NewLine = "\n" });
            }

            public string Text => _text.ToString();

            public void Dispose() => _of._run.Value = null;
        }
    }
}
