namespace LowBit.Nn.Recipes;

/// <summary>An entry of <c>quantization.progressive</c>: from an epoch on, no inner layer has fewer bits than this.</summary>
public sealed record BitStage
{
    /// <summary>First epoch of the stage, from 0.</summary>
    public int Epoch { get; set; }

    /// <summary>Least bits of weights and activations between first and last layer during the stage, 1 to 8.</summary>
    public int Bits { get; set; }
}
