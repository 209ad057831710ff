namespace Sosia.Hosting;

/// <summary>
/// What a caller chose can't be. The message is one sentence for people, without names of code, so that a server may hand it on; any other
/// <see cref="ArgumentException"/> is a mistake of the program.
/// </summary>
public sealed class OptionException(string message) : ArgumentException(message);
