namespace LowBit.Cli.Hosting;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A check failed or a run went wrong.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a setting is wrong.</summary>
    public const int Usage = 2;

    /// <summary>A file or data set is missing, damaged or of another kind.</summary>
    public const int BadData = 3;

    /// <summary>Ctrl-C; the state was saved.</summary>
    public const int Interrupted = 130;
}
