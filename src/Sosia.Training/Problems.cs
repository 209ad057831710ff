namespace Sosia.Training;

/// <summary>The caller's input or machine does not do: one sentence, exit code 2.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Our own file is damaged: one sentence, exit code 12.</summary>
internal sealed class DamagedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another process trains into the same directory: exit code 11.</summary>
internal sealed class LockedException(string message, Exception? inner = null) : Exception(message, inner);
