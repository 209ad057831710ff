using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Sosia.Models;
using Sosia.Models.Onnx;
using Sosia.Photos;
using Sosia.Photos.Decoders;

namespace Sosia.Tests.Faults;

/// <summary>What a <see cref="ChildReader"/> takes its files for.</summary>
internal enum ReadAs
{
    /// <summary>A photo, decoded to at most 512 pixels.</summary>
    Photo,

    /// <summary>A network like <see cref="TinyModel"/>, loaded and run once.</summary>
    Network,
}

/// <summary>
/// Reads files in a process of its own, one after the other, and says what became of each: a library that crashes takes this process with
/// it and not the tests.
/// </summary>
/// <param name="what">What its files are.</param>
internal sealed class ChildReader(ReadAs what) : IDisposable
{
    private const string Variable = "SOSIA_TEST_CHILD_READER";

    /// <summary>Memory that one file may take by its header, and the time for it.</summary>
    public static readonly PhotoOptions Limits = new()
    {
        MaxPixels = 20_000_000,
        MaxMemory = 200_000_000,
        Timeout = TimeSpan.FromSeconds(5),
    };

    private Process? _process;

    /// <summary>The most memory that the process ever held, in bytes; null where the system does not say, or it has ended.</summary>
    public long? Memory =>
        _process is { } process && File.Exists($"/proc/{process.Id}/status")
            ? File.ReadLines($"/proc/{process.Id}/status")
                .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Select(line => 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
                .FirstOrDefault()
            : null;

    /// <summary>Reads a file; in a new process where the one before has ended.</summary>
    /// <returns>"read" or the reason why it can't be; null when the process ended or gave no answer in time.</returns>
    public async Task<string?> Read(string path, TimeSpan patience)
    {
        _process ??= Start();
        try
        {
            await _process.StandardInput.WriteLineAsync(path);
            await _process.StandardInput.FlushAsync();
            if (await _process.StandardOutput.ReadLineAsync().WaitAsync(patience) is { } answer)
                return answer;
        }
        catch (Exception gone) when (gone is TimeoutException or IOException)
        {
            // it hangs, or has ended
        }
        Dispose();
        return null;
    }

    /// <summary>Ends the process; another reading begins a new one.</summary>
    public void Dispose()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    private Process Start()
    {
        var start = ThisProgram.Again();
        start.RedirectStandardInput = true;
        start.RedirectStandardError = true;
        start.Environment[Variable] = $"{what}";
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { }; // libraries speak there
        process.BeginErrorReadLine();
        return process;
    }

    [ModuleInitializer]
    internal static void BecomeChildWhenAsked()
    {
        if (!Enum.TryParse(Environment.GetEnvironmentVariable(Variable), out ReadAs what))
            return;
        var decoder = new PhotoDecoder(Limits);
        while (Console.In.ReadLine() is { } path)
            Console.WriteLine(Outcome(() => what == ReadAs.Photo ? AsPhoto(decoder, path) : AsNetwork(path)));
        Environment.Exit(0);
    }

    private static string AsPhoto(PhotoDecoder decoder, string path)
    {
        var photo = decoder.Decode(PhotoFile.Read(path, Limits), longest => Math.Min(longest, 512));
        return photo.Pixels.Length == photo.Width * photo.Height * Photo.Channels ? "read" : "a photo of another size than its pixels";
    }

    private static string AsNetwork(string path)
    {
        var model = OnnxModel.Load(path);
        var entry = TinyModel.Entry(TinyModel.Embedding());
        GraphRewrite.Apply(model, entry);
        using var session = OnnxSession.Load(model.ToByteArray(), entry);
        session.Run(TinyModel.Noise(session.InputFloats, 1), 1, new float[TinyModel.Dimensions]);
        return "read";
    }

    private static string Outcome(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (UnreadablePhotoException unreadable)
        {
            return OneLine(unreadable.Message, unreadable.Reason.ToString());
        }
        catch (ModelException refused)
        {
            return OneLine(refused.Message, refused.Problem.ToString());
        }
        catch (Exception untyped)
        {
            return $"{untyped.GetType().Name}: {untyped.Message} {untyped.StackTrace}".ReplaceLineEndings(" ");
        }
    }

    private static string OneLine(string sentence, string reason) =>
        sentence.Contains('\n', StringComparison.Ordinal) ? "a reason of several lines" : reason;
}
