using System.Diagnostics;

namespace Sosia.Tests;

/// <summary>This test program, started again as something else that its environment says: for what is killed, or may crash.</summary>
internal static class ThisProgram
{
    /// <summary>How to start it; what it says comes on its standard output.</summary>
    public static ProcessStartInfo Again()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ThisProgram).Assembly.Location);
        return start;
    }
}
