using System.Text.Json;
using Sosia.Evaluation.Rows;
using Sosia.Models;
using Sosia.Photos;
using Sosia.Vectors.Files;

namespace Sosia.Evaluation.Datasets;

/// <summary>
/// The student project's three arrays of a folder of people, as NumPy reads them, written block after block: the pictures never lie in
/// memory together.
/// </summary>
public static class DatasetArrays
{
    /// <summary>Columns and rows of a picture.</summary>
    public const int Side = 250;

    /// <summary>Pictures: n × 250 × 250 × 3 bytes, red, green, blue.</summary>
    public const string Pictures = "imgs.npy";

    /// <summary>Name of each row, as Unicode text.</summary>
    public const string Names = "labellistarr.npy";

    /// <summary>Class number of each row, int64: the place of its name among all names in order.</summary>
    public const string Numbers = "endlables.npy";

    /// <summary>The file of each row, and the name of each class.</summary>
    public const string Description = "arrays.json";

    /// <summary>Whether the arrays of these rows are complete. Pictures that changed since they were written are not noticed.</summary>
    /// <param name="rows">The image of each row, and whose it is.</param>
    /// <param name="directory">Where <see cref="Write"/> put them.</param>
    public static bool AreWritten(RowOrder rows, string directory)
    {
        ArgumentNullException.ThrowIfNull(rows);
        // The description is written last.
        string[] files = [Pictures, Names, Numbers, Description];
        return files.All(name => File.Exists(Path.Combine(directory, name)))
            && File.ReadAllBytes(Path.Combine(directory, Description)).AsSpan().SequenceEqual(Describe(rows));
    }

    /// <summary>Writes the arrays; the same call goes on where an earlier one ended.</summary>
    /// <param name="rows">The image of each row, and whose it is.</param>
    /// <param name="directory">Where the files go; made when missing.</param>
    /// <param name="progress">Told after every block.</param>
    /// <param name="cancellation">Ends it after the block; the next run goes on from there.</param>
    /// <returns>Images that had another size and were fitted in this run: the largest square in the middle, scaled.</returns>
    /// <exception cref="IOException">The disk is too small, which is told before anything is written, or refuses.</exception>
    /// <exception cref="UnreadablePhotoException">An image can't be read; a row can't be left out.</exception>
    public static int Write(
        RowOrder rows,
        string directory,
        IProgress<RowProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(rows);
        string File(string name) => Path.GetFullPath(Path.Combine(directory, name));
        var description = Describe(rows);
        var reader = new SquareReader(Side);
        var fitted = 0;
        var pictures = new RowFile(File(Pictures), description) { Remedy = "choose another disk with --out, or fewer rows with --labels" };
        pictures.Write<byte>(
            rows.Files.Count,
            [Side, Side, Photo.Channels],
            (row, into) =>
            {
                if (reader.Read(rows.Files[row], into))
                    Interlocked.Increment(ref fitted);
            },
            progress,
            cancellation
        );
        NpyFile.WriteTexts(File(Names), rows.Labels);
        using (var numbers = NpyWriter.Create<long>(File(Numbers)))
        {
            numbers.Append([.. rows.ClassNumbers().Select(number => (long)number)]);
            numbers.Complete();
        }
        DerivedFile.Write(File(Description), stream => stream.Write(description));
        return fitted;
    }

    private static byte[] Describe(RowOrder rows) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                version = 1,
                side = Side,
                files = rows.Files,
                classes = rows.Classes,
            },
            ModelManifest.Json
        );
}
