namespace LowBit.Methods.Recipes;

/// <summary>How the learning rates of the stretches of training follow each other.</summary>
public enum AlternationSchedule
{
    /// <summary>One schedule over the epochs of all stretches.</summary>
    Whole,

    /// <summary>Each stretch from the start of the schedule to its end.</summary>
    Restart,
}
