using Sosia.Vectors.Files;

namespace Sosia.Search.Calibrating;

/// <summary>
/// Keeps a collection's own calibration, <c>calibrations/{space}.json</c> in its directory. It holds no photo and no person; where it is
/// deleted the model's calibration counts.
/// </summary>
internal sealed class OwnCalibrationFile(string directory, Func<string> spaceKey)
{
    /// <summary>Where the files are, in the collection's directory.</summary>
    public const string Folder = "calibrations";

    /// <summary>The file.</summary>
    public string FilePath => Path.Combine(directory, Folder, spaceKey() + ".json");

    /// <summary>When it was written, in UTC; null where there is none.</summary>
    public DateTime? Written => new FileInfo(FilePath) is { Exists: true } file ? file.LastWriteTimeUtc : null;

    /// <summary>The calibration; null where there is none.</summary>
    /// <exception cref="ArgumentException">It is damaged, or of another version.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public Calibration? Read() => Written is null ? null : Calibration.Parse(File.ReadAllText(FilePath), spaceKey(), "sosia calibrate");

    /// <summary>Keeps a calibration.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public void Write(Calibration calibration)
    {
        using var file = DerivedFile.Create(FilePath, isPrivate: true);
        using (var writer = new StreamWriter(file.Stream, leaveOpen: true))
            writer.Write(calibration.ToJson());
        file.Commit();
    }

    /// <summary>Removes it.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove()
    {
        var was = Written is not null;
        File.Delete(FilePath);
        return was;
    }
}
