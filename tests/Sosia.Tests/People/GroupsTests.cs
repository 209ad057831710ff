using Microsoft.Extensions.Logging.Abstractions;
using Sosia.Catalogue;
using Sosia.Catalogue.Sqlite;
using Sosia.People;
using Sosia.Photos;
using Sosia.Pictures;
using Sosia.Search;
using Sosia.Search.Local;
using Sosia.Search.Ranking;

namespace Sosia.Tests.People;

/// <summary>Groups of a real catalogue follow it, and what is said of it.</summary>
public sealed class GroupsTests : IDisposable
{
    private readonly TemporaryDirectory _place = new();
    private readonly SqliteCatalogueStore _store;
    private int _next = 1;

    public GroupsTests() => _store = new SqliteCatalogueStore(_place["collection"]);

    public void Dispose() => _place.Dispose();

    [Fact]
    public void A_new_face_joins_the_group_that_it_is_like_or_stands_alone()
    {
        for (var person = 0; person < 4; person++)
        for (var photo = 0; photo < 5; photo++)
            Store(person);
        using var asked = new Asked(_store);
        Assert.Equal([5, 5, 5, 5], Sizes(asked.People.Read()));
        Store(2);
        Assert.Equal([6, 5, 5, 5], Sizes(asked.People.Read()));
        Store(5);
        Assert.Equal([6, 5, 5, 5, 1], Sizes(asked.People.Read()));
        using var again = new Asked(_store);
        Assert.Equal(Groups(asked.People.Read()), Groups(again.People.Read()));
        again.People.Group();
        Assert.Equal(Groups(again.People.Read()), Groups(asked.People.Read()));
    }

    [Fact]
    public void A_face_that_is_gone_is_in_no_group()
    {
        var paths = Enumerable.Range(0, 6).Select(_ => Store(1)).ToArray();
        using var asked = new Asked(_store);
        Assert.Equal([6], Sizes(asked.People.Read()));
        using (var writer = _store.OpenWriter())
            writer.RemovePaths([paths[0]]);
        Assert.Equal([5], Sizes(asked.People.Read()));
    }

    [Fact]
    public void Two_faces_of_one_photo_are_two_people_also_when_they_are_added_later()
    {
        for (var photo = 0; photo < 6; photo++)
            Store(1);
        using var asked = new Asked(_store);
        Assert.Equal([6], Sizes(asked.People.Read()));
        Store(Row(1, 0.5f), Row(1, -0.5f)); // both like the person, and not like each other
        Assert.Equal([7, 1], Sizes(asked.People.Read()));
        asked.People.Group();
        Assert.Equal([7, 1], Sizes(asked.People.Read()));
    }

    [Fact]
    public void What_was_said_binds_new_faces_too()
    {
        for (var photo = 0; photo < 5; photo++)
            Store(1);
        using var asked = new Asked(_store);
        var view = asked.People.Read();
        asked.People.Name(view, [.. view.Groups[0].Faces], "Ada");
        Store(1);
        var ada = Assert.Single(asked.People.Read().People);
        Assert.Equal((5, 1), (ada.Confirmed.Count, ada.Suggested.Count));
        asked.People.Reject(asked.People.Read(), ada.Person!.Value, [ada.Suggested[0]]);
        view = asked.People.Read();
        Assert.Empty(view.People[0].Suggested);
        Assert.Equal([1], Sizes(view));
        asked.People.Group();
        Assert.Equal([1], Sizes(asked.People.Read()));
        asked.People.Undo();
        asked.People.Group();
        Assert.Single(asked.People.Read().People[0].Suggested);
    }

    [Fact]
    public void A_file_of_groups_that_is_lost_or_damaged_is_made_again()
    {
        for (var photo = 0; photo < 6; photo++)
            Store(photo % 2);
        using (var first = new Asked(_store))
            Assert.Equal([3, 3], Sizes(first.People.Read()));
        var file = Assert.Single(Directory.GetFiles(_place["collection/groups"]));
        var bytes = File.ReadAllBytes(file);
        bytes[^50] ^= 1;
        File.WriteAllBytes(file, bytes);
        using (var second = new Asked(_store))
            Assert.Equal([3, 3], Sizes(second.People.Read()));
        File.Delete(file);
        using var third = new Asked(_store);
        Assert.Equal([3, 3], Sizes(third.People.Read()));
        Assert.True(File.Exists(file));
    }

    [Fact]
    public void Nobody_is_in_a_collection_without_faces()
    {
        _store.OpenWriter().Dispose();
        using var asked = new Asked(_store);
        Assert.Empty(asked.People.Read().All);
        Assert.Equal(CatalogueProblem.NotFound, Assert.Throws<CatalogueException>(() => asked.People.Group()).Problem);
    }

    private static int[] Sizes(PeopleView view) => [.. view.Groups.Select(group => group.Suggested.Count)];

    private static string[] Groups(PeopleView view) => [.. view.Groups.Select(group => string.Join(' ', group.Suggested)).Order()];

    private string Store(int person) => Store(Row(person, 0.2f * (_next % 3 - 1)));

    private string Store(params float[][] rows)
    {
        var number = _next++;
        NewFace[] faces = [.. rows.Select((row, i) => Some.Face(i + 1) with { Embedding = row })];
        using var writer = _store.OpenWriter();
        writer.Commit(writer.EnsureSpace(Some.Space()), [Some.Read($"/p/{number}.jpg", $"photo {number}", faces)]);
        return $"/p/{number}.jpg";
    }

    /// <summary>A unit row near a person's axis; how far, and to which side, differs from photo to photo.</summary>
    private static float[] Row(int person, float aside)
    {
        var row = new float[Some.Dimensions];
        var length = MathF.Sqrt(1 + aside * aside);
        row[person] = 1 / length;
        row[7] = aside / length;
        return row;
    }

    /// <summary>A program that asks.</summary>
    private sealed class Asked : IDisposable
    {
        private readonly CatalogueReaders _readers;
        private readonly LocalVectorStore _vectors;

        public Asked(SqliteCatalogueStore store)
        {
            _readers = new CatalogueReaders(store);
            _vectors = new LocalVectorStore(store.DirectoryPath, store.OpenReader, NullLogger.Instance);
            var space = new SpaceName(Some.Space().Key, Some.Space().Model);
            var meanings = new ScoreMeanings(() => null!, () => null, () => space.Key, store.DirectoryPath);
            var queries = new QueryReader(_readers, _vectors, () => space, _ => null!, new PhotoOptions(), () => null!, null!);
            var search = new PhotoSearch(_readers, _vectors, () => space, meanings, null!, () => null!, TimeProvider.System);
            var drawn = new DrawnFaces(_readers, new Originals(new PhotoOptions()), null!, () => null!);
            People = new CollectionPeople(
                store.DirectoryPath,
                _readers,
                _vectors,
                () => space,
                queries,
                search,
                meanings,
                drawn,
                TimeProvider.System
            );
        }

        public CollectionPeople People { get; }

        public void Dispose()
        {
            _vectors.Finish();
            _vectors.Dispose();
            _readers.Dispose();
        }
    }
}
