using System.Text;
using Sosia.Catalogue;
using Sosia.Vectors.Files;

namespace Sosia.People.Groups;

/// <summary>Keeps groups in a file, <c>groups/{space}.groups</c> in the collection's directory; it may be deleted at any time.</summary>
internal sealed class GroupFile(string directory, string space)
{
    /// <summary>Where the files are, in the collection's directory.</summary>
    public const string Folder = "groups";
    private const int FormatVersion = 1;
    private static ReadOnlySpan<byte> Magic => "SOSIAGRP"u8;

    private readonly string _path = Path.Combine(directory, Folder, space + ".groups");

    /// <summary>When the file was last written, in UTC; null where there is none.</summary>
    public DateTime? Written => File.Exists(_path) ? File.GetLastWriteTimeUtc(_path) : null;

    /// <summary>The groups; null where there is no file, or it is damaged or of another version.</summary>
    public FaceGroups? Read()
    {
        var written = Written; // before, so that a newer file is read again
        if (DerivedFile.ReadChecked(_path) is not { } bytes || !bytes.AsSpan().StartsWith(Magic))
            return null;
        using var reader = new BinaryReader(new MemoryStream(bytes, Magic.Length, bytes.Length - Magic.Length), Encoding.UTF8);
        if (reader.ReadInt32() != FormatVersion)
            return null;
        var (catalogue, revision) = (reader.ReadString(), new Revision(reader.ReadInt64(), reader.ReadString()));
        var threshold = reader.ReadSingle();
        var groups = new IReadOnlyList<FaceId>[reader.ReadInt32()];
        for (var i = 0; i < groups.Length; i++)
        {
            var faces = new FaceId[reader.ReadInt32()];
            for (var j = 0; j < faces.Length; j++)
                faces[j] = new FaceId(reader.ReadInt64());
            groups[i] = faces;
        }
        return new FaceGroups(catalogue, revision, threshold, groups) { Written = written };
    }

    /// <summary>Keeps the groups.</summary>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public void Write(FaceGroups groups)
    {
        using var file = DerivedFile.Create(_path, isPrivate: true);
        using (var writer = new BinaryWriter(file.Stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(FormatVersion);
            writer.Write(groups.Catalogue);
            writer.Write(groups.Revision.Version);
            writer.Write(groups.Revision.Nonce);
            writer.Write(groups.Threshold);
            writer.Write(groups.Groups.Count);
            foreach (var group in groups.Groups)
            {
                writer.Write(group.Count);
                foreach (var face in group)
                    writer.Write(face.Value);
            }
        }
        file.CommitChecked();
    }
}
