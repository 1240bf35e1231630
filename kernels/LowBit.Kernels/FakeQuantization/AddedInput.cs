namespace LowBit.Kernels.FakeQuantization;

/// <summary>The gradient is added to what is there.</summary>
internal readonly struct AddedInput : IInputGradient
{
    /// <inheritdoc/>
    public static bool IsWanted => true;

    /// <inheritdoc/>
    public static bool IsAdded => true;
}
