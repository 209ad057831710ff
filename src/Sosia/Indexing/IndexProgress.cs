using Sosia.Catalogue;

namespace Sosia.Indexing;

/// <summary>How far a run has come.</summary>
/// <param name="Done">Files read or failed in this run.</param>
/// <param name="Total">Files to read in this run.</param>
/// <param name="Outcome">What became of the last one. It was committed, so it survives whatever comes.</param>
public readonly record struct IndexProgress(long Done, long Total, FileOutcome Outcome);
