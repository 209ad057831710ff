using Sosia.Catalogue;
using Sosia.Hosting;
using Sosia.Photos;

namespace Sosia.Indexing;

/// <summary>Commits what became of files, in small transactions, on the calling thread. It never reads a file.</summary>
/// <param name="writer">The catalogue.</param>
/// <param name="spaces">The spaces that the run fills.</param>
/// <param name="committed">Called with every outcome after it was committed.</param>
/// <param name="clock">Measures the time.</param>
internal sealed class Committer(IIndexWriter writer, IndexedSpaces spaces, Action<FileOutcome> committed, TimeProvider clock)
{
    /// <summary>Outcomes in one transaction, at most.</summary>
    private const int BatchSize = 64;

    /// <summary>How long an outcome may wait for its transaction.</summary>
    public static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(500);

    private readonly List<FileOutcome> _batch = [];
    private List<FileStamp> _toReadAgain = [];
    private long _oldest;

    /// <summary>Adds an outcome to the batch.</summary>
    public void Add(FileOutcome outcome)
    {
        if (_batch.Count == 0)
            _oldest = clock.GetTimestamp();
        _batch.Add(outcome);
    }

    /// <summary>Commits the batch when it is full, or when its oldest outcome has waited long enough.</summary>
    public void CommitWhenDue()
    {
        if (_batch.Count == BatchSize || (_batch.Count > 0 && clock.GetElapsedTime(_oldest) >= BatchTime))
            Commit();
    }

    /// <summary>Commits the batch.</summary>
    public void Commit()
    {
        // A file held a stored photo when it was read. Where that photo was removed since, the file must be read for its own sake.
        var lacking = _batch.ToLookup(LacksSomething);
        _toReadAgain.AddRange(lacking[true].Select(outcome => outcome.File));
        _batch.Clear();
        FileOutcome[] outcomes = [.. lacking[false]];
        if (outcomes.Length == 0)
            return;
        using (Telemetry.Measure("store"))
            writer.Commit(spaces, outcomes);
        foreach (var outcome in outcomes)
            committed(outcome);
    }

    /// <summary>Tells of an outcome that was committed otherwise.</summary>
    public void Tell(FileOutcome outcome) => committed(outcome);

    /// <summary>Takes the files that must be read again, because their outcome no longer held when it was to be committed.</summary>
    public IReadOnlyList<FileStamp> TakeFilesToReadAgain()
    {
        var files = _toReadAgain;
        _toReadAgain = [];
        return files;
    }

    /// <summary>Whether a photo lacks more now than when its file was read.</summary>
    private bool LacksSomething(FileOutcome outcome) =>
        outcome switch
        {
            PhotoKnown known => WorkLeft(known.Sha256) != PhotoWork.None,
            DetailsRead read => WorkLeft(read.Sha256).HasFlag(PhotoWork.Faces),
            _ => false,
        };

    private PhotoWork WorkLeft(string sha256) => writer.ProgressOf(sha256, spaces).WorkLeft(spaces);
}
