namespace LowBit.Cli.Tests;

/// <summary>Presses Ctrl-C when a word appears.</summary>
internal sealed class CancellingWriter(string word, CancellationTokenSource stop) : StringWriter
{
    public override void WriteLine(string? value)
    {
        if (value?.Contains(word, StringComparison.Ordinal) == true)
        {
            stop.Cancel();
        }
    }
}
