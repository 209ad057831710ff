using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Sosia.Vectors.Rows;

namespace Sosia.Catalogue.Sqlite.Engine;

/// <summary>
/// Keeps a checksum in the last 8 bytes of every page of a catalogue and compares it whenever SQLite reads the page, as SQLite's own
/// extension cksumvfs does, which its usual builds leave out: a disk that gives other bytes than it took is noticed before anything is made
/// of them. SQLite leaves these bytes free where it is asked to (<see cref="Reserve"/>), which a new file is from the start, and one of
/// an earlier version when its pages are next written anew. Files of others are left alone.
/// </summary>
/// <remarks>
/// This stands between SQLite and the operating system (https://www.sqlite.org/vfs.html): a second name for the usual file system, which
/// gives the files that it opens three methods of ours. The log (<c>-wal</c>) has checksums of its own.
/// </remarks>
internal static unsafe partial class PageChecksums
{
    private const int Bytes = sizeof(ulong);

    private const int Ok = 0,
        ReserveBytes = 38, // SQLITE_FCNTL_RESERVE_BYTES
        MainDatabase = 0x100; // SQLITE_OPEN_MAIN_DB

    /// <summary>What SQLite is told of a page that does not fit its checksum: <c>SQLITE_IOERR_DATA</c>.</summary>
    public const int Mismatch = 10 | 32 << 8;

    private static readonly Lazy<int> Registered = new(Register);
    private static FileSystem* _usual;

    private static long _mismatches;

    /// <summary>Pages of any file, read in this process, that did not fit their checksum.</summary>
    public static long Mismatches => Interlocked.Read(ref _mismatches);

    /// <summary>Checks what is opened from here on, in this process.</summary>
    /// <exception cref="InvalidOperationException">SQLite refuses, which it does not.</exception>
    public static void Use()
    {
        if (Registered.Value != Ok)
            throw new InvalidOperationException($"SQLite refused to take page checksums ({Registered.Value}).");
    }

    /// <summary>Asks SQLite to leave room for checksums when it next makes, or writes anew, the whole file.</summary>
    public static void Reserve(SqliteConnection connection)
    {
        var bytes = Bytes;
        _ = Control(connection.Handle!.DangerousGetHandle(), "main", ReserveBytes, &bytes);
    }

    /// <summary>Whether the pages have checksums, of a file of which something was read.</summary>
    public static bool AreIn(SqliteConnection connection)
    {
        var bytes = -1; // asks, and changes nothing
        _ = Control(connection.Handle!.DangerousGetHandle(), "main", ReserveBytes, &bytes);
        return bytes == Bytes;
    }

    private static int Register()
    {
        _usual = Find(0);
        var ours = (FileSystem*)NativeMemory.AllocZeroed((nuint)sizeof(FileSystem));
        *ours = *_usual;
        ours->Name = Marshal.StringToCoTaskMemUTF8("sosia"); // lives as long as the process
        ours->Open = &Open;
        return Add(ours, isDefault: 1);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(FileSystem* _, byte* name, OpenFile* file, int flags, int* outFlags)
    {
        var result = _usual->Open(_usual, name, file, flags, outFlags);
        if (result != Ok || (flags & MainDatabase) == 0 || file->Methods is null)
            return result;
        var checkedFile = (CheckedFile*)NativeMemory.AllocZeroed((nuint)sizeof(CheckedFile));
        var usual = file->Methods;
        Buffer.MemoryCopy(usual, &checkedFile->Methods, sizeof(Methods), Methods.BytesOf(usual->Version));
        checkedFile->Usual = usual;
        checkedFile->Methods.Version = Math.Min(usual->Version, 2); // without those of version 3, which map the file past our eyes
        checkedFile->Methods.Close = &Close;
        checkedFile->Methods.Read = &Read;
        checkedFile->Methods.Write = &Write;
        file->Methods = &checkedFile->Methods;
        return Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(OpenFile* file)
    {
        var ours = (CheckedFile*)file->Methods;
        file->Methods = ours->Usual;
        NativeMemory.Free(ours);
        return file->Methods->Close(file);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(OpenFile* file, byte* bytes, int length, long at)
    {
        var ours = (CheckedFile*)file->Methods;
        var result = ours->Usual->Read(file, bytes, length, at);
        if (result != Ok)
            return result;
        var page = new Span<byte>(bytes, length);
        ours->Learn(page, at);
        if (!ours->IsPage(length, at) || Stored(page) == Of(page, at) || IsEmpty(page))
            return Ok;
        Interlocked.Increment(ref _mismatches);
        return Mismatch;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(OpenFile* file, byte* bytes, int length, long at)
    {
        var ours = (CheckedFile*)file->Methods;
        var page = new Span<byte>(bytes, length);
        if (!ours->HasChecksums)
            LearnFrom(file, ours); // another process may have written the whole file anew since it was opened here
        ours->Learn(page, at);
        if (ours->IsPage(length, at))
            BinaryPrimitives.WriteUInt64LittleEndian(page[^Bytes..], Of(page, at)); // bytes that SQLite has no use for
        return ours->Usual->Write(file, bytes, length, at);
    }

    private static void LearnFrom(OpenFile* file, CheckedFile* ours)
    {
        var header = stackalloc byte[CheckedFile.HeaderBytes];
        if (ours->Usual->Read(file, header, CheckedFile.HeaderBytes, 0) == Ok)
            ours->Learn(new Span<byte>(header, CheckedFile.HeaderBytes), 0);
    }

    /// <summary>A page that was never written, in a file that grew beyond it.</summary>
    private static bool IsEmpty(ReadOnlySpan<byte> page) => !page.ContainsAnyExcept((byte)0);

    private static ulong Stored(ReadOnlySpan<byte> page) => BinaryPrimitives.ReadUInt64LittleEndian(page[^Bytes..]);

    /// <summary>Of the page and its place: a page that was written to another place is noticed too.</summary>
    private static ulong Of(ReadOnlySpan<byte> page, long at) => BitOperations.Crc32C(Checksum.Of(page[..^Bytes]), (ulong)at);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    private static partial FileSystem* Find(nint name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    private static partial int Add(FileSystem* fileSystem, int isDefault);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Control(nint database, string name, int what, void* value);

    /// <summary><c>sqlite3_vfs</c>; what is not called here has no name.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileSystem
    {
        public int Version;
        public int FileBytes;
        public int LongestPath;
        public FileSystem* Next;
        public nint Name;
        public nint Data;
        public delegate* unmanaged[Cdecl]<FileSystem*, byte*, OpenFile*, int, int*, int> Open;
        private Pointers _others;

        [InlineArray(15)]
        private struct Pointers
        {
            private nint _first;
        }
    }

    /// <summary><c>sqlite3_file</c>: what the file system keeps of it follows.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenFile
    {
        public Methods* Methods;
    }

    /// <summary><c>sqlite3_io_methods</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Methods
    {
        private const int OfVersionOne = 12,
            OfVersionTwo = 16,
            OfVersionThree = 18;

        public int Version;
        public delegate* unmanaged[Cdecl]<OpenFile*, int> Close;
        public delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> Write;
        private Pointers _others;

        /// <summary>The length of the structure in a version: later ones add methods at its end.</summary>
        public static long BytesOf(int version) =>
            sizeof(nint)
            * (
                1L
                + (
                    version <= 1 ? OfVersionOne
                    : version == 2 ? OfVersionTwo
                    : OfVersionThree
                )
            );

        [InlineArray(15)]
        private struct Pointers
        {
            private nint _first;
        }
    }

    /// <summary>A database file that is open: its methods, and what is known of its pages.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CheckedFile
    {
        public const int HeaderBytes = 100;
        private const int PageBytesAt = 16,
            ReservedAt = 20,
            ApplicationAt = 68;

        public Methods Methods;
        public Methods* Usual;
        private int _pageBytes;
        private int _reserved;

        /// <summary>Whether the pages of the file have checksums, as far as is known.</summary>
        public readonly bool HasChecksums => _reserved == Bytes;

        /// <summary>Looks at a header that is read or written.</summary>
        public void Learn(ReadOnlySpan<byte> bytes, long at)
        {
            if (at != 0 || bytes.Length < HeaderBytes || !bytes.StartsWith("SQLite format 3\0"u8))
                return;
            var isOurs = BinaryPrimitives.ReadInt32BigEndian(bytes[ApplicationAt..]) == Schema.ApplicationId;
            _pageBytes = BinaryPrimitives.ReadUInt16BigEndian(bytes[PageBytesAt..]);
            _reserved = isOurs ? bytes[ReservedAt] : 0;
        }

        /// <summary>Whether bytes are a whole page with a checksum.</summary>
        public readonly bool IsPage(int length, long at) => HasChecksums && length == _pageBytes && at % length == 0;
    }
}
