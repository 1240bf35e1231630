using LowBit.Kernels.Devices;
using LowBit.Nn.Layers;
using LowBit.Tensors;
using LowBit.Tensors.Ops;

namespace LowBit.Nn.Training;

/// <summary>Images normalised by one mean and deviation, as another pair would have them: <c>(x·σ + μ − μ')/σ'</c> for each channel.</summary>
public sealed class Renormalization : IDisposable
{
    // Batch norm in evaluation is this affine map; beside a variance of 1 this ε is nothing in float.
    private const float Epsilon = 1e-12f;

    private readonly Tensor _factor;
    private readonly Tensor _shift;
    private readonly Tensor _mean;
    private readonly Tensor _variance;

    private Renormalization(Device device, InputNormalization from, InputNormalization to)
    {
        int channels = from.Mean.Count;
        var factor = new float[channels];
        var shift = new float[channels];
        for (int c = 0; c < channels; c++)
        {
            factor[c] = from.Deviation[c] / to.Deviation[c];
            shift[c] = (from.Mean[c] - to.Mean[c]) / to.Deviation[c];
        }

        _factor = Tensor.FromArray(device, factor, channels).Persist();
        _shift = Tensor.FromArray(device, shift, channels).Persist();
        _mean = Tensor.Zeros(device, new Shape(channels)).Persist();
        _variance = Tensor.Full(device, new Shape(channels), 1).Persist();
    }

    /// <summary>The map between two normalisations.</summary>
    /// <param name="device">Where it runs.</param>
    /// <param name="from">How the images are normalised.</param>
    /// <param name="to">How they should be; as many channels.</param>
    /// <returns>The map, or null when the two are the same.</returns>
    public static Renormalization? Between(Device device, InputNormalization from, InputNormalization to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        return from.Mean.SequenceEqual(to.Mean) && from.Deviation.SequenceEqual(to.Deviation) ? null : new Renormalization(device, from, to);
    }

    /// <summary>Maps a batch, <c>[N, H, W, C]</c>.</summary>
    /// <param name="images">The batch.</param>
    public Tensor Apply(Tensor images) => images.BatchNormEvaluation(_factor, _shift, _mean, _variance, Epsilon);

    /// <summary>Releases the numbers.</summary>
    public void Dispose()
    {
        _factor.Dispose();
        _shift.Dispose();
        _mean.Dispose();
        _variance.Dispose();
    }
}
