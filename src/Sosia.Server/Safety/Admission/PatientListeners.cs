using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Sosia.Server.Safety.Admission;

/// <summary>
/// Takes a connection from the system when there is room for it; until then it waits there. The framework takes all that come and ends
/// those that are too many, each of which is an open file meanwhile.
/// </summary>
/// <param name="usual">Opens the sockets.</param>
/// <param name="most">Connections at once, of all addresses together.</param>
internal sealed class PatientListeners(IConnectionListenerFactory usual, int most) : IConnectionListenerFactory, IDisposable
{
    private readonly SemaphoreSlim _room = new(most);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellation = default) =>
        new Listener(await usual.BindAsync(endpoint, cancellation), _room);

    public void Dispose() => _room.Dispose();

    private sealed class Listener(IConnectionListener usual, SemaphoreSlim room) : IConnectionListener
    {
        private readonly CancellationTokenSource _ending = new();

        public EndPoint EndPoint => usual.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellation = default)
        {
            try
            {
                await room.WaitAsync(_ending.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            var taken = await usual.AcceptAsync(cancellation);
            if (taken is null)
                room.Release(); // the listener ends
            else
                taken.ConnectionClosed.Register(() => room.Release());
            return taken;
        }

        public async ValueTask UnbindAsync(CancellationToken cancellation = default)
        {
            await _ending.CancelAsync(); // who waits for room waits no longer
            await usual.UnbindAsync(cancellation);
        }

        public ValueTask DisposeAsync()
        {
            _ending.Dispose();
            return usual.DisposeAsync();
        }
    }
}
