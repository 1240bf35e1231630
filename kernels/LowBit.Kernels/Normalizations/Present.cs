namespace LowBit.Kernels.Normalizations;

/// <summary>The operand is there.</summary>
internal readonly struct Present : IPresence
{
    /// <inheritdoc/>
    public static bool IsPresent => true;
}
