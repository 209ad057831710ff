using System.Text;

namespace Sosia.Tests.Shared;

/// <summary>How a file system orders what it was not asked to make durable.</summary>
internal enum LostWrites
{
    /// <summary>
    /// As with a journal (ext4, XFS, Btrfs): names change in order, and a sync of any file makes all names before it durable. Each file has
    /// lost its last writes.
    /// </summary>
    InOrder,

    /// <summary>
    /// As POSIX allows: each name and each write for itself, unless its directory or file was synced; writes are torn at sectors.
    /// </summary>
    InAnyOrder,
}

/// <summary>What a program did to a disk, in order, and what the disk may hold after the power was cut at any moment of it.</summary>
internal sealed class DiskLog
{
    private const int Sector = 512;

    private readonly string _disk;
    private readonly List<Change> _changes = [];

    /// <param name="file">What <c>FaultyDisk.c</c> recorded.</param>
    /// <param name="disk">The directory it recorded, which was empty.</param>
    public DiskLog(string file, string disk)
    {
        _disk = disk;
        using var log = new BinaryReader(File.OpenRead(file));
        while (log.BaseStream.Position < log.BaseStream.Length)
        {
            var (what, inode, at, length) = ((char)log.ReadByte(), log.ReadUInt64(), log.ReadInt64(), (int)log.ReadInt64());
            _changes.Add(new(what, inode, at, what is 'T' or 'S' ? [] : log.ReadBytes(length)));
        }
    }

    /// <summary>Changes, and lines that the program said among them.</summary>
    public int Count => _changes.Count;

    /// <summary>The whole lines that the program had said at a moment.</summary>
    public string[] Said(int moment) =>
        Encoding.UTF8.GetString([.. _changes.Take(moment).Where(change => change.What == 'A').SelectMany(change => change.Bytes)])
            is var all
        && all.LastIndexOf('\n') is > 0 and var end
            ? all[..end].Split('\n')
            : [];

    /// <summary>Lays down what the disk may hold after the power was cut.</summary>
    /// <param name="into">A directory that is not there yet.</param>
    /// <param name="moment">After how many changes.</param>
    /// <param name="lost">What may be lost.</param>
    /// <param name="random">Chooses.</param>
    public void LayDown(string into, int moment, LostWrites lost, Random random)
    {
        var replay = new Replay(lost);
        foreach (var change in _changes.Take(moment))
            replay.Add(change);
        Directory.CreateDirectory(into);
        foreach (var (path, content) in replay.Choose(random))
        {
            var place = Path.Combine(into, Path.GetRelativePath(_disk, path));
            if (content is null)
                Directory.CreateDirectory(place);
            else if (Directory.Exists(Path.GetDirectoryName(place)))
                File.WriteAllBytes(place, content); // else its directory was lost
        }
    }

    private sealed record Change(char What, ulong Inode, long At, byte[] Bytes)
    {
        public string[] Paths => Encoding.UTF8.GetString(Bytes).Split('\0');
    }

    /// <summary>A file, whatever it is called; null stands for a directory.</summary>
    private sealed class Content
    {
        public List<Change> Writes { get; } = [];
        public int Durable { get; set; }
    }

    /// <summary>A name that comes or goes.</summary>
    private sealed record Naming(string? Gone, string? Here, Content? Content)
    {
        public bool IsDurable { get; set; }

        public bool Concerns(string directory) =>
            new[] { Gone, Here }.OfType<string>().All(path => Path.GetDirectoryName(path) == directory);
    }

    private sealed class Replay(LostWrites lost)
    {
        private readonly Dictionary<ulong, Content> _byInode = [];
        private readonly Dictionary<string, Content?> _names = [];
        private readonly List<Naming> _namings = [];

        public void Add(Change change)
        {
            switch (change.What)
            {
                case 'C':
                    Name(null, change.Paths[0], _byInode[change.Inode] = new Content());
                    break;
                case 'M':
                    Name(null, change.Paths[0], null);
                    break;
                case 'R':
                    Name(change.Paths[0], change.Paths[1], _names[change.Paths[0]]);
                    break;
                case 'L':
                    Name(null, change.Paths[1], _names[change.Paths[0]]);
                    break;
                case 'U' or 'X':
                    Name(change.Paths[0], null, null);
                    break;
                case 'W' or 'T':
                    _byInode[change.Inode].Writes.Add(change);
                    break;
                case 'S':
                    var file = _byInode[change.Inode];
                    file.Durable = file.Writes.Count;
                    Keep(naming => lost == LostWrites.InOrder || naming is { Gone: null, Here: not null } && naming.Content == file);
                    break;
                case 'D':
                    Keep(naming => lost == LostWrites.InOrder || naming.Concerns(change.Paths[0]));
                    break;
            }
        }

        /// <summary>One of the states that the disk may be in: its directories, outer ones first, then its files.</summary>
        public IEnumerable<(string Path, byte[]? Content)> Choose(Random random)
        {
            var names = new Dictionary<string, Content?>();
            foreach (var naming in Surviving(random))
            {
                if (naming.Gone is not null)
                    names.Remove(naming.Gone);
                if (naming.Here is not null)
                    names[naming.Here] = naming.Content;
            }
            return names
                .OrderBy(name => name.Value is not null)
                .ThenBy(name => name.Key, StringComparer.Ordinal)
                .Select(name => (name.Key, name.Value is { } file ? BytesOf(file, random) : null));
        }

        private void Name(string? gone, string? here, Content? content)
        {
            _namings.Add(new(gone, here, content));
            if (gone is not null)
                _names.Remove(gone);
            if (here is not null)
                _names[here] = content;
        }

        private void Keep(Func<Naming, bool> which)
        {
            foreach (var naming in _namings.Where(which))
                naming.IsDurable = true;
        }

        private IEnumerable<Naming> Surviving(Random random)
        {
            if (lost == LostWrites.InAnyOrder)
                return _namings.Where(naming => naming.IsDurable || random.Next(2) == 0);
            var durable = _namings.FindLastIndex(naming => naming.IsDurable) + 1;
            return _namings.Take(durable + random.Next(_namings.Count - durable + 1));
        }

        private byte[] BytesOf(Content file, Random random)
        {
            var last = lost == LostWrites.InOrder ? file.Durable + random.Next(file.Writes.Count - file.Durable + 1) : file.Writes.Count;
            var bytes = new MemoryStream();
            for (var i = 0; i < last; i++)
                if (i < file.Durable)
                    Write(bytes, file.Writes[i], null);
                else if (lost == LostWrites.InOrder || random.Next(2) == 0)
                    Write(bytes, file.Writes[i], lost == LostWrites.InAnyOrder && random.Next(4) == 0 ? random : null);
            return bytes.ToArray();
        }

        /// <param name="bytes">The file.</param>
        /// <param name="write">What is written.</param>
        /// <param name="torn">Chooses the sectors that arrive; null for all.</param>
        private static void Write(MemoryStream bytes, Change write, Random? torn)
        {
            if (write.What == 'T')
            {
                bytes.SetLength(write.At);
                return;
            }
            for (var at = 0; at < write.Bytes.Length; at += Sector)
            {
                if (torn?.Next(2) == 0)
                    continue;
                bytes.Position = write.At + at;
                bytes.Write(write.Bytes.AsSpan(at, Math.Min(Sector, write.Bytes.Length - at)));
            }
        }
    }
}
