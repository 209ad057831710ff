using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sosia.Bench.LargePhotos;

/// <summary>
/// The Python way beside it: OpenCV's YuNet on the photo reduced to 1,024 pixels, and the default face network (bench/peers/yunet.py).
/// </summary>
/// <param name="python">A command that runs Python with OpenCV and ONNX Runtime.</param>
/// <param name="yunet">The detector's ONNX file.</param>
internal sealed partial class PythonPeer(string python, string yunet)
{
    /// <summary>Whether it can be run here.</summary>
    public bool IsThere => File.Exists(yunet) && Run("-c", "import cv2, onnxruntime; print(1)") is "1\n";

    /// <summary>Seconds a photo, and the faces found.</summary>
    public (double Seconds, int Faces) Measure(string folder, int threads)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "peers", "yunet.py");
        var models = Path.Combine(AppContext.BaseDirectory, "models");
        var said = Run(script, folder, models, yunet, "1024", threads.ToString(CultureInfo.InvariantCulture));
        var figures = Figures().Match(said ?? "");
        if (!figures.Success)
            throw new InvalidOperationException($"{script} printed no figures: {said}");
        return (
            double.Parse(figures.Groups[2].Value, CultureInfo.InvariantCulture),
            int.Parse(figures.Groups[1].Value, CultureInfo.InvariantCulture)
        );
    }

    [GeneratedRegex(@"photos, (\d+) faces, ([\d.]+) s a photo")]
    private static partial Regex Figures();

    private string? Run(params string[] arguments)
    {
        var words = python.Split(' ');
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(words[0], [.. words[1..], .. arguments])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? said : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no Python here
        }
    }
}
