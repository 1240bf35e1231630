using LowBit.Search.Numerics;
using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>
/// CMA-ES with Margin (Hamano, Saito, Nomura and Shirakawa, GECCO 2022, arXiv 2205.13482): a diagonal matrix A widens the distribution for encoding
/// only, v = m + A (x - m) rounded; after each update A and m are corrected so that every neighbouring value keeps the probability α (binary, or at
/// the ends of the list) or α/2 on each side.
/// </summary>
internal sealed class Margin
{
    private readonly Coordinates _coordinates;
    private readonly double _alpha;
    private readonly double[] _widening;

    public Margin(Coordinates coordinates, double alpha)
    {
        (_coordinates, _alpha) = (coordinates, alpha);
        _widening = new double[coordinates.Count];
        Array.Fill(_widening, 1);
    }

    /// <summary>x becomes m + A (x - m) in the coordinates that have a list.</summary>
    public void Encode(double[] x, double[] mean)
    {
        for (int j = 0; j < x.Length; j++)
        {
            if (_coordinates.Values[j] is not null)
            {
                x[j] = mean[j] + (_widening[j] * (x[j] - mean[j]));
            }
        }
    }

    /// <summary>Moves the mean and A so that the margins hold.</summary>
    public void Correct(double[] mean, double sigma, ICovariance covariance)
    {
        for (int j = 0; j < mean.Length; j++)
        {
            if (_coordinates.Thresholds[j] is not { } thresholds)
            {
                continue;
            }

            int cell = _coordinates.Cell(j, mean[j]);
            double low = thresholds[Math.Max(cell - 1, 0)], up = thresholds[Math.Min(cell, thresholds.Length - 1)];
            double deviation = sigma * covariance.Deviation(j), wide = _widening[j] * deviation;
            double below = NormalDistribution.Cdf((low - mean[j]) / wide), above = NormalDistribution.Cdf((mean[j] - up) / wide);
            if (low == up || Math.Max(below, above) > 0.5)
            {
                if (Math.Min(below, above) < _alpha)
                {
                    mean[j] = up + (Math.Sign(mean[j] - up) * wide * Quantile(_alpha));
                }
            }
            else
            {
                double middle = 1 - below - above;
                (double lowSide, double upSide) = (Quantile(Lifted(below, above, middle)), Quantile(Lifted(above, below, middle)));
                _widening[j] = (up - low) / ((lowSide + upSide) * deviation);
                mean[j] = ((low * upSide) + (up * lowSide)) / (lowSide + upSide);
            }
        }
    }

    public void Sync(StateArchive archive) => archive.Fill(_widening);

    /// <summary>One side's probability lifted to α/2, the excess taken from all in proportion to what they have above α/2.</summary>
    private double Lifted(double side, double other, double middle)
    {
        double half = _alpha / 2;
        double mine = Math.Max(half, side), others = Math.Max(half, other);
        double lifted = mine + ((1 - mine - others - middle) * (mine - half) / (mine + middle + others - (3 * half)));
        return Math.Clamp(lifted, 1e-10, 0.5 - 1e-10);
    }

    /// <summary>How many standard deviations from the mean the tail of this probability begins.</summary>
    private static double Quantile(double tail) => -NormalDistribution.InverseCdf(tail);
}
