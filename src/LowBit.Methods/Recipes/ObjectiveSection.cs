using LowBit.Methods.Candidates;
using LowBit.Nn.Recipes;

namespace LowBit.Methods.Recipes;

/// <summary>The <c>objective</c> part of a search recipe: the loss of a candidate, and penalties ρ of the relative excess over each limit.</summary>
public sealed record ObjectiveSection
{
    /// <summary>What candidates are judged by.</summary>
    public CandidateLoss Loss { get; set; } = CandidateLoss.CrossEntropy;

    /// <summary>T of <see cref="CandidateLoss.Divergence"/>, above 0: the higher, the more the small probabilities count.</summary>
    public double Temperature { get; set; } = 4;

    /// <summary>ρ of the bytes, 0 or more.</summary>
    public double BytesPenalty { get; set; } = 10;

    /// <summary>ρ of the activations' bytes, 0 or more.</summary>
    public double ActivationBytesPenalty { get; set; } = 10;

    /// <summary>ρ of the bit operations, 0 or more.</summary>
    public double BitOperationsPenalty { get; set; } = 10;

    /// <summary>ρ of the time, 0 or more.</summary>
    public double MillisecondsPenalty { get; set; } = 10;

    /// <summary>T of the divergence; null when candidates are judged by cross-entropy.</summary>
    internal double? DivergenceTemperature() => Loss == CandidateLoss.Divergence ? Temperature : null;

    internal void Validate()
    {
        if (!(Temperature >= 0.01 && Temperature <= 1000))
        {
            throw new ArgumentException($"objective.temperature is {Temperature}; it must be 0.01 to 1000");
        }

        Demand.NotNegative("objective.bytesPenalty", BytesPenalty);
        Demand.NotNegative("objective.activationBytesPenalty", ActivationBytesPenalty);
        Demand.NotNegative("objective.bitOperationsPenalty", BitOperationsPenalty);
        Demand.NotNegative("objective.millisecondsPenalty", MillisecondsPenalty);
    }
}
