using Sosia.Catalogue;
using Sosia.Faces;
using Sosia.Hosting;
using Sosia.People.Names;
using Sosia.Photos;

namespace Sosia.People;

/// <summary>Takes faces that were not found.</summary>
public sealed partial class CollectionPeople
{
    /// <summary>
    /// Adds a face that was not found, where somebody draws a box, and says whose it is. It is searched and grouped like any other. It
    /// stays when the photo is read again, and when its file is removed and added again; to undo the change takes it away.
    /// </summary>
    /// <param name="view">As for <see cref="Name"/>.</param>
    /// <param name="photo">The photo.</param>
    /// <param name="box">In pixels of the upright original; what lies beyond the photo's edge is cut off.</param>
    /// <param name="name">The person's name; where somebody has it, they are the one. Null to say nothing of whose it is.</param>
    /// <param name="isAnother">As for <see cref="Name"/>.</param>
    /// <param name="cancellation">Cancels the work before anything is noted.</param>
    /// <returns>The new face; where one was found there, that one, and nothing is drawn.</returns>
    /// <exception cref="OptionException">No area of the box lies in the photo, or a length is not a finite number.</exception>
    /// <exception cref="UnreadablePhotoException">The photo's file is gone, or holds other bytes than were indexed.</exception>
    /// <inheritdoc cref="Name" path="/exception"/>
    public FaceId Draw(
        PeopleView view,
        PhotoId photo,
        Box box,
        string? name = null,
        bool isAnother = false,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        var (row, known) = _readers.Ask(reader => (reader.FindPhoto(photo), reader.FacesOf(photo)));
        if (row is null)
            throw new CatalogueException(CatalogueProblem.NotFound, $"There is no photo {photo}; nothing was noted.");
        if (box.ClipTo(row.Width, row.Height) is not { Width: >= 1, Height: >= 1 } inside)
            throw new OptionException($"The box must have an area and lie in the photo of {row.Width} × {row.Height} pixels.");
        var place = new FacePlace(row.Sha256, inside);
        if (place.FaceAmong(known) is { } found)
        {
            if (name is not null)
                Name(view, [found], name, isAnother);
            return found;
        }
        var face = _drawn.Make(row, inside, cancellation);
        using var writer = _store.OpenWriter(overwrite: false);
        List<Statement> statements = [new FaceDrawn(place, true)];
        if (name is not null)
            statements.AddRange(NameAt(view, writer, place, name, isAnother));
        writer.Say(ChangeKind.Draw, statements, _clock.GetUtcNow(), view.LastChange);
        if (writer.FindSpace(_space().Key) is { } space)
            writer.StoreDrawn(space.Id, row.Sha256, face);
        return place.FaceAmong(writer.FacesOf(photo))
            ?? throw new CatalogueException(
                CatalogueProblem.NotFound,
                $"What was drawn is noted, but photo {photo} was not indexed with this face model: index it again."
            );
    }

    private static IEnumerable<Statement> NameAt(PeopleView view, IVerdictWriter writer, FacePlace place, string name, bool isAnother)
    {
        var clean = PersonName.Clean(name);
        var isKnown = !isAnother && Named(view, clean).Count > 0;
        var person = isKnown ? Find(view, clean).Person!.Value : writer.ReservePerson();
        if (!isKnown)
            yield return new PersonNamed(person, clean);
        yield return new FaceJudged(person, place, Verdict.Is);
    }
}
