namespace LowBit.Quantization.Calibration;

/// <summary>
/// A histogram of an endless stream in bounded memory. Bins are <c>[i·w, (i+1)·w)</c> with a power of two w; when a value
/// falls outside the window, w doubles and neighbouring bins merge, which is exact because all borders are multiples of w.
/// </summary>
/// <remarks>
/// w is always the smallest power of two for which the values seen fit into the bins (and at least 2^−24 of the largest
/// magnitude), so the histogram of a stream does not depend on its order nor on how it was cut into batches.
/// </remarks>
public sealed class StreamingHistogram : IMoments
{
    /// <summary>Bins when nothing else is asked for: 64 KiB, and at least 2048 bins between the extremes once they differ enough.</summary>
    public const int DefaultBins = 4096;

    private const int FinestBits = 24;
    private readonly long[] _bins;
    private long _first;
    private int _exponent = int.MinValue;
    private Moments[]? _prefix;

    /// <summary>Creates an empty histogram.</summary>
    /// <param name="bins">Number of bins, 16 or more; memory is 8 bytes each.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bins"/> is below 16.</exception>
    public StreamingHistogram(int bins = DefaultBins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 16);
        _bins = new long[bins];
    }

    /// <summary>Values seen.</summary>
    public long Count { get; private set; }

    /// <summary>The smallest value seen, exactly; 0 before the first.</summary>
    public double Low { get; private set; }

    /// <summary>The largest value seen, exactly; 0 before the first.</summary>
    public double High { get; private set; }

    /// <summary>Width of a bin; 0 before the first non-zero value.</summary>
    public double BinWidth => _exponent == int.MinValue ? 0 : Math.ScaleB(1, _exponent);

    /// <summary>Lower border of the first bin.</summary>
    public double FirstBorder => _first * BinWidth;

    /// <summary>Values per bin.</summary>
    public ReadOnlySpan<long> Bins => _bins;

    /// <summary>Counts values.</summary>
    /// <param name="values">Finite values, any number.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite; nothing was counted.</exception>
    public void Add(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        (float low, float high) = ValueRange.Of(values);
        Low = Count == 0 ? low : Math.Min(Low, low);
        High = Count == 0 ? high : Math.Max(High, high);
        Count += values.Length;
        _prefix = null;
        Widen();
        double inverse = _exponent == int.MinValue ? 0 : Math.ScaleB(1, -_exponent);
        long first = _first;
        long[] bins = _bins;
        foreach (float value in values)
        {
            bins[(long)Math.Floor(value * inverse) - first]++;
        }
    }

    /// <summary>
    /// The value below which a share of the stream lies, linear within a bin and never outside the values seen.
    /// </summary>
    /// <param name="share">0 to 1. Example: 0.999 for the 99.9th percentile.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is outside 0 to 1.</exception>
    public double Quantile(double share)
    {
        if (!(share >= 0 && share <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, $"a share lies between 0 and 1, got {share}");
        }

        double wanted = share * Count;
        double seen = 0;
        for (int i = 0; i < _bins.Length; i++)
        {
            if (_bins[i] > 0 && seen + _bins[i] >= wanted)
            {
                return Math.Clamp((_first + i + ((wanted - seen) / _bins[i])) * BinWidth, Low, High);
            }

            seen += _bins[i];
        }

        return High;
    }

    /// <summary>
    /// The magnitude below which a share of the stream's magnitudes lies, linear within a bin.
    /// </summary>
    /// <param name="share">0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is outside 0 to 1.</exception>
    public double MagnitudeQuantile(double share)
    {
        if (!(share >= 0 && share <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, $"a share lies between 0 and 1, got {share}");
        }

        double wanted = share * Count;
        double seen = 0;
        long largest = Math.Max(Math.Abs(_first), Math.Abs(_first + _bins.Length));
        for (long i = 0; i < largest; i++)
        {
            long here = At(i) + At(-1 - i);
            if (here > 0 && seen + here >= wanted)
            {
                return Math.Min((i + ((wanted - seen) / here)) * BinWidth, Math.Max(-Low, High));
            }

            seen += here;
        }

        return Math.Max(-Low, High);
    }

    /// <summary>Values per bin of magnitudes, up to the last one that is not empty: of |x|, or of the values from zero up.</summary>
    internal long[] Magnitudes(bool bothSides)
    {
        var bins = new long[Math.Max(Math.Abs(_first), Math.Abs(_first + _bins.Length))];
        int used = 0;
        for (int i = 0; i < bins.Length; i++)
        {
            bins[i] = At(i) + (bothSides ? At(-1 - i) : 0);
            used = bins[i] > 0 ? i + 1 : used;
        }

        return bins[..used];
    }

    /// <summary>Moments of the values below a border, with values spread evenly over their bin.</summary>
    Moments IMoments.Below(double border)
    {
        _prefix ??= BuildPrefix();
        if (double.IsPositiveInfinity(border) || BinWidth == 0)
        {
            return border > 0 ? _prefix[^1] : default;
        }

        double position = (border / BinWidth) - _first;
        if (position <= 0)
        {
            return default;
        }

        int bin = (int)Math.Min(Math.Floor(position), _bins.Length);
        return bin == _bins.Length ? _prefix[^1] : _prefix[bin] + Part(bin, position - bin);
    }

    private long At(long index)
    {
        long i = index - _first;
        return i >= 0 && i < _bins.Length ? _bins[i] : 0;
    }

    /// <summary>Moments of the lower <paramref name="share"/> of a bin of evenly spread values.</summary>
    private Moments Part(int bin, double share)
    {
        double n = _bins[bin] * share;
        double low = (_first + bin) * BinWidth;
        double width = share * BinWidth;
        double mean = low + (width / 2);
        return new(n, n * mean, n * ((mean * mean) + (width * width / 12)));
    }

    private Moments[] BuildPrefix()
    {
        var prefix = new Moments[_bins.Length + 1];
        for (int i = 0; i < _bins.Length; i++)
        {
            prefix[i + 1] = _bins[i] == 0 ? prefix[i] : prefix[i] + Part(i, 1);
        }

        return prefix;
    }

    /// <summary>Gives the window the smallest bin width that holds all values seen.</summary>
    private void Widen()
    {
        double largest = Math.Max(Math.Abs(Low), Math.Abs(High));
        if (largest == 0)
        {
            return;
        }

        int exponent = Math.Max(_exponent, Math.ILogB(largest) - FinestBits);
        while (Math.Floor(Math.ScaleB(High, -exponent)) - Math.Floor(Math.ScaleB(Low, -exponent)) >= _bins.Length)
        {
            exponent++;
        }

        long first = (long)Math.Floor(Math.ScaleB(Low, -exponent));
        if (_exponent == int.MinValue)
        {
            // Only zeros so far, all in the first bin.
            long zeros = _bins[0];
            _bins[0] = 0;
            _first = first;
            _exponent = exponent;
            if (zeros > 0)
            {
                _bins[-first] = zeros;
            }

            return;
        }

        if (exponent != _exponent || first != _first)
        {
            Move(exponent, first);
        }
    }

    private void Move(int exponent, long first)
    {
        var old = new long[_bins.Length];
        _bins.CopyTo(old, 0);
        Array.Clear(_bins);
        // Beyond 62 doublings every old bin lands in bin 0 or −1, as the arithmetic shift by 62 says too.
        int shift = Math.Min(exponent - _exponent, 62);
        for (int i = 0; i < old.Length; i++)
        {
            if (old[i] > 0)
            {
                _bins[((_first + i) >> shift) - first] += old[i];
            }
        }

        _first = first;
        _exponent = exponent;
    }
}
