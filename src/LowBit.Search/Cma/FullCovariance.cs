using LowBit.Search.Numerics;
using LowBit.Search.State;

namespace LowBit.Search.Cma;

/// <summary>Any symmetric positive definite matrix, with its eigen-decomposition.</summary>
internal sealed class FullCovariance : ICovariance
{
    private readonly int _n;
    private readonly double[] _matrix;
    private readonly double[] _axes; // row j is eigenvector j
    private readonly double[] _roots; // √eigenvalue, ascending

    public FullCovariance(ReadOnlySpan<double> deviations)
    {
        _n = deviations.Length;
        _matrix = new double[_n * _n];
        _axes = new double[_n * _n];
        _roots = new double[_n];
        for (int j = 0; j < _n; j++)
        {
            _matrix[(j * _n) + j] = deviations[j] * deviations[j];
        }

        Refresh();
    }

    public double Condition => _roots[^1] / _roots[0] * (_roots[^1] / _roots[0]);

    public double LargestDeviation => _roots[^1];

    public double Deviation(int j) => Math.Sqrt(_matrix[(j * _n) + j]);

    public void Color(ReadOnlySpan<double> z, Span<double> y)
    {
        y.Clear();
        for (int j = 0; j < _n; j++)
        {
            VectorMath.AddScaled(y, _roots[j] * z[j], Row(_axes, j));
        }
    }

    public void Whiten(ReadOnlySpan<double> y, Span<double> whitened)
    {
        whitened.Clear();
        for (int j = 0; j < _n; j++)
        {
            ReadOnlySpan<double> axis = Row(_axes, j);
            VectorMath.AddScaled(whitened, VectorMath.Dot(axis, y) / _roots[j], axis);
        }
    }

    public double WhitenedSquare(ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (int j = 0; j < _n; j++)
        {
            double t = VectorMath.Dot(Row(_axes, j), y) / _roots[j];
            sum += t * t;
        }

        return sum;
    }

    public void Axis(int j, Span<double> axis)
    {
        Row(_axes, j).CopyTo(axis);
        VectorMath.Scale(axis, _roots[j]);
    }

    public void Update(double decay, double c1, ReadOnlySpan<double> path, ReadOnlySpan<double> weights, double[][] steps)
    {
        for (int i = 0; i < _n; i++)
        {
            Span<double> row = _matrix.AsSpan(i * _n, i + 1);
            VectorMath.Scale(row, decay);
            VectorMath.AddScaled(row, c1 * path[i], path);
            for (int k = 0; k < weights.Length; k++)
            {
                VectorMath.AddScaled(row, weights[k] * steps[k][i], steps[k]);
            }

            for (int j = 0; j < i; j++)
            {
                _matrix[(j * _n) + i] = row[j]; // the upper half is a copy: C stays symmetric to the bit
            }
        }
    }

    public void ScaleCoordinate(int j, double factor)
    {
        for (int k = 0; k < _n; k++)
        {
            _matrix[(j * _n) + k] *= factor;
            _matrix[(k * _n) + j] *= factor;
        }
    }

    public void Refresh()
    {
        double previous = Math.Max(_roots[0] * _roots[0], 1e-300);
        SymmetricEigen.Decompose(_matrix, _roots, _axes);
        if (_roots[0] <= 0)
        {
            // Rounding made C indefinite: lift the whole spectrum, the eigenvectors stay.
            double lift = previous - _roots[0];
            for (int j = 0; j < _n; j++)
            {
                _matrix[(j * _n) + j] += lift;
                _roots[j] += lift;
            }
        }

        for (int j = 0; j < _n; j++)
        {
            _roots[j] = Math.Sqrt(_roots[j]);
        }
    }

    public void Sync(StateArchive archive)
    {
        archive.Fill(_matrix);
        archive.Fill(_axes);
        archive.Fill(_roots);
    }

    private ReadOnlySpan<double> Row(double[] matrix, int j) => matrix.AsSpan(j * _n, _n);
}
