using LowBit.Search.Numerics;
using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>
/// Hansen's integer mutation ("A CMA-ES for mixed-integer nonlinear optimization", INRIA RR-7751, 2011): where a coordinate's standard deviation is
/// below half its spacing, some points of a generation get whole steps of random sign on top, and the step size ignores what such coordinates do.
/// </summary>
internal sealed class IntegerMutation
{
    private readonly Coordinates _coordinates;
    private readonly CmaConstants _constants;
    private readonly double[] _bestOffset;
    private readonly double[] _spacing;
    private int[] _masked = [];
    private int _count;

    public IntegerMutation(Coordinates coordinates, CmaConstants constants)
    {
        (_coordinates, _constants) = (coordinates, constants);
        _bestOffset = new double[coordinates.Count];
        _spacing = new double[coordinates.Count];
    }

    /// <summary>Chooses the coordinates of a generation, in random order, and how many points to mutate.</summary>
    public void Begin(double[] mean, double[] deviations, Philox random)
    {
        int n = mean.Length;
        for (int j = 0; j < n; j++)
        {
            _spacing[j] = _coordinates.Step(j, mean[j]);
        }

        _masked = [.. Enumerable.Range(0, n).Where(j => 2 * deviations[j] < _spacing[j])];
        for (int i = _masked.Length - 1; i > 0; i--)
        {
            int other = random.NextInt32(i + 1);
            (_masked[i], _masked[other]) = (_masked[other], _masked[i]);
        }

        int lambda = _constants.Lambda;
        _count = _masked.Length == 0 ? 0
            : _masked.Length == n ? lambda / 2
            : Math.Max(0, Math.Min((lambda / 10) + _masked.Length + 1, (lambda / 2) - 1));
    }

    /// <summary>
    /// Adds whole steps to point k: one step in one coordinate, taking turns, and geometrically distributed further ones that are absent with
    /// probability 0.7. The last point repeats what the best one of the generation before did.
    /// </summary>
    public void Mutate(int k, double[] x, Philox random)
    {
        if (k == _constants.Lambda - 1 && _count > 0)
        {
            foreach (int j in _masked)
            {
                x[j] += _bestOffset[j];
            }
        }
        else if (k < _count)
        {
            double none = Math.Pow(0.7, 1.0 / _masked.Length);
            int turn = _masked[k % _masked.Length];
            foreach (int j in _masked)
            {
                double steps = Math.Floor(Math.Log(1 - random.NextDouble()) / Math.Log(1 - none)) + (j == turn ? 1 : 0);
                x[j] += _spacing[j] * (random.NextDouble() < 0.5 ? -steps : steps);
            }
        }
    }

    /// <summary>Keeps the rounded distance of the generation's best point from the mean.</summary>
    public void Remember(double[] best, double[] mean)
    {
        for (int j = 0; j < best.Length; j++)
        {
            _bestOffset[j] = _coordinates.Values[j] is null ? 0 : _coordinates.Nearest(j, best[j]) - _coordinates.Nearest(j, mean[j]);
        }
    }

    /// <summary>Length of the step-size path over its expectation, without the coordinates whose deviation / √c_σ is below a fifth of their spacing.</summary>
    public double RelativeLength(double[] path, double[] mean, double[] deviations)
    {
        double square = 0;
        int count = 0;
        for (int j = 0; j < path.Length; j++)
        {
            if (deviations[j] / Math.Sqrt(_constants.Cs) >= _coordinates.Step(j, mean[j]) / 5)
            {
                square += path[j] * path[j];
                count++;
            }
        }

        return count == 0 ? 1 : Math.Sqrt(square) / CmaConstants.ExpectedNorm(count);
    }

    /// <summary>What the next generation draws from; the mask of the present one is made anew by <see cref="Begin"/>.</summary>
    public void Sync(StateArchive archive) => archive.Fill(_bestOffset);
}
