using LowBit.Nn.Recipes;

namespace LowBit.Methods.Recipes;

/// <summary>The <c>objective</c> part of a search recipe: penalties ρ of the relative excess over each limit.</summary>
public sealed record ObjectiveSection
{
    /// <summary>ρ of the bytes, 0 or more.</summary>
    public double BytesPenalty { get; set; } = 10;

    /// <summary>ρ of the activations' bytes, 0 or more.</summary>
    public double ActivationBytesPenalty { get; set; } = 10;

    /// <summary>ρ of the bit operations, 0 or more.</summary>
    public double BitOperationsPenalty { get; set; } = 10;

    /// <summary>ρ of the time, 0 or more.</summary>
    public double MillisecondsPenalty { get; set; } = 10;

    internal void Validate()
    {
        Demand.NotNegative("objective.bytesPenalty", BytesPenalty);
        Demand.NotNegative("objective.activationBytesPenalty", ActivationBytesPenalty);
        Demand.NotNegative("objective.bitOperationsPenalty", BitOperationsPenalty);
        Demand.NotNegative("objective.millisecondsPenalty", MillisecondsPenalty);
    }
}
