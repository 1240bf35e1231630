namespace LowBit.Cli.Hosting;

/// <summary>The user asked for something that does not exist; one sentence, exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
