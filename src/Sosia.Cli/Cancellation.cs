using System.Runtime.InteropServices;
using Sosia.Cli.Output.OnTerminal;

namespace Sosia.Cli;

/// <summary>Ctrl-C and the system's wish to end: the first asks to finish what is in flight, the second ends at once.</summary>
internal sealed class Cancellation : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    public Cancellation() =>
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask)];

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _source.Dispose();
    }

    private void Ask(PosixSignalContext context)
    {
        if (_source.IsCancellationRequested)
        {
            Bar.ShowCursor();
            return; // the second one does what it always does
        }
        context.Cancel = true;
        _source.Cancel();
    }
}
