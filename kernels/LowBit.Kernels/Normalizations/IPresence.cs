namespace LowBit.Kernels.Normalizations;

/// <summary>Whether an optional operand is there: a constant of the loop.</summary>
internal interface IPresence
{
    /// <summary>True when it is there.</summary>
    static abstract bool IsPresent { get; }
}
