using Sosia.Vectors;
using Sosia.Vectors.Files;

namespace Sosia.Cli.Output;

/// <summary>Nearest rows as two matrices, the way NearestNeighbors.kneighbors of scikit-learn gives them.</summary>
internal static class KnnReport
{
    public static void Print(Neighbor[][] found)
    {
        Console.WriteLine("indices");
        Matrix(found, neighbor => neighbor.Row.ToString());
        Console.WriteLine("distances");
        Matrix(found, neighbor => neighbor.Distance.ToString("G9"));
    }

    public static void WriteIndices(string path, Neighbor[][] found) => Write(path, found, neighbor => (long)neighbor.Row, -1L);

    public static void WriteDistances(string path, Neighbor[][] found) =>
        Write(path, found, neighbor => neighbor.Distance, float.PositiveInfinity);

    private static void Matrix(Neighbor[][] found, Func<Neighbor, string> show)
    {
        for (var i = 0; i < found.Length; i++)
            Console.WriteLine($"{(i == 0 ? "[[" : " [")}{string.Join(' ', found[i].Select(show))}{(i == found.Length - 1 ? "]]" : "]")}");
    }

    /// <summary>As wide as the longest answer; an answer that is shorter is filled up.</summary>
    private static void Write<T>(string path, Neighbor[][] found, Func<Neighbor, T> value, T filler)
        where T : unmanaged
    {
        var width = Math.Max(1, found.Select(answer => answer.Length).DefaultIfEmpty().Max());
        using var writer = NpyWriter.Create<T>(path, width);
        var row = new T[width];
        foreach (var answer in found)
        {
            Array.Fill(row, filler);
            for (var i = 0; i < answer.Length; i++)
                row[i] = value(answer[i]);
            writer.Append(row);
        }
        writer.Complete();
    }
}
