using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sosia.Hosting;

namespace Sosia.Server.Safety.Transport;

/// <summary>A certificate with its private key, and those of who signed it.</summary>
public sealed class ServerCertificate : IDisposable
{
    /// <summary>Where the password of a PFX file is looked for: a command line is seen by every user of the machine.</summary>
    public const string PasswordVariable = "SOSIA_CERTIFICATE_PASSWORD";

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _chain;

    private ServerCertificate(X509Certificate2 certificate, X509Certificate2Collection chain) =>
        (_certificate, _chain) = (certificate, chain);

    /// <summary>Reads a certificate.</summary>
    /// <param name="path">A PEM file, with those of who signed it behind it, or a PFX file.</param>
    /// <param name="keyPath">The private key as PEM; null where it stands in the same file.</param>
    /// <param name="now">Until when it must hold.</param>
    /// <exception cref="OptionException">Not there, not readable, without its key, over or not yet begun.</exception>
    public static ServerCertificate Read(string path, string? keyPath, DateTimeOffset now)
    {
        foreach (var file in new[] { path, keyPath }.OfType<string>().Where(file => !File.Exists(file)))
            throw new OptionException($"There is no file {file}; --certificate and --certificate-key name the files of the certificate.");
        var read = Load(path, keyPath);
        var (from, until) = (read._certificate.NotBefore.ToUniversalTime(), read._certificate.NotAfter.ToUniversalTime());
        if (now.UtcDateTime > until || now.UtcDateTime < from)
        {
            read.Dispose();
            throw new OptionException(
                now.UtcDateTime > until
                    ? $"The certificate {path} ended on {until:yyyy-MM-dd}: renew it."
                    : $"The certificate {path} begins on {from:yyyy-MM-dd}: check the clock of this machine."
            );
        }
        return read;
    }

    internal HttpsConnectionAdapterOptions ToOptions() => new() { ServerCertificate = _certificate, ServerCertificateChain = _chain };

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        foreach (var signer in _chain)
            signer.Dispose();
    }

    private static ServerCertificate Load(string path, string? keyPath)
    {
        try
        {
            return IsPem(path) ? LoadPem(path, keyPath) : LoadPfx(path);
        }
        catch (Exception wrong) when (wrong is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            var hint = IsPem(path)
                ? keyPath is null
                    ? "name the file of its private key with --certificate-key"
                    : "check that both files belong together and are not encrypted"
                : $"set its password as {PasswordVariable}, or give PEM files";
            throw new OptionException($"The certificate {path} can't be used ({FirstLine(wrong)}): {hint}.");
        }
    }

    private static ServerCertificate LoadPem(string path, string? keyPath)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(path);
        using var withKey = X509Certificate2.CreateFromPemFile(path, keyPath);
        // Windows takes no key that lies in memory alone.
        var certificate = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        return new ServerCertificate(certificate, [.. chain.Skip(1)]);
    }

    private static ServerCertificate LoadPfx(string path)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, Environment.GetEnvironmentVariable(PasswordVariable));
        var certificate =
            all.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new CryptographicException("it has no private key");
        return new ServerCertificate(certificate, [.. all.Where(other => other != certificate)]);
    }

    private static bool IsPem(string path)
    {
        try
        {
            using var file = new StreamReader(path);
            var head = new char[4096];
            return head.AsSpan(0, file.ReadBlock(head)).Contains("-----BEGIN ", StringComparison.Ordinal);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return true; // said when it is read
        }
    }

    private static string FirstLine(Exception error) => error.Message.Split('\n')[0].Trim().TrimEnd('.');
}
