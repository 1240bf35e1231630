namespace LowBit.Nn.PostTraining;

/// <summary>
/// The reconstruction of some output channels of a layer from sampled positions: rows X <c>[positions, K]</c> of the quantized model's inputs, targets Y
/// <c>[positions, channels]</c> of the float model behind its activation f, and <c>ŷ = f(factor[c]·(X·Ŵᵀ + bias) + shift[c])</c>.
/// </summary>
internal sealed class RoundingProblem
{
    public required float[] Inputs { get; init; }

    public required float[] Targets { get; init; }

    public required int Positions { get; init; }

    /// <summary>K, weights of one output channel.</summary>
    public required int Length { get; init; }

    /// <summary>Output channels.</summary>
    public required int Channels { get; init; }

    /// <summary>Float weights <c>[channels, K]</c>.</summary>
    public required float[] Weights { get; init; }

    /// <summary>A step for each channel.</summary>
    public required float[] Steps { get; init; }

    /// <summary>The batch norm's factors.</summary>
    public required float[] Factors { get; init; }

    /// <summary>The batch norm's shifts, the bias times the factor included.</summary>
    public required float[] Shifts { get; init; }

    public required bool IsRectified { get; init; }

    public required float Cap { get; init; }

    /// <summary>The lowest code.</summary>
    public required int Low { get; init; }

    /// <summary>Distance of codes.</summary>
    public required int Stride { get; init; }

    /// <summary>Number of codes.</summary>
    public required int Levels { get; init; }

    /// <summary>Where a weight stands between the codes: <c>(w/s − Low)/Stride</c>, 0 to Levels − 1 inside the range.</summary>
    public float Place(int index) => ((Weights[index] / Steps[index / Length]) - Low) / Stride;

    /// <summary>The code number below a weight, from 0; outside the range for weights that are clipped.</summary>
    public static int Below(float place) => (int)Math.Floor(Math.Clamp(place, -1e6f, 1e6f));

    /// <summary>The code for a code number, clipped into the range.</summary>
    public int Code(int number) => Low + (Stride * Math.Clamp(number, 0, Levels - 1));
}
