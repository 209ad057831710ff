namespace Sosia.People.Names;

/// <summary>Something that can't be said of people. The message is one sentence: what, why, and what to do.</summary>
public sealed class PeopleException(string message) : Exception(message);
