using LowBit.Nn.Lowering.Graph;
using LowBit.Runtime.Models;

namespace LowBit.Nn.Lowering;

/// <summary>A lowered model: the integers that run, what became of each layer, and the trained numbers that a simulation needs.</summary>
public sealed class LoweringResult
{
    internal LoweringResult(IntegerModel model, FoldReport report, CodeTensor image, IReadOnlyList<GraphStep> steps)
    {
        Model = model;
        Report = report;
        Image = image;
        Steps = steps;
    }

    /// <summary>The integer model.</summary>
    public IntegerModel Model { get; }

    /// <summary>What was folded into what, and the bits of the first layer, the last layer and the residual stream.</summary>
    public FoldReport Report { get; }

    internal CodeTensor Image { get; }

    internal IReadOnlyList<GraphStep> Steps { get; }
}
