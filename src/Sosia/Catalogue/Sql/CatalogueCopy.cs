using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sosia.Catalogue.Sql.Engine;

namespace Sosia.Catalogue.Sql;

/// <summary>
/// Brings a catalogue to another one like the first, whatever keeps them, while others use the first. What is there already is not written
/// again, so a copy that was interrupted goes on. Photos and faces get other numbers.
/// </summary>
/// <param name="source">The catalogue.</param>
/// <param name="target">The copy.</param>
/// <param name="descriptor">The version of descriptors that this program makes.</param>
internal sealed class CatalogueCopy(SqlReader source, SqlWriter target, int descriptor)
{
    private const int PhotosAtOnce = 64,
        FilesAtOnce = 1000,
        MostRounds = 10;

    private readonly StoredPhotos _photos = new(source);
    private readonly StoredPhotos _copied = new(target);

    /// <summary>Copies all, and compares.</summary>
    /// <param name="resume">The copy holds what an interrupted copying brought there.</param>
    /// <param name="progress">Told after each page.</param>
    /// <param name="cancellation">Ends the copying, which goes on when it is begun again.</param>
    /// <exception cref="CatalogueException">
    /// The copy holds something, is not like the catalogue, or one of them can't be reached.
    /// </exception>
    public CopyReceipt Run(bool resume, IProgress<CopyProgress>? progress, CancellationToken cancellation)
    {
        if (!resume && (target.Count().Total > 0 || target.ReadJournal(null, 1).Count > 0))
            throw new CatalogueException(
                CatalogueProblem.CannotWrite,
                $"{target.Database.Name} holds something already: name another place, or say --resume to go on with a copy that was "
                    + "interrupted. What it holds and the collection does not is removed then."
            );
        for (var round = 0; round < MostRounds; round++)
        {
            var before = source.Revision;
            var (spaces, there) = Spaces();
            CopyPhotos(spaces, there, progress, cancellation);
            RemoveOthers(cancellation);
            CopyFiles(spaces, there, cancellation);
            CopySaid();
            // What others wrote meanwhile comes with the next round, which finds nearly all there already.
            if (source.Revision != before)
                continue;
            var (own, copy) = (Sum(source, _photos, cancellation), Sum(target, _copied, cancellation));
            if (source.Revision != before)
                continue;
            if (!own.SequenceEqual(copy) || source.Count() != target.Count())
                throw new CatalogueException(
                    CatalogueProblem.Damaged,
                    $"The copy {target.Database.Name} is not like {source.Database.Name}: check both with 'sosia verify', delete the copy "
                        + "and copy again."
                );
            return new CopyReceipt(target.Count(), target.CountFaces());
        }
        throw new CatalogueException(
            CatalogueProblem.Locked,
            $"{source.Database.Name} was changed again and again while it was copied: copy it when less is written, with --resume."
        );
    }

    private (IReadOnlyList<StoredSpace> Spaces, Dictionary<int, SpaceId> There) Spaces()
    {
        var spaces = source.Spaces();
        return (spaces, spaces.ToDictionary(space => space.Id.Value, space => target.EnsureSpace(space.Space)));
    }

    private void CopyPhotos(
        IReadOnlyList<StoredSpace> spaces,
        Dictionary<int, SpaceId> there,
        IProgress<CopyProgress>? progress,
        CancellationToken cancellation
    )
    {
        var (after, done, total) = (0L, 0L, source.Count().Read);
        while (_photos.Page(after, PhotosAtOnce, spaces, descriptor) is { Count: > 0 } page)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var places in page.GroupBy(photo => photo.HasPlaces))
                Store([.. places], places.Key, spaces, there);
            StoreFiles(page.SelectMany(photo => photo.Files.Select(file => (photo.Sha256, file))), there[FaceSpace(spaces)]);
            after = page[^1].Id;
            progress?.Report(new CopyProgress(done += page.Count, Math.Max(done, total)));
        }
    }

    private static int FaceSpace(IReadOnlyList<StoredSpace> spaces) => spaces.First(space => space.Space.Of == SpaceKind.Faces).Id.Value;

    private void Store(List<StoredPhoto> photos, bool places, IReadOnlyList<StoredSpace> spaces, Dictionary<int, SpaceId> there)
    {
        foreach (var space in spaces.Where(space => space.Space.Of == SpaceKind.Faces))
            target.Commit(
                new IndexedSpaces(there[space.Id.Value]) { Places = places, DescriptorVersion = descriptor },
                [.. photos.Where(photo => photo.Analysed.ContainsKey(space.Id.Value)).Select(photo => ReadIn(photo, space.Id.Value))]
            );
        foreach (var space in spaces.Where(space => space.Space.Of == SpaceKind.Photos))
            target.Commit(
                new IndexedSpaces(there[FaceSpace(spaces)], there[space.Id.Value]) { Places = places, DescriptorVersion = descriptor },
                [
                    .. photos
                        .Where(photo => photo.Analysed.ContainsKey(space.Id.Value))
                        .Select(photo => new DetailsRead(photo.Files[0].Stamp, photo.Sha256)
                        {
                            Look = photo.Looks.GetValueOrDefault(space.Id.Value, []),
                            Sidecar = photo.Files[0].Sidecar,
                        }),
                ]
            );
    }

    private static PhotoRead ReadIn(StoredPhoto photo, int space) =>
        new(
            photo.Files[0].Stamp,
            new NewPhoto(
                photo.Sha256,
                photo.Width,
                photo.Height,
                [
                    .. photo.Faces.Select(face => new NewFace(
                        face.Box,
                        face.Confidence,
                        face.Landmarks,
                        face.Quality,
                        photo.Rows.GetValueOrDefault((space, face.Id.Value))
                    )
                    {
                        IsDrawn = face.IsDrawn,
                    }),
                ]
            )
            {
                FoundBy = photo.Analysed[space],
                Facts = photo.Facts,
                Descriptor = photo.Descriptor,
            }
        )
        {
            Sidecar = photo.Files[0].Sidecar,
        };

    /// <summary>Notes files as they are noted in the source: read, waiting to be read again, or not to be read at the moment.</summary>
    private void StoreFiles(IEnumerable<(string Sha256, StoredFile File)> files, SpaceId space)
    {
        var all = files.ToList();
        var spaces = new IndexedSpaces(space);
        target.Commit(
            spaces,
            [
                .. all.Select(file => new PhotoKnown(
                    // Announced afterwards with another length, a file waits and keeps its photo.
                    file.File.IsWaiting
                        ? file.File.Stamp with
                        {
                            Bytes = file.File.Stamp.Bytes + 1,
                        }
                        : file.File.Stamp,
                    file.Sha256
                )
                {
                    Sidecar = file.File.Sidecar,
                }),
            ]
        );
        StoreFiles(all.Select(file => file.File), spaces);
    }

    private void StoreFiles(IEnumerable<StoredFile> files, IndexedSpaces spaces)
    {
        var states = files.ToLookup(file => file.IsWaiting);
        target.Announce([.. states[true].Select(file => file.Stamp)]);
        target.Commit(
            spaces,
            [
                .. states[false]
                    .Where(file => file.Failure is not null)
                    .Select(file => new PhotoUnreadable(file.Stamp, file.Failure!) { Sidecar = file.Sidecar }),
            ]
        );
    }

    private void CopyFiles(IReadOnlyList<StoredSpace> spaces, Dictionary<int, SpaceId> there, CancellationToken cancellation)
    {
        if (spaces.Count == 0)
            return;
        var after = "";
        while (_photos.FilesWithout(after, FilesAtOnce) is { Count: > 0 } page)
        {
            cancellation.ThrowIfCancellationRequested();
            StoreFiles(page, new IndexedSpaces(there[FaceSpace(spaces)]));
            after = page[^1].Stamp.Path;
        }
    }

    /// <summary>Removes from the copy what an interrupted copying or an earlier round brought there, and is gone since.</summary>
    private void RemoveOthers(CancellationToken cancellation)
    {
        var after = "";
        while (PathsAfter(target.Database, after) is { Count: > 0 } paths)
        {
            cancellation.ThrowIfCancellationRequested();
            var known = paths.Where(path => source.FindFile(path) is { } file && (file.Photo is null || SamePhoto(path, file.Photo)));
            target.RemovePaths([.. paths.Except(known, StringComparer.Ordinal)]);
            after = paths[^1];
        }
    }

    private bool SamePhoto(string path, string sha256) => target.FindFile(path)?.Photo == sha256;

    private static List<string> PathsAfter(SqlDatabase database, string after) =>
        database.ReadOne(() =>
        {
            var paths = new List<string>();
            using var rows = database.Query("SELECT path FROM files WHERE path > $1 ORDER BY path LIMIT $2", after, FilesAtOnce);
            while (rows.Read())
                paths.Add(rows.GetString(0));
            return paths;
        });

    private void CopySaid()
    {
        var said = SaidTables.Read(source.Database);
        target.Database.Write(
            () =>
            {
                target.Database.TakeTurn();
                SaidTables.Write(target.Database, said);
                return true;
            },
            changed: _ => true
        );
    }

    /// <summary>
    /// A sum over all that is stored of each photo, which does not depend on their order or numbers: paths, faces, rows, and how they came
    /// to be.
    /// </summary>
    private byte[] Sum(SqlReader catalogue, StoredPhotos photos, CancellationToken cancellation)
    {
        var total = new byte[SHA256.HashSizeInBytes];
        var spaces = catalogue.Spaces();
        var keys = spaces.ToDictionary(space => space.Id.Value, space => space.Space.Key);
        var after = 0L;
        while (photos.Page(after, PhotosAtOnce, spaces, descriptor) is { Count: > 0 } page)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var photo in page)
            {
                var sum = SumOf(photo, keys);
                for (var i = 0; i < total.Length; i++)
                    total[i] ^= sum[i];
            }
            after = page[^1].Id;
        }
        return total;
    }

    private static byte[] SumOf(StoredPhoto photo, Dictionary<int, string> keys)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(photo.Sha256);
        foreach (var file in photo.Files)
            Add($"{file.Stamp} {file.IsWaiting} {file.Failure} {file.Sidecar}");
        foreach (var (space, foundBy) in photo.Analysed.OrderBy(analysed => keys[analysed.Key], StringComparer.Ordinal))
        {
            Add($"{keys[space]} {foundBy?.Key}");
            foreach (var face in photo.Faces.OrderBy(Place))
            {
                Add($"{face.Box} {face.Confidence} {face.Quality} {face.IsDrawn}");
                AddRow(photo.Rows.GetValueOrDefault((space, face.Id.Value)));
            }
            AddRow(photo.Looks.GetValueOrDefault(space));
        }
        Add($"{photo.Facts}");
        hash.AppendData(photo.Descriptor ?? []);
        return hash.GetHashAndReset();

        static (float, float, float, float, float) Place(FaceRow face) =>
            (face.Box.Left, face.Box.Top, face.Box.Width, face.Box.Height, face.Confidence);

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));

        void AddRow(float[]? row)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, row?.Length ?? -1);
            hash.AppendData(length);
            hash.AppendData(MemoryMarshal.AsBytes<float>(row));
        }
    }
}
