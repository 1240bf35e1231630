namespace LowBit.Methods.Allocation;

/// <summary>Where the search of a first round starts.</summary>
public enum SearchStart
{
    /// <summary>At the bits that the model was trained with.</summary>
    Current,

    /// <summary>
    /// At the greedy allocation of the <see cref="SensitivityTable"/>, as HAWQ chooses bits, or at the bits that the model was trained with where those are better.
    /// </summary>
    Sensitivity,
}
