using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>A diagonal matrix: sep-CMA-ES (Ros and Hansen, PPSN 2008). Its axes are the coordinates.</summary>
internal sealed class DiagonalCovariance : ICovariance
{
    private readonly double[] _variance;

    public DiagonalCovariance(ReadOnlySpan<double> deviations)
    {
        _variance = new double[deviations.Length];
        for (int j = 0; j < _variance.Length; j++)
        {
            _variance[j] = deviations[j] * deviations[j];
        }
    }

    public double Condition => _variance.Max() / _variance.Min();

    public double LargestDeviation => Math.Sqrt(_variance.Max());

    public double Deviation(int j) => Math.Sqrt(_variance[j]);

    public void Color(ReadOnlySpan<double> z, Span<double> y)
    {
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = Math.Sqrt(_variance[j]) * z[j];
        }
    }

    public void Whiten(ReadOnlySpan<double> y, Span<double> whitened)
    {
        for (int j = 0; j < y.Length; j++)
        {
            whitened[j] = y[j] / Math.Sqrt(_variance[j]);
        }
    }

    public double WhitenedSquare(ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int j = 0; j < y.Length; j++)
        {
            sum += y[j] * y[j] / _variance[j];
        }

        return sum;
    }

    public void Axis(int j, Span<double> axis)
    {
        axis.Clear();
        axis[j] = Math.Sqrt(_variance[j]);
    }

    public void Update(double decay, double c1, ReadOnlySpan<double> path, ReadOnlySpan<double> weights, double[][] steps)
    {
        for (int j = 0; j < _variance.Length; j++)
        {
            double sum = (decay * _variance[j]) + (c1 * path[j] * path[j]);
            for (int k = 0; k < weights.Length; k++)
            {
                sum += weights[k] * steps[k][j] * steps[k][j];
            }

            _variance[j] = sum;
        }
    }

    public void ScaleCoordinate(int j, double factor) => _variance[j] *= factor * factor;

    public void Refresh()
    {
        for (int j = 0; j < _variance.Length; j++)
        {
            _variance[j] = Math.Max(_variance[j], 1e-300);
        }
    }

    public void Sync(StateArchive archive) => archive.Fill(_variance);
}
