namespace LowBit.Methods.GradFreeBits;

/// <summary>A candidate with what is known of it, as it is saved.</summary>
public sealed record ScoredCandidate
{
    /// <summary>Text of the <see cref="Allocation.BitAllocation"/>.</summary>
    public string Bits { get; set; } = "";

    /// <summary>Numbers of the batches on which it was judged.</summary>
    public int[] Batches { get; set; } = [];

    /// <summary>Mean loss on each.</summary>
    public double[] Losses { get; set; } = [];

    /// <summary>Share classified rightly on each, 0 to 1.</summary>
    public double[] Accuracies { get; set; } = [];
}
