using Sosia.Catalogue;

namespace Sosia.Indexing;

/// <summary>Counts what a run did.</summary>
internal sealed class Tally
{
    /// <summary>Files whose outcome was committed.</summary>
    public long Done { get; private set; }

    /// <summary>Photos read, and stored or given a row by look.</summary>
    public long Photos { get; private set; }

    /// <summary>Faces found in them.</summary>
    public long Faces { get; private set; }

    /// <summary>Rows by look made of them.</summary>
    public long Looks { get; private set; }

    /// <summary>Photos of an earlier version that were given what they lacked beside faces and rows.</summary>
    public long Completed { get; private set; }

    /// <summary>Files whose bytes were known.</summary>
    public long Known { get; private set; }

    /// <summary>Counts an outcome.</summary>
    public void Add(FileOutcome outcome)
    {
        Done++;
        switch (outcome)
        {
            case PhotoRead read:
                Photos++;
                Faces += read.Photo.Faces.Count;
                AddLook(read.Look);
                break;
            case DetailsRead { Look: { } look }:
                Photos++;
                AddLook(look);
                break;
            case DetailsRead:
                Completed++;
                break;
            case PhotoKnown or PhotoForgotten:
                Known++;
                break;
        }
    }

    private void AddLook(float[]? row)
    {
        if (row is { Length: > 0 })
            Looks++;
    }
}
