using LowBit.Tensors;

namespace LowBit.Nn.PostTraining;

/// <summary>Mean and variance of each channel of a stream of tensors <c>[…, C]</c>, summed in doubles.</summary>
internal sealed class ChannelMoments(int channels)
{
    private readonly double[] _sums = new double[channels];
    private readonly double[] _squares = new double[channels];
    private float[] _values = [];

    /// <summary>Values seen in each channel.</summary>
    public long Count { get; private set; }

    public void Add(Tensor tensor)
    {
        if (_values.Length < tensor.Length)
        {
            _values = new float[tensor.Length];
        }

        tensor.CopyTo(_values);
        for (int at = 0; at < tensor.Length; at += channels)
        {
            for (int c = 0; c < channels; c++)
            {
                double value = _values[at + c];
                _sums[c] += value;
                _squares[c] += value * value;
            }
        }

        Count += tensor.Length / channels;
    }

    public double Mean(int channel) => _sums[channel] / Count;

    /// <summary>Σ(x − mean)² / (n − 1), as batch norm keeps it; 0 for one value.</summary>
    public double Variance(int channel)
        => Count < 2 ? 0 : Math.Max((_squares[channel] - (_sums[channel] * _sums[channel] / Count)) / (Count - 1), 0);
}
