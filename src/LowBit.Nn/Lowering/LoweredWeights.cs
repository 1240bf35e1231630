using LowBit.Quantization;
using LowBit.Tensors;

namespace LowBit.Nn.Lowering;

/// <summary>The integers behind a layer's weights: <c>w[i] = Steps[channel of i] · Codes[i]</c>.</summary>
public sealed class LoweredWeights
{
    /// <summary>Takes codes as a quantizer gave them.</summary>
    /// <param name="codes">Codes, one row for each output channel.</param>
    /// <param name="steps">One step for each output channel, or one for all; positive and finite.</param>
    /// <param name="outChannels">Output channels, 1 or more; divides the number of codes.</param>
    /// <param name="bits">Bits that the codes are stored with, 1 to 8.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a step is not positive and finite.</exception>
    public LoweredWeights(sbyte[] codes, float[] steps, int outChannels, int bits)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(outChannels, 1);
        if (codes.Length == 0 || codes.Length % outChannels != 0 || (steps.Length != 1 && steps.Length != outChannels))
        {
            throw new ArgumentException($"{codes.Length} weight codes and {steps.Length} steps do not fit {outChannels} output channels");
        }

        foreach (float step in steps)
        {
            if (!float.IsFinite(step) || step <= 0)
            {
                throw new ArgumentException($"a weight step is {step}; steps are positive and finite", nameof(steps));
            }
        }

        Codes = codes;
        Steps = steps;
        OutChannels = outChannels;
        Bits = bits;
    }

    /// <summary>Codes <c>[out, …]</c> in the layer's own order.</summary>
    public IReadOnlyList<sbyte> Codes { get; }

    /// <summary>Steps, one for each output channel or one for all.</summary>
    public IReadOnlyList<float> Steps { get; }

    /// <summary>Output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Bits that the codes are stored with.</summary>
    public int Bits { get; }

    /// <summary>The step of an output channel.</summary>
    /// <param name="channel">Output channel.</param>
    public float Step(int channel) => Steps.Count == 1 ? Steps[0] : Steps[channel];

    /// <summary>The codes of an output channel.</summary>
    /// <param name="channel">Output channel.</param>
    public ReadOnlySpan<sbyte> Row(int channel)
    {
        int length = Codes.Count / OutChannels;
        return ((sbyte[])Codes).AsSpan(channel * length, length);
    }

    /// <summary>Asks a layer's quantizer for codes and steps.</summary>
    /// <param name="path">Path of the layer, for errors.</param>
    /// <param name="quantizer">The layer's weight quantizer, or null.</param>
    /// <param name="weight">The trained weights <c>[out, …]</c>.</param>
    /// <exception cref="LoweringException">There is no quantizer, it is off or has no step, or a weight is not finite.</exception>
    public static LoweredWeights Of(string path, WeightQuantizer? quantizer, Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (quantizer is null || !quantizer.Enabled)
        {
            throw new LoweringException(path, "its weights are float; give the layer a weight quantizer and train it, or leave the model float and export nothing");
        }

        try
        {
            (sbyte[] codes, float[] steps) = quantizer.Export(weight);
            return new LoweredWeights(codes, steps, weight.Shape[0], quantizer.Range.StorageBits);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or ArithmeticException)
        {
            throw new LoweringException(path, $"its weights have no codes: {error.Message}", error);
        }
    }
}
