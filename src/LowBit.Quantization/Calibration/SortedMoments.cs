namespace LowBit.Quantization.Calibration;

/// <summary>Exact partial moments of values in memory: sorted, with prefix sums.</summary>
internal sealed class SortedMoments : IMoments
{
    private readonly float[] _sorted;
    private readonly double[] _sums;
    private readonly double[] _squares;

    /// <summary>Sorts a copy of the values. Finite values only.</summary>
    public SortedMoments(ReadOnlySpan<float> values)
    {
        _sorted = values.ToArray();
        Array.Sort(_sorted);
        _sums = new double[_sorted.Length + 1];
        _squares = new double[_sorted.Length + 1];
        for (int i = 0; i < _sorted.Length; i++)
        {
            double x = _sorted[i];
            _sums[i + 1] = _sums[i] + x;
            _squares[i + 1] = _squares[i] + (x * x);
        }
    }

    /// <inheritdoc/>
    public double Low => _sorted.Length == 0 ? 0 : _sorted[0];

    /// <inheritdoc/>
    public double High => _sorted.Length == 0 ? 0 : _sorted[^1];

    /// <inheritdoc/>
    public Moments Below(double border)
    {
        int low = 0;
        int high = _sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_sorted[middle] < border)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return new(low, _sums[low], _squares[low]);
    }
}
