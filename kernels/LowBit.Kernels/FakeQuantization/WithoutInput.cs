namespace LowBit.Kernels.FakeQuantization;

/// <summary>Nobody wants the gradient.</summary>
internal readonly struct WithoutInput : IInputGradient
{
    /// <inheritdoc/>
    public static bool IsWanted => false;

    /// <inheritdoc/>
    public static bool IsAdded => false;
}
