using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sosia.Tests.Shared;

/// <summary>What a test sends to a program. The numbers are Linux's.</summary>
internal enum Signal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>Signals by the system call: a machine need not have a <c>kill</c> program.</summary>
internal static class Signals
{
    private const int SIGINT = 2;
    private const nint SIG_DFL = 0;
    private const nint SIG_IGN = 1;

    /// <exception cref="InvalidOperationException">There is no such process, or it is somebody else's.</exception>
    public static void Send(this Process process, Signal signal)
    {
        var number = (OperatingSystem.IsMacOS(), signal) switch
        {
            (true, Signal.Continue) => 19,
            (true, Signal.Stop) => 17,
            _ => (int)signal,
        };
        if (kill(process.Id, number) != 0)
            throw new InvalidOperationException(
                $"{signal} could not be sent to process {process.Id}: {Marshal.GetLastPInvokeErrorMessage()}."
            );
    }

    /// <summary>
    /// Lets Ctrl-C end the programs that this process starts from here on. A background job of a script ignores Ctrl-C, and so does
    /// whatever it starts: tests that run in one would wait for ever.
    /// </summary>
    public static void StopIgnoringInterrupts()
    {
        if (OperatingSystem.IsWindows())
            return;
        // struct sigaction differs between systems; its first field is the handler in all of them.
        var action = new nint[64];
        if (sigaction(SIGINT, null, action) != 0 || action[0] != SIG_IGN)
            return;
        action[0] = SIG_DFL;
        if (sigaction(SIGINT, action, null) != 0)
            throw new InvalidOperationException($"SIGINT stays ignored: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);

    [DllImport("libc", SetLastError = true)]
    private static extern int sigaction(int signal, [In] nint[]? wanted, [Out] nint[]? before);
}
