using System.CommandLine;
using Sosia.Cli.Output;
using Sosia.Reports;

namespace Sosia.Cli.Commands.People;

/// <summary><c>sosia case certificate NAME</c></summary>
internal static class CaseCertificateCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The case's name or number" };
    private static readonly Option<string?> Html = new("--html") { Description = "Write it as a page to keep", HelpName = "FILE" };
    private static readonly Option<bool> AsJson = Shared.Json();

    public static Command Create(CancellationToken cancellation)
    {
        var command = new Command(
            "certificate",
            "Say that the person is not in the collection, with the probability of being wrong (exit code 1: that can't be said)"
        )
        {
            Name,
            Html,
            AsJson,
        };
        command.SetAction(parsed => Run(parsed, cancellation));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        using var collection = Shared.Open(parsed);
        var certificate = collection.People.Absence.Certify(collection.People.Cases.Find(parsed.GetValue(Name)!), cancellation);
        if (parsed.GetValue(AsJson))
            Json.Write(CertificateReport.ToJson(certificate));
        else
            CertificateReport.Print(certificate);
        if (parsed.GetValue(Html) is { } path)
            CertificatePage.Write(path, certificate);
        return certificate.Holds ? ExitCode.Done : ExitCode.NothingMatched;
    }
}
