using Sosia.Catalogue;
using Sosia.Copies;

namespace Sosia.Search;

/// <summary>A file of a picture that lies in several.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Width">Columns of the upright picture.</param>
/// <param name="Height">Rows.</param>
/// <param name="Photo">The photo: files of the same bytes have the same.</param>
public sealed record PictureFile(string Path, long Bytes, int Width, int Height, PhotoId Photo);

/// <summary>Files of one picture.</summary>
/// <param name="Files">Two or more, the best first: of the most pixels, then of the most bytes, then by path.</param>
public sealed record DuplicateGroup(IReadOnlyList<PictureFile> Files)
{
    /// <summary>The file to keep where only one is wanted.</summary>
    public PictureFile Best => Files[0];
}

/// <summary>Lists the pictures of a collection that lie in several files.</summary>
internal static class Duplicates
{
    /// <param name="pairs">Photos that show the same picture.</param>
    /// <param name="reader">The collection.</param>
    /// <param name="allowed">Only these photos, of which the pairs are; null for all.</param>
    /// <returns>In order of the best files' paths.</returns>
    public static IReadOnlyList<DuplicateGroup> Of(
        IEnumerable<(PhotoId First, PhotoId Second)> pairs,
        ISearchReader reader,
        PhotoSet? allowed
    )
    {
        var equal = reader.PhotosInSeveralFiles().Where(photo => allowed?.Contains(photo) != false).Select(photo => (photo, photo));
        return
        [
            .. CopyGroups
                .Of(pairs.Concat(equal))
                .Select(group => new DuplicateGroup(FilesOf(group, reader)))
                .Where(group => group.Files.Count > 1)
                .OrderBy(group => group.Best.Path, StringComparer.Ordinal),
        ];
    }

    private static PictureFile[] FilesOf(IReadOnlyList<PhotoId> group, ISearchReader reader)
    {
        var photos = reader.FindPhotos(group);
        return
        [
            .. reader
                .FilesOf(group)
                .Where(files => photos.ContainsKey(files.Key))
                .SelectMany(files => files, (files, file) => ToFile(photos[files.Key], file.Path, file.Bytes))
                .OrderByDescending(file => (long)file.Width * file.Height)
                .ThenByDescending(file => file.Bytes)
                .ThenBy(file => file.Path, StringComparer.Ordinal),
        ];
    }

    private static PictureFile ToFile(PhotoRow photo, string path, long bytes) => new(path, bytes, photo.Width, photo.Height, photo.Id);
}
