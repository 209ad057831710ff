using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Sosia.Server.Safety.SignIn;

/// <summary>
/// Signed-in browsers. The cookie holds a random name and nothing else; what it stands for is in memory: when the server ends, everybody is
/// signed out.
/// </summary>
internal sealed class Sessions(TimeProvider clock) : ITicketStore
{
    private const int NameBytes = 32,
        Most = 1000;

    private readonly ConcurrentDictionary<string, AuthenticationTicket> _tickets = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        foreach (var (name, old) in _tickets)
            if (IsOver(old) || _tickets.Count >= Most)
                _tickets.TryRemove(name, out _);
        var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameBytes));
        _tickets[made] = ticket;
        return Task.FromResult(made);
    }

    /// <inheritdoc/>
    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        _tickets[key] = ticket;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<AuthenticationTicket?> RetrieveAsync(string key) =>
        Task.FromResult(_tickets.TryGetValue(key, out var ticket) && !IsOver(ticket) ? ticket : null);

    /// <inheritdoc/>
    public Task RemoveAsync(string key)
    {
        _tickets.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    private bool IsOver(AuthenticationTicket ticket) => ticket.Properties.ExpiresUtc <= clock.GetUtcNow();
}
