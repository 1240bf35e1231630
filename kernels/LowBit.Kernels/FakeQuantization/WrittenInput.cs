namespace LowBit.Kernels.FakeQuantization;

/// <summary>The gradient is written over whatever was there.</summary>
internal readonly struct WrittenInput : IInputGradient
{
    /// <inheritdoc/>
    public static bool IsWanted => true;

    /// <inheritdoc/>
    public static bool IsAdded => false;
}
