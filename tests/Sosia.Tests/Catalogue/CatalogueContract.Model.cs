using Sosia.Catalogue;
using Sosia.Photos;

namespace Sosia.Tests.Catalogue;

/// <summary>The catalogue beside a model of it that is too simple to be wrong.</summary>
public abstract partial class CatalogueContract
{
    private const int Steps = 150,
        PathsInUse = 10,
        ContentsInUse = 7;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_any_sequence_of_changes_the_catalogue_holds_what_a_plain_dictionary_would(int seed)
    {
        var random = new Random(seed);
        var model = new Dictionary<string, ModelFile>(StringComparer.Ordinal);
        Write(
            (writer, space) =>
            {
                for (var step = 0; step < Steps; step++)
                {
                    ChangeBoth(random, model, writer, space);
                    Compare(model, writer);
                }
            }
        );
    }

    private static void ChangeBoth(Random random, Dictionary<string, ModelFile> model, ICatalogueWriter writer, SpaceId space)
    {
        var paths = Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"/p/{random.Next(PathsInUse)}.jpg").Distinct().ToList();
        switch (random.Next(4))
        {
            case 0:
                var stamps = paths.Select(path => Some.File(path, bytes: random.Next(1000, 1002))).ToList();
                writer.Announce(stamps);
                foreach (var stamp in stamps)
                    if (!model.TryGetValue(stamp.Path, out var known) || known.Stamp != stamp)
                        model[stamp.Path] = new(stamp, known?.Content, null, Waiting: true);
                break;
            case 1:
                var before = Contents(model);
                paths.ForEach(path => model.Remove(path));
                Assert.Equal(before.Except(Contents(model)).Count(), writer.RemovePaths(paths));
                break;
            default:
                var outcomes = paths.Select(path => SomeOutcome(random, path, Contents(model))).ToList();
                writer.Commit(space, outcomes.ConvertAll(outcome => outcome.Outcome));
                foreach (var (content, outcome) in outcomes)
                {
                    var failure = (outcome as PhotoUnreadable)?.Failure;
                    var kept = failure is null ? content : model.GetValueOrDefault(outcome.File.Path)?.Content;
                    model[outcome.File.Path] = new(outcome.File, kept, failure, Waiting: false);
                }
                break;
        }
    }

    private static (int? Content, FileOutcome Outcome) SomeOutcome(Random random, string path, List<int> stored)
    {
        var content = random.Next(ContentsInUse);
        return random.Next(4) switch
        {
            0 => (null, Some.Failed(path, $"{content}", (UnreadableReason)content)),
            1 when stored.Count > 0 => (stored[content % stored.Count], Some.Copy(path, $"{stored[content % stored.Count]}")),
            _ => (content, Some.Read(path, $"{content}", FacesOf(content))),
        };
    }

    private static void Compare(Dictionary<string, ModelFile> model, ICatalogueReader catalogue)
    {
        var files = catalogue.FilesUnder("/p");
        Assert.Equal(model.Count, files.Count);
        foreach (var (path, file) in model)
        {
            var sha256 = file.Content is { } content ? Some.Sha256($"{content}") : null;
            Assert.Equal(new KnownFile(file.Stamp, file.State, sha256), files[path]);
        }

        var photos = catalogue.Photos(default, 1000);
        Assert.Equal(Contents(model).Select(content => Some.Sha256($"{content}")).Order(), photos.Select(photo => photo.Sha256).Order());
        foreach (var content in Contents(model))
        {
            var photo = catalogue.FindPhoto(Some.Sha256($"{content}"))!;
            Assert.Equal(
                model.Where(file => file.Value.Content == content).Select(file => file.Key).Order(StringComparer.Ordinal),
                photo.Paths
            );
            Assert.Equal(
                FacesOf(content).Select(face => face.Box),
                catalogue.FacesOf(photo.Id).Select(face => face.Box).OrderBy(box => box.Left)
            );
        }

        var stored = model.Values.Where(file => !file.Waiting && file.Content is not null).DistinctBy(file => file.Content).ToList();
        long Of(PhotoState state) => stored.LongCount(file => file.Shows == state);
        var failed = model.Values.Where(file => file.Failure is not null).ToList();
        Assert.Equal(
            new PhotoCounts(
                Of(PhotoState.Searchable),
                Of(PhotoState.TooPoor),
                Of(PhotoState.NoFace),
                failed.LongCount(file => file.Content is null),
                model.Values.LongCount(file => file.Waiting)
            )
            {
                UnreadableNow = failed.LongCount(file => file.Content is not null),
            },
            catalogue.Count()
        );
        Assert.Equal(
            model
                .Where(file => file.Value.Failure is not null)
                .OrderBy(file => file.Key, StringComparer.Ordinal)
                .Select(file => new FailedFile(file.Value.Stamp, file.Value.Failure!)),
            catalogue.Failures().Select(file => file with { Photo = null })
        );
    }

    // None, a poor one, a good one, or both, by content.
    private static NewFace[] FacesOf(int content) =>
        (content % 4) switch
        {
            0 => [],
            1 => [Some.Face(content, good: false)],
            2 => [Some.Face(content)],
            _ => [Some.Face(content), Some.Face(content + 100, good: false)],
        };

    private static List<int> Contents(Dictionary<string, ModelFile> model) =>
        [.. model.Values.Select(file => file.Content).OfType<int>().Distinct().Order()];

    private sealed record ModelFile(FileStamp Stamp, int? Content, Failure? Failure, bool Waiting)
    {
        public FileState State =>
            Waiting ? FileState.Waiting
            : Failure is not null ? FileState.Unreadable
            : FileState.Complete;

        /// <summary>What the photo shows that is stored for the file.</summary>
        public PhotoState Shows =>
            FacesOf(Content!.Value) switch
            {
                [] => PhotoState.NoFace,
                var faces when faces.Any(face => face.Embedding is not null) => PhotoState.Searchable,
                _ => PhotoState.TooPoor,
            };
    }
}
