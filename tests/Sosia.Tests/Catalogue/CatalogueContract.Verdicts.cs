using Sosia.Catalogue;
using Sosia.Faces;

namespace Sosia.Tests.Catalogue;

/// <summary>What people say: that it stays, can be undone, and goes with what is forgotten.</summary>
public abstract partial class CatalogueContract
{
    private static readonly DateTimeOffset Then = new(2026, 5, 17, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_was_said_of_a_face_is_read_with_its_person_and_the_stored_face()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1), Some.Face(3))]);
                var ada = Name(writer, "Ada", Some.Face(1), "a");
                writer.Say(ChangeKind.Reject, [new FaceJudged(ada, Place(Some.Face(3), "a"), Verdict.IsNot)], Then);
            }
        );
        using var reader = Store.OpenReader();
        Assert.Equal(["Ada"], reader.ReadPeople().Select(person => person.Name));
        var verdicts = reader.ReadVerdicts();
        Assert.Equal([Verdict.Is, Verdict.IsNot], verdicts.OrderBy(verdict => verdict.Place.Box.Left).Select(verdict => verdict.Says));
        var photo = reader.FindPhotoAt("/p/a.jpg")!;
        Assert.All(verdicts, verdict => Assert.Equal(verdict.Place.Box, reader.FindFace(verdict.Face!.Value)!.Box));
        Assert.Equal(verdicts, reader.ReadVerdicts(photo: photo.Id));
        Assert.Equal(verdicts, reader.ReadVerdicts(reader.ReadPeople()[0].Id));
        Assert.Empty(reader.ReadVerdicts(photo: new PhotoId(99)));
        Assert.Equal([ChangeKind.Reject, ChangeKind.Name], reader.ReadJournal(null, 9).Select(entry => entry.Kind));
        Assert.All(reader.ReadJournal(null, 9), entry => Assert.Equal(Then, entry.At));
        Assert.Empty(reader.Verify());
    }

    [Fact]
    public void What_was_said_waits_for_a_photo_that_is_gone_and_holds_when_it_comes_back_with_other_boxes()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1))]);
                Name(writer, "Ada", Some.Face(1), "a");
                writer.RemovePaths(["/p/a.jpg"]);
                var waiting = Assert.Single(writer.ReadVerdicts());
                Assert.Null(waiting.Face);
                Assert.Null(waiting.Photo);

                var face = Some.Face(1);
                var drawnOtherwise = face with { Box = face.Box with { Left = face.Box.Left + 9, Width = face.Box.Width - 12 } };
                writer.Commit(space, [Some.Read("/q/b.jpg", "a", Some.Face(2), drawnOtherwise)]);
                var held = Assert.Single(writer.ReadVerdicts());
                Assert.Equal(drawnOtherwise.Box, writer.FindFace(held.Face!.Value)!.Box);

                // Said again of the box as it is drawn now, it is the same place.
                writer.Say(ChangeKind.Reject, [new FaceJudged(held.Person, Place(drawnOtherwise, "a"), Verdict.IsNot)], Then);
                Assert.Equal(Verdict.IsNot, Assert.Single(writer.ReadVerdicts()).Says);
            }
        );
    }

    [Fact]
    public void A_drawn_face_is_stored_once_stays_when_its_photo_is_read_again_and_goes_by_undo()
    {
        Write(
            (writer, space) =>
            {
                var drawn = Some.Face(2) with { IsDrawn = true };
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1))]);
                writer.StoreDrawn(space, Some.Sha256("a"), drawn); // nobody drew it yet
                Assert.Equal(1, writer.CountFaces());
                writer.Say(ChangeKind.Draw, [new FaceDrawn(Place(drawn, "a"), true)], Then);
                Assert.Null(Assert.Single(writer.ReadDrawn()).Face);
                Assert.Equal([drawn.Box], writer.DrawnIn(Some.Sha256("a")));
                writer.StoreDrawn(space, Some.Sha256("a"), drawn);
                writer.StoreDrawn(space, Some.Sha256("a"), drawn); // once
                writer.StoreDrawn(space, Some.Sha256("b"), drawn); // another photo, which is not stored
                Assert.Equal(2, writer.CountFaces());
                var face = writer.FindFace(Assert.Single(writer.ReadDrawn()).Face!.Value)!;
                Assert.True(face.IsDrawn);
                Assert.True(face.HasEmbedding);

                // Read again by an analysis that began before it was drawn.
                writer.Commit(
                    new IndexedSpaces(space) { FoundBy = new Provenance("new", "new") },
                    [Some.Read("/p/a.jpg", "a", Some.Face(1))]
                );
                Assert.Equal(face.Id, Assert.Single(writer.ReadDrawn()).Face);

                var undone = writer.Undo(null, Then);
                Assert.Equal(1, writer.CountFaces());
                Assert.Empty(writer.ReadDrawn());
                writer.Undo(undone.Id, Then);
                Assert.Null(Assert.Single(writer.ReadDrawn()).Face);
                writer.StoreDrawn(space, Some.Sha256("a"), drawn);
                writer.Forget([], [Assert.Single(writer.ReadDrawn()).Face!.Value]);
                Assert.Empty(writer.ReadDrawn());
                Assert.Empty(writer.Verify());
            }
        );
    }

    [Fact]
    public void Changes_are_undone_the_last_one_first_and_made_again()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1))]);
                var ada = Name(writer, "Ada", Some.Face(1), "a");
                writer.Say(ChangeKind.Rename, [new PersonNamed(ada, "Ada Byron")], Then);
                writer.Say(ChangeKind.Rename, [new PersonNamed(ada, "Ada Lovelace")], Then);

                var undone = writer.Undo(null, Then);
                Assert.Equal((ChangeKind.Undo, 3L), (undone.Kind, undone.Undoes));
                Assert.Equal("Ada Byron", writer.ReadPeople().Single().Name);
                writer.Undo(null, Then);
                Assert.Equal("Ada", writer.ReadPeople().Single().Name);
                writer.Undo(null, Then);
                Assert.Empty(writer.ReadPeople());
                Assert.Empty(writer.ReadVerdicts());
                Assert.Equal(CatalogueProblem.NotFound, Assert.Throws<CatalogueException>(() => writer.Undo(null, Then)).Problem);

                writer.Undo(6, Then); // the undoing of the first
                Assert.Equal("Ada", writer.ReadPeople().Single().Name);
                Assert.Single(writer.ReadVerdicts());
                writer.Undo(null, Then);
                Assert.Empty(writer.ReadPeople());
                Assert.Empty(writer.Verify());
            }
        );
    }

    [Fact]
    public void A_change_that_later_ones_depend_on_is_not_undone_and_they_are_named()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1)), Some.Read("/p/b.jpg", "b", Some.Face(2))]);
                var ada = Name(writer, "Ada", Some.Face(1), "a");
                var ben = Name(writer, "Ben", Some.Face(2), "b");
                writer.Say(ChangeKind.Rename, [new PersonNamed(ada, "Eva")], Then);

                var refused = Assert.Throws<CatalogueException>(() => writer.Undo(1, Then));
                Assert.Equal(CatalogueProblem.Conflict, refused.Problem);
                Assert.Contains("change 3 said more of the same", refused.Message);
                writer.Undo(2, Then); // independent of it
                Assert.Equal(["Eva"], writer.ReadPeople().Select(person => person.Name));
                Assert.Contains("undone already, by change 4", Assert.Throws<CatalogueException>(() => writer.Undo(2, Then)).Message);
                Assert.Contains("no change 77", Assert.Throws<CatalogueException>(() => writer.Undo(77, Then)).Message);
                Assert.Equal(
                    CatalogueProblem.NotFound,
                    Assert
                        .Throws<CatalogueException>(() =>
                            writer.Say(ChangeKind.Name, [new FaceJudged(ben, Place(Some.Face(1), "a"), Verdict.Is)], Then)
                        )
                        .Problem
                );
            }
        );
    }

    [Fact]
    public void What_was_changed_meanwhile_is_not_changed_by_somebody_who_does_not_know()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1))]);
                var ada = Name(writer, "Ada", Some.Face(1), "a");
                writer.Say(ChangeKind.Rename, [new PersonNamed(ada, "Eva")], Then, asOf: 1);
                var refused = Assert.Throws<CatalogueException>(() =>
                    writer.Say(ChangeKind.Rename, [new PersonNamed(ada, "Ida")], Then, asOf: 1)
                );
                Assert.Equal(CatalogueProblem.Conflict, refused.Problem);
                Assert.Contains("Change 2 was made meanwhile", refused.Message);
                writer.Undo(null, Then);
                Assert.Throws<CatalogueException>(() => writer.Say(ChangeKind.Rename, [new PersonNamed(ada, "Ida")], Then, asOf: 2));
                writer.Say(ChangeKind.Rename, [new PersonNamed(ada, "Ida")], Then, asOf: 3);
                Assert.Equal("Ida", writer.ReadPeople().Single().Name);
            }
        );
    }

    [Fact]
    public void What_was_said_of_a_forgotten_photo_or_face_is_gone_and_can_t_be_undone()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1)), Some.Read("/p/b.jpg", "b", Some.Face(2), Some.Face(4))]);
                var ada = Name(writer, "Ada", Some.Face(1), "a");
                writer.Say(ChangeKind.Name, [new FaceJudged(ada, Place(Some.Face(2), "b"), Verdict.Is)], Then);
                writer.Say(ChangeKind.Name, [new FaceJudged(ada, Place(Some.Face(4), "b"), Verdict.IsNot)], Then);
                writer.Forget([writer.FindPhotoAt("/p/a.jpg")!.Id], []);
                Assert.Equal(2, writer.ReadVerdicts().Count);
                Assert.Contains("forgotten", Assert.Throws<CatalogueException>(() => writer.Undo(1, Then)).Message);

                writer.Forget([], [writer.FacesOf(writer.FindPhotoAt("/p/b.jpg")!.Id).Single(face => face.Box == Some.Face(2).Box).Id]);
                Assert.Equal(Verdict.IsNot, Assert.Single(writer.ReadVerdicts()).Says);
                Assert.Equal([3L, 1], writer.ReadJournal(null, 9).Select(entry => entry.Id)); // of the first the name is left
                Assert.Equal(["Ada"], writer.ReadPeople().Select(person => person.Name));
                Assert.Empty(writer.Verify());
            }
        );
    }

    [Fact]
    public void A_forgotten_person_leaves_no_name_and_no_verdict()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1), Some.Face(3))]);
                var ada = Name(writer, "Ada", Some.Face(1), "a");
                var ben = Name(writer, "Ben", Some.Face(3), "a");
                writer.Say(ChangeKind.Reject, [new FaceJudged(ada, Place(Some.Face(3), "a"), Verdict.IsNot)], Then);
                var face = writer.ReadVerdicts(ada).Single(verdict => verdict.Says == Verdict.Is).Face!.Value;
                var forgotten = writer.Forget([], [face], people: [ada]);
                Assert.Equal((1, 1), (forgotten.People, forgotten.Faces));
                Assert.Equal([ben], writer.ReadPeople().Select(person => person.Id));
                Assert.Equal([ben], writer.ReadVerdicts().Select(verdict => verdict.Person));
                Assert.Equal([2L], writer.ReadJournal(null, 9).Select(entry => entry.Id));
                Assert.Equal(
                    CatalogueProblem.NotFound,
                    Assert.Throws<CatalogueException>(() => writer.Forget([], [], people: [ada])).Problem
                );
                Assert.Empty(writer.Verify());
            }
        );
    }

    [Fact]
    public void Who_was_merged_into_a_person_is_forgotten_with_them()
    {
        Write(
            (writer, space) =>
            {
                writer.Commit(space, [Some.Read("/p/a.jpg", "a", Some.Face(1)), Some.Read("/p/b.jpg", "b", Some.Face(2))]);
                var ada = Name(writer, "Ada", Some.Face(1), "a");
                var ben = Name(writer, "Ben", Some.Face(2), "b");
                var cleo = Name(writer, "Cleo", Some.Face(4), "c");
                var moved = Place(Some.Face(2), "b");
                writer.Say(
                    ChangeKind.Merge,
                    [new PersonNamed(ben, null), new FaceJudged(ben, moved, null), new FaceJudged(ada, moved, Verdict.Is)],
                    Then
                );
                writer.Forget([], [], people: [ada]);
                Assert.Equal([cleo], writer.ReadPeople().Select(person => person.Id));
                Assert.Equal([3L], writer.ReadJournal(null, 9).Select(entry => entry.Id));
                Assert.Empty(writer.Verify());
            }
        );
    }

    private static PersonId Name(ICatalogueWriter writer, string name, NewFace face, string content)
    {
        var person = writer.ReservePerson();
        writer.Say(ChangeKind.Name, [new PersonNamed(person, name), new FaceJudged(person, Place(face, content), Verdict.Is)], Then);
        return person;
    }

    private static FacePlace Place(NewFace face, string content) => new(Some.Sha256(content), face.Box);
}
