using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Sosia.Photos;
using Sosia.Photos.Decoders;

namespace Sosia.Tests.Faults;

/// <summary>
/// Decodes files in a process of its own, one after the other, and says what became of each: a decoder that crashes takes this process with
/// it and not the tests.
/// </summary>
internal sealed class ChildDecoder : IDisposable
{
    private const string Variable = "SOSIA_TEST_CHILD_DECODER";

    /// <summary>Memory that one file may take by its header, and the time for it.</summary>
    public static readonly PhotoOptions Limits = new()
    {
        MaxPixels = 20_000_000,
        MaxMemory = 200_000_000,
        Timeout = TimeSpan.FromSeconds(5),
    };

    private readonly Process _process;

    public ChildDecoder()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ChildDecoder).Assembly.Location);
        start.Environment[Variable] = "1";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { }; // libraries speak there
        _process.BeginErrorReadLine();
    }

    /// <summary>The most memory that the process ever held, in bytes; null where the system does not say.</summary>
    public long? Memory =>
        File.Exists($"/proc/{_process.Id}/status")
            ? File.ReadLines($"/proc/{_process.Id}/status")
                .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Select(line => 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
                .FirstOrDefault()
            : null;

    /// <summary>Decodes a file.</summary>
    /// <returns>"photo" or the reason why it is none; null when the process ended or gave no answer in time.</returns>
    public async Task<string?> Decode(string path, TimeSpan patience)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(path);
            await _process.StandardInput.FlushAsync();
            return await _process.StandardOutput.ReadLineAsync().WaitAsync(patience);
        }
        catch (Exception gone) when (gone is TimeoutException or IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [ModuleInitializer]
    internal static void BecomeChildWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            return;
        var decoder = new PhotoDecoder(Limits);
        while (Console.In.ReadLine() is { } path)
            Console.WriteLine(Outcome(decoder, path));
        Environment.Exit(0);
    }

    private static string Outcome(PhotoDecoder decoder, string path)
    {
        try
        {
            var photo = decoder.Decode(PhotoFile.Read(path, Limits), longest => Math.Min(longest, 512));
            return photo.Pixels.Length == photo.Width * photo.Height * Photo.Channels ? "photo" : "a photo of another size than its pixels";
        }
        catch (UnreadablePhotoException unreadable)
        {
            return unreadable.Message.Contains('\n', StringComparison.Ordinal) ? "a reason of several lines" : unreadable.Reason.ToString();
        }
        catch (Exception untyped)
        {
            return $"{untyped.GetType().Name}: {untyped.Message.ReplaceLineEndings(" ")}";
        }
    }
}
