using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.Nodes;
using LowBit.Quantization.StepRules;
using LowBit.Quantization.StepSources;

namespace LowBit.Quantization.Methods;

/// <summary>
/// PACT with statistics-aware weight binning, Choi et al. 2019, SysML, "Accurate and efficient 2-bit quantized neural networks" (arXiv:1807.06964).
/// Weights are clipped to ±a with <c>a = c1·√E[w²] + c2·E|w|</c>, anew at every use; dy/dw = 1 inside the range, else 0. Activations are PACT's.
/// </summary>
/// <remarks>1-bit weights: sign(w)·mean|w|, gradient 1.</remarks>
public static class PactSawb
{
    /// <summary>Name in options.</summary>
    public const string Kind = "pact-sawb";

    /// <summary>A weight quantizer.</summary>
    /// <param name="options">Bits, grid.</param>
    /// <param name="device">Where the steps live.</param>
    /// <param name="channels">Number of steps: 1, or the output channels.</param>
    public static WeightQuantizer Weight(QuantizerOptions options, Device device, int channels)
    {
        ArgumentNullException.ThrowIfNull(options);
        CodeRange range = Grids.Weight(options);
        bool isSign = range.Stride == 2 && range.High == 1;
        var parts = new QuantizerParts
        {
            Kind = Kind,
            Range = range,
            Op = isSign ? QuantizeOp.For<IdentityEverywhere>(range) : QuantizeOp.For<IdentityInside>(range),
            Steps = new StoredStep(device, channels),
            Rule = Rules.For(options) ?? new SawbStep(),
        };
        return new(parts, followsWeights: true);
    }

    /// <summary>An activation quantizer: PACT's.</summary>
    /// <param name="options">Bits, first α, λ.</param>
    /// <param name="device">Where α lives.</param>
    public static ActivationQuantizer Activation(QuantizerOptions options, Device device) => Pact.Activation(options, device);
}
