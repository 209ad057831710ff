using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sosia.Server.Safety.SignIn;

/// <summary>
/// Counts wrong keys by the address they come from: a few are a slip, more are an attack. A right key is never counted, and always opens.
/// </summary>
internal sealed class Attempts(TimeProvider clock)
{
    private const int Allowed = 5,
        MostAddresses = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<IPAddress, (long Since, int Wrong)> _byAddress = new();

    /// <summary>Counts a wrong key.</summary>
    /// <returns>Whether there were too many from this address within a minute.</returns>
    public bool AreTooMany(IPAddress? from)
    {
        if (_byAddress.Count >= MostAddresses)
            foreach (var (address, attempts) in _byAddress)
                if (IsOver(attempts.Since))
                    _byAddress.TryRemove(address, out _);
        if (_byAddress.Count >= MostAddresses)
            return true; // so many at once are one
        var now = _byAddress.AddOrUpdate(
            NetworkOf(from),
            _ => (clock.GetTimestamp(), 1),
            (_, before) => IsOver(before.Since) ? (clock.GetTimestamp(), 1) : (before.Since, before.Wrong + 1)
        );
        return now.Wrong > Allowed;
    }

    private bool IsOver(long since) => clock.GetElapsedTime(since) > Window;

    /// <summary>Who has one IPv6 address has the 2⁶⁴ beside it.</summary>
    private static IPAddress NetworkOf(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
