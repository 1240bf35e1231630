namespace LowBit.Runtime.Planning;

/// <summary>Memory that is needed from step <paramref name="First"/> to step <paramref name="Last"/>, both included.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="First">The step that writes it.</param>
/// <param name="Last">The last step that reads it.</param>
internal readonly record struct LiveBlock(long Length, int First, int Last)
{
    public bool LivesWith(LiveBlock other) => First <= other.Last && other.First <= Last;
}
