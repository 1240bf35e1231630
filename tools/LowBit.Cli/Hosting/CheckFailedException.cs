namespace LowBit.Cli.Hosting;

/// <summary>A check that the command was asked for did not hold; one sentence, exit code 1.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);
