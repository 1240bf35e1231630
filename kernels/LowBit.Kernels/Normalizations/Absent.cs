namespace LowBit.Kernels.Normalizations;

/// <summary>The operand is not there.</summary>
internal readonly struct Absent : IPresence
{
    /// <inheritdoc/>
    public static bool IsPresent => false;
}
