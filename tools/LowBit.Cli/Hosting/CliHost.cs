namespace LowBit.Cli.Hosting;

/// <summary>Where a command writes and what it must respect: the process's streams, or a test's.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Progress, logs, errors.</param>
/// <param name="OutputIsTerminal">True when results may carry colours and boxes as wide as the window.</param>
/// <param name="ErrorIsTerminal">True when progress may redraw its line.</param>
/// <param name="Color">False when NO_COLOR is set.</param>
/// <param name="Stop">Cancelled by Ctrl-C.</param>
internal sealed record CliHost(
    TextWriter Output, TextWriter Error, bool OutputIsTerminal, bool ErrorIsTerminal, bool Color, CancellationToken Stop)
{
    /// <summary>The host of the real process.</summary>
    public static CliHost ForConsole(CancellationToken stop)
    {
        bool dumb = Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new CliHost(
            Console.Out,
            Console.Error,
            !Console.IsOutputRedirected && !dumb,
            !Console.IsErrorRedirected && !dumb,
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            stop);
    }
}
