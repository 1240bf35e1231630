namespace LowBit.Kernels.FakeQuantization;

/// <summary>Whether and how a quantizer's backward pass gives the gradient of its input: a constant of the loop.</summary>
internal interface IInputGradient
{
    /// <summary>False when nobody wants it.</summary>
    static abstract bool IsWanted { get; }

    /// <summary>True to add, false to write.</summary>
    static abstract bool IsAdded { get; }
}
