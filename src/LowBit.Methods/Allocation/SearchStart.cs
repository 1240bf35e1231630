namespace LowBit.Methods.Allocation;

/// <summary>Where the search of a first round starts, and that of each budget of a series.</summary>
public enum SearchStart
{
    /// <summary>At the bits that the model was trained with; in a series at the choice for the budget before.</summary>
    Current,

    /// <summary>
    /// At the greedy allocation of the <see cref="SensitivityTable"/>, as HAWQ chooses bits, or at those of <see cref="Current"/>, in a series also uniform ones, where they are better.
    /// </summary>
    Sensitivity,
}
