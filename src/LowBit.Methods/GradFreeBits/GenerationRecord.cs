namespace LowBit.Methods.GradFreeBits;

/// <summary>One generation of a round.</summary>
public sealed record GenerationRecord
{
    /// <summary>From 1.</summary>
    public int Generation { get; set; }

    /// <summary>Smallest objective among its candidates.</summary>
    public double Best { get; set; }

    /// <summary>Median objective of its candidates.</summary>
    public double Median { get; set; }

    /// <summary>Different candidates among its λ.</summary>
    public int Different { get; set; }

    /// <summary>Candidates within the budget.</summary>
    public int Feasible { get; set; }

    /// <summary>Step size of the distribution after it.</summary>
    public double Sigma { get; set; }

    /// <summary>The mean of the distribution after it, rounded: text of an allocation.</summary>
    public string Mean { get; set; } = "";
}
