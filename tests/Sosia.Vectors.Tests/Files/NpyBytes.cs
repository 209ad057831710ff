using System.Text;

namespace Sosia.Vectors.Tests.Files;

/// <summary>NumPy files made by hand, so that each part of them can be wrong.</summary>
internal static class NpyBytes
{
    public static byte[] Make(string header, byte[] data, int version = 1)
    {
        using var stream = new MemoryStream();
        stream.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', (byte)version, 0]);
        var text = Encoding.UTF8.GetBytes(header + "\n");
        stream.Write(version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length));
        stream.Write(text);
        stream.Write(data);
        return stream.ToArray();
    }

    public static string Header(string type, string shape, string fortran = "False") =>
        $"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}";

    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
