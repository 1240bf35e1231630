using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Lowering;
using LowBit.Quantization;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Layers;

/// <summary>Fully connected layer <c>y = x · Q(w)ᵀ + b</c>. Input is <c>[N, in]</c>, weights are <c>[out, in]</c>, output is <c>[N, out]</c>.</summary>
public sealed class Linear : Module
{
    /// <summary>Creates a layer whose weights are zero until <see cref="Module.Initialize"/> or a checkpoint fills them.</summary>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="inFeatures">Inputs, 1 or more.</param>
    /// <param name="outFeatures">Outputs, 1 or more.</param>
    /// <param name="bias">True to add a bias per output.</param>
    /// <param name="quantizer">Options of the weight quantizer; null for float weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public Linear(Device device, int inFeatures, int outFeatures, bool bias = true, QuantizerOptions? quantizer = null)
        : base(device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inFeatures, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outFeatures, 1);
        Weight = RegisterParameter("weight", Tensor.Zeros(device, outFeatures, inFeatures), ParameterRole.Weight);
        Bias = bias ? RegisterParameter("bias", Tensor.Zeros(device, outFeatures), ParameterRole.Bias) : null;
        Quantizer = quantizer is null ? null : RegisterQuantizer("weight_quantizer", QuantizerFactory.Weight(quantizer, device, Weight.Shape));
    }

    /// <summary>Weights <c>[out, in]</c>, float; training changes these.</summary>
    public Tensor Weight { get; }

    /// <summary>Bias <c>[out]</c>, or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The weight quantizer, or null for float weights.</summary>
    public WeightQuantizer? Quantizer { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = x.Linear(Quantizer is null ? Weight : Quantizer.Apply(Weight), Bias);
        Probe?.Invoke(x, y);
        return y;
    }

    /// <inheritdoc/>
    public override LoweredEdge Lower(LoweringContext context, LoweredEdge input)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Linear(Path, input, LoweredWeights.Of(Path, Quantizer, Weight), Bias?.ToArray());
    }

    /// <inheritdoc/>
    protected override void ResetParameters(Func<string, PhiloxKey> keyOf)
    {
        ArgumentNullException.ThrowIfNull(keyOf);
        float deviation = (float)Math.Sqrt(2.0 / Weight.Shape[1]);
        Device.FillNormal(Weight.Length, 0, deviation, keyOf("weight"), Weight.Buffer);
        if (Bias is not null)
        {
            Device.Fill(Bias.Length, 0, Bias.Buffer);
        }
    }
}
