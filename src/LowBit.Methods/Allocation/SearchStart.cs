namespace LowBit.Methods.Allocation;

/// <summary>Where the search of a first round starts.</summary>
public enum SearchStart
{
    /// <summary>At the bits that the model was trained with.</summary>
    Current,

    /// <summary>
    /// At the best of the bits that the model was trained with and two greedy allocations of the <see cref="SensitivityTable"/>: around the most bits, as HAWQ chooses, and around
    /// the trained bits.
    /// </summary>
    Sensitivity,
}
