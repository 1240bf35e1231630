namespace LowBit.Methods.Allocation;

/// <summary>What a model may cost at most; null is no limit.</summary>
/// <param name="Bytes">Of packed weights.</param>
/// <param name="ActivationBytes">Of packed activations of one image.</param>
/// <param name="BitOperations">Of one image.</param>
/// <param name="Milliseconds">Of one image on one thread.</param>
public sealed record Budget(double? Bytes = null, double? ActivationBytes = null, double? BitOperations = null, double? Milliseconds = null)
{
    /// <summary>True when no limit is exceeded.</summary>
    /// <param name="cost">What the model costs.</param>
    public bool Holds(in AllocationCost cost) => Excess(cost) == 0;

    /// <summary>Weighted relative excess, <c>Σ ρ_i·max(0, cost_i / limit_i − 1)</c>.</summary>
    /// <param name="cost">What the model costs.</param>
    /// <param name="bytesFactor">ρ of the bytes, 0 or more.</param>
    /// <param name="activationBytesFactor">ρ of the activations' bytes, 0 or more.</param>
    /// <param name="bitOperationsFactor">ρ of the bit operations, 0 or more.</param>
    /// <param name="millisecondsFactor">ρ of the time, 0 or more.</param>
    public double Excess(
        in AllocationCost cost, double bytesFactor = 1, double activationBytesFactor = 1, double bitOperationsFactor = 1, double millisecondsFactor = 1)
        => (bytesFactor * Part(cost.Bytes, Bytes)) + (activationBytesFactor * Part(cost.ActivationBytes, ActivationBytes))
            + (bitOperationsFactor * Part(cost.BitOperations, BitOperations)) + (millisecondsFactor * Part(cost.Milliseconds, Milliseconds));

    private static double Part(double cost, double? limit) => limit is { } most ? Math.Max(0, (cost / most) - 1) : 0;
}
