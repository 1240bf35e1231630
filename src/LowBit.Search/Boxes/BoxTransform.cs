namespace LowBit.Search.Boxes;

/// <summary>
/// pycma's map of the real line into [lower, upper]: the identity inside margins a = min((upper - lower)/2, max(1, |bound|)/20), a parabola
/// lower + (x - (lower - a))² / (4a) within a of the bound on either side, mirrored there, and periodic. Once continuously differentiable.
/// </summary>
internal readonly struct BoxTransform
{
    private readonly double _lower;
    private readonly double _upper;
    private readonly double _marginLow;
    private readonly double _marginHigh;

    public BoxTransform(double lower, double upper)
    {
        (_lower, _upper) = (lower, upper);
        _marginLow = Math.Min((upper - lower) / 2, 0.05 * Math.Max(1, Math.Abs(lower)));
        _marginHigh = Math.Min((upper - lower) / 2, 0.05 * Math.Max(1, Math.Abs(upper)));
    }

    /// <summary>The feasible value that x stands for.</summary>
    public double Map(double x)
    {
        bool low = double.IsFinite(_lower), high = double.IsFinite(_upper);
        if (low && high)
        {
            double width = _upper - _lower;
            double start = _lower - (2 * _marginLow) - (width / 2);
            double period = 2 * (width + _marginLow + _marginHigh);
            x -= period * Math.Floor((x - start) / period);
        }

        if (high && x > _upper + _marginHigh)
        {
            x = (2 * (_upper + _marginHigh)) - x;
        }

        if (low && x < _lower - _marginLow)
        {
            x = (2 * (_lower - _marginLow)) - x;
        }

        if (low && x < _lower + _marginLow)
        {
            double d = x - (_lower - _marginLow);
            x = _lower + (d * d / (4 * _marginLow));
        }
        else if (high && x > _upper - _marginHigh)
        {
            double d = x - (_upper + _marginHigh);
            x = _upper - (d * d / (4 * _marginHigh));
        }

        return x;
    }

    /// <summary>The x nearest to the box's middle with Map(x) = y.</summary>
    public double Inverse(double y)
    {
        if (double.IsFinite(_lower) && y < _lower + _marginLow)
        {
            return _lower - _marginLow + (2 * Math.Sqrt(_marginLow * (y - _lower)));
        }

        return double.IsFinite(_upper) && y > _upper - _marginHigh ? _upper + _marginHigh - (2 * Math.Sqrt(_marginHigh * (_upper - y))) : y;
    }
}
