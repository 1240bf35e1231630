using System.CommandLine;

namespace LowBit.Cli.Hosting;

/// <summary>A command of the tool: how it is parsed and what it does.</summary>
/// <param name="Command">Name, arguments, options.</param>
/// <param name="Run">Does the work; returns the exit code.</param>
internal sealed record CommandDefinition(Command Command, Func<CommandContext, int> Run);
