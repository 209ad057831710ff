namespace Sosia.Cli;

/// <summary>What the command tells the shell. Published: the numbers stay.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int NothingMatched = 1;
    public const int Error = 2;
    public const int DoneInPart = 3;
    public const int NoCollection = 10;
    public const int Locked = 11;
    public const int Damaged = 12;
    public const int Cancelled = 130;
}
