using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;

namespace LowBit.Quantization;

/// <summary>The parts a quantizer is composed of. Named methods (folder Methods) fill them in; so may anybody else.</summary>
public sealed record QuantizerParts
{
    /// <summary>Name of the method.</summary>
    public required string Kind { get; init; }

    /// <summary>The codes.</summary>
    public required CodeRange Range { get; init; }

    /// <summary>Code of real zero.</summary>
    public int ZeroPoint { get; init; }

    /// <summary>Rounding and gradient estimator.</summary>
    public required QuantizeOp Op { get; init; }

    /// <summary>Where the step is held.</summary>
    public required StepSource Steps { get; init; }

    /// <summary>How the first step is found.</summary>
    public required StepRule Rule { get; init; }

    /// <summary>True: the step's gradient is multiplied by 1/√(N·Qp), N the weights of one step or the features of one sample.</summary>
    public bool ScaleStepGradient { get; init; }

    /// <summary>Highest code above the zero point, Qp.</summary>
    internal int Top => Range.High - ZeroPoint;

    /// <summary>λ of the penalty λ/2·(learned)²; 0 for none.</summary>
    public float PenaltyFactor { get; init; }
}
