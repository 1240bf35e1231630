using LowBit.Nn.Layers;
using LowBit.Quantization;
using LowBit.Tensors;

namespace LowBit.Nn.PostTraining;

/// <summary>A layer with weights and what follows it: <c>f(factor[c]·(w·x + b) + shift[c])</c>.</summary>
/// <param name="Path">Path of the layer in its model.</param>
/// <param name="Layer">A <see cref="Conv2d"/> or <see cref="Linear"/>.</param>
/// <param name="Norm">The batch norm behind it, or null.</param>
/// <param name="IsRectified">True when f clips at zero.</param>
/// <param name="Cap">What f clips at from above; +∞ for none.</param>
internal sealed record LayerSite(string Path, Module Layer, BatchNorm2d? Norm, bool IsRectified, float Cap)
{
    public Tensor Weight => Layer is Conv2d conv ? conv.Weight : ((Linear)Layer).Weight;

    public Tensor? Bias => Layer is Conv2d conv ? conv.Bias : ((Linear)Layer).Bias;

    public WeightQuantizer? Quantizer => Layer is Conv2d conv ? conv.Quantizer : ((Linear)Layer).Quantizer;

    public int OutChannels => Weight.Shape[0];

    public int Groups => Layer is Conv2d conv ? conv.Options.Groups : 1;

    /// <summary>Input channels of one group; features of a fully connected layer.</summary>
    public int InChannels => Weight.Shape[-1];

    /// <summary>What the batch norm does to the layer's output in evaluation; 1 and 0 without one.</summary>
    public (double[] Factor, double[] Shift) Affine()
    {
        var factor = new double[OutChannels];
        var shift = new double[OutChannels];
        if (Norm is null)
        {
            Array.Fill(factor, 1);
            return (factor, shift);
        }

        float[] gamma = Norm.Gamma.ToArray(), beta = Norm.Beta.ToArray(), mean = Norm.RunningMean.ToArray(), variance = Norm.RunningVariance.ToArray();
        for (int c = 0; c < factor.Length; c++)
        {
            factor[c] = gamma[c] / Math.Sqrt((double)variance[c] + Norm.Epsilon);
            shift[c] = beta[c] - (mean[c] * factor[c]);
        }

        return (factor, shift);
    }

    /// <summary>Adds to the constant of each output channel: β of the batch norm, else the bias. False when the layer has neither.</summary>
    public bool AddShift(ReadOnlySpan<double> shift)
    {
        Tensor? constant = Norm?.Beta ?? Bias;
        if (constant is null)
        {
            return false;
        }

        float[] values = constant.ToArray();
        for (int c = 0; c < values.Length; c++)
        {
            values[c] = (float)(values[c] + shift[c]);
        }

        constant.CopyFrom(values);
        return true;
    }

    /// <summary>f of the site.</summary>
    public double Activate(double value) => IsRectified ? Math.Clamp(value, 0, Cap) : value;
}
