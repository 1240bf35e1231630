namespace LowBit.Quantization.Calibration;

/// <summary>
/// The step of least squared error <c>Σ(x − s·q(x))²</c>: a geometric scan down from the min-max step, then golden-section
/// search between the neighbours of the best one.
/// </summary>
/// <remarks>
/// The error is smooth and in practice has one minimum for a density; for a handful of values it has several, which is why
/// the scan comes first (as in BRECQ's 80 shrink steps, arXiv:2102.05426). Evaluations cost O(levels · log n).
/// </remarks>
internal static class StepSearch
{
    private const double Narrowest = 1.0 / 1024;
    private const double Tolerance = 1e-7;
    private static readonly double s_ratio = Math.Pow(2, -1.0 / 12);
    private static readonly double s_golden = (Math.Sqrt(5) - 1) / 2;

    /// <summary>The step of least squared error; 0 when no positive step can be better than another (all values zero or clipped to zero).</summary>
    public static double Minimize(IMoments values, CodeRange range, int zeroPoint)
    {
        double widest = SymmetricSteps.Cover(values.Low, values.High, range, zeroPoint);
        if (!(widest > 0))
        {
            return 0;
        }

        // Levels may stand a little outside the values; on odd codes all values may sit at the innermost levels, so that the
        // widest useful step is High times the covering one (values ±1 on the grid ±1, ±3 are kept exactly by step 1).
        double top = widest * (range.Stride == 2 ? range.High : 2);
        double best = double.PositiveInfinity;
        double at = top;
        for (double step = top; step > widest * Narrowest; step *= s_ratio)
        {
            double error = SquaredError(values, range, zeroPoint, step);
            if (error < best)
            {
                best = error;
                at = step;
            }
        }

        double refined = Golden(values, range, zeroPoint, at * s_ratio, at / s_ratio);
        return SquaredError(values, range, zeroPoint, refined) <= best ? refined : at;
    }

    /// <summary>Σ(x − s·(q(x) − z))² for the nearest code q of the range.</summary>
    public static double SquaredError(IMoments values, CodeRange range, int zeroPoint, double step)
    {
        double error = 0;
        Moments below = default;
        for (int code = range.Low; code <= range.High; code += range.Stride)
        {
            double level = (code - zeroPoint) * step;
            Moments upTo = values.Below(code == range.High ? double.PositiveInfinity : level + (step * range.Stride / 2));
            error += (upTo - below).SquaredError(level);
            below = upTo;
        }

        return error;
    }

    private static double Golden(IMoments values, CodeRange range, int zeroPoint, double low, double high)
    {
        double a = high - (s_golden * (high - low));
        double b = low + (s_golden * (high - low));
        double errorA = SquaredError(values, range, zeroPoint, a);
        double errorB = SquaredError(values, range, zeroPoint, b);
        while (high - low > Tolerance * high)
        {
            if (errorA <= errorB)
            {
                (high, b, errorB) = (b, a, errorA);
                a = high - (s_golden * (high - low));
                errorA = SquaredError(values, range, zeroPoint, a);
            }
            else
            {
                (low, a, errorA) = (a, b, errorB);
                b = low + (s_golden * (high - low));
                errorB = SquaredError(values, range, zeroPoint, b);
            }
        }

        return (low + high) / 2;
    }
}
