using LowBit.Search.Numerics;
using LowBit.Search.State;

namespace LowBit.Search.Boxes;

/// <summary>
/// pycma's adaptive penalty: f(clip(x)) + mean_j γ_j (x_j - clip(x)_j)². The weights γ start once the mean leaves the box, at twice the median of
/// (interquartile range of f / mean variance), grow where the mean is far outside and shrink where they are needlessly large.
/// Hansen, Niederberger, Guzzella and Koumoutsakos, IEEE Trans. Evolutionary Computation 13(1), 2009, section III-B.
/// </summary>
internal sealed class AdaptivePenalty(int dimension, int population, double muEff)
{
    private readonly double[] _weights = new double[dimension];
    private readonly List<double> _history = [];
    private bool _started;

    /// <summary>What a point pays for its distance from the box.</summary>
    public double Of(ReadOnlySpan<double> point, Coordinates box)
    {
        double sum = 0;
        for (int j = 0; j < dimension; j++)
        {
            double outside = point[j] - Math.Clamp(point[j], box.Lower[j], box.Upper[j]);
            sum += _weights[j] * outside * outside;
        }

        return sum / dimension;
    }

    /// <summary>Adapts the weights to a generation's values (before penalties) and to where the mean is.</summary>
    public void Adapt(ReadOnlySpan<double> values, ReadOnlySpan<double> mean, ReadOnlySpan<double> deviations, Coordinates box)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        int count = sorted.Length + 1;
        double meanVariance = VectorMath.Dot(deviations, deviations) / dimension;
        double range = (sorted[Math.Min(3 * count / 4, sorted.Length - 1)] - sorted[count / 4]) / meanVariance;
        if (double.IsFinite(range) && range > 0)
        {
            _history.Insert(0, range);
        }

        if (_history.Count > 20 + (3.0 * dimension / population))
        {
            _history.RemoveAt(_history.Count - 1);
        }

        if (_history.Count > 0)
        {
            AdaptWeights(VectorMath.Median(_history.ToArray()), mean, deviations, box);
        }
    }

    public void Sync(StateArchive archive)
    {
        archive.Fill(_weights);
        archive.List(_history);
        _started = archive.Value(_started);
    }

    private void AdaptWeights(double level, ReadOnlySpan<double> mean, ReadOnlySpan<double> deviations, Coordinates box)
    {
        double damping = Math.Min(1, muEff / (10 * dimension));
        double free = 3 * Math.Max(1, Math.Sqrt(dimension) / muEff);
        double[] outside = new double[dimension];
        for (int j = 0; j < dimension; j++)
        {
            outside[j] = Math.Abs(mean[j] - Math.Clamp(mean[j], box.Lower[j], box.Upper[j])) / deviations[j];
        }

        if (!_started && Array.Exists(outside, d => d > 0))
        {
            Array.Fill(_weights, 2 * level);
            _started = true;
        }

        for (int j = 0; _started && j < dimension; j++)
        {
            _weights[j] *= Math.Exp(damping * Math.Tanh(Math.Max(0, outside[j] - free) / 3) / 2);
            if (_weights[j] > 5 * level)
            {
                _weights[j] *= Math.Exp(-damping / 3);
            }
        }
    }
}
