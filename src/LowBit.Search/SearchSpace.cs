using LowBit.Search.State;

namespace LowBit.Search;

/// <summary>
/// What a point may be: each coordinate is any real number, a real number between two bounds, or one of a list of values. A coordinate whose
/// bounds coincide (or whose list has one value) is fixed; the optimisers leave it out of their own dimension.
/// </summary>
public sealed class SearchSpace
{
    private readonly double[] _lower;
    private readonly double[] _upper;
    private readonly double[]?[] _values;

    private SearchSpace(double[] lower, double[] upper, double[]?[] values) => (_lower, _upper, _values) = (lower, upper, values);

    /// <summary>Number of coordinates.</summary>
    public int Dimension => _lower.Length;

    /// <summary>True when some coordinate has a list of at least two values.</summary>
    public bool HasIntegers => _values.Any(list => list is { Length: > 1 });

    /// <summary>All real vectors of <paramref name="dimension"/> coordinates.</summary>
    public static SearchSpace Unbounded(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        var (lower, upper) = (new double[dimension], new double[dimension]);
        Array.Fill(lower, double.NegativeInfinity);
        Array.Fill(upper, double.PositiveInfinity);
        return new SearchSpace(lower, upper, new double[]?[dimension]);
    }

    /// <summary>The box lower ≤ x ≤ upper; infinite bounds are none.</summary>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a lower bound is above its upper one.</exception>
    public static SearchSpace Box(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper)
    {
        if (lower.Length != upper.Length || lower.Length == 0)
        {
            throw new ArgumentException($"a box needs as many lower as upper bounds, it got {lower.Length} and {upper.Length}");
        }

        for (int j = 0; j < lower.Length; j++)
        {
            if (!(lower[j] <= upper[j]) || double.IsPositiveInfinity(lower[j]) || double.IsNegativeInfinity(upper[j]))
            {
                throw new ArgumentException($"coordinate {j} has the bounds {lower[j]} and {upper[j]}, of which no number lies between");
            }
        }

        return new SearchSpace(lower.ToArray(), upper.ToArray(), new double[]?[lower.Length]);
    }

    /// <summary>The cube lower ≤ x_j ≤ upper of <paramref name="dimension"/> coordinates.</summary>
    public static SearchSpace Box(int dimension, double lower, double upper)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        var (lows, highs) = (new double[dimension], new double[dimension]);
        Array.Fill(lows, lower);
        Array.Fill(highs, upper);
        return Box(lows, highs);
    }

    /// <summary>This space with one coordinate restricted to a list of values.</summary>
    /// <param name="coordinate">Which coordinate.</param>
    /// <param name="values">Finite, strictly ascending; any spacing.</param>
    /// <exception cref="ArgumentException">The list is empty or does not ascend, or there is no such coordinate.</exception>
    public SearchSpace WithValues(int coordinate, params ReadOnlySpan<double> values)
    {
        if ((uint)coordinate >= (uint)Dimension)
        {
            throw new ArgumentException($"there is no coordinate {coordinate} in a space of {Dimension}");
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]) || (i > 0 && values[i] <= values[i - 1]))
            {
                throw new ArgumentException($"the values of coordinate {coordinate} must be finite and ascend, but number {i} is {values[i]}");
            }
        }

        if (values.IsEmpty)
        {
            throw new ArgumentException($"the list of values of coordinate {coordinate} is empty; give at least one");
        }

        double[] lower = [.. _lower], upper = [.. _upper];
        double[]?[] lists = [.. _values];
        lower[coordinate] = values[0];
        upper[coordinate] = values[^1];
        lists[coordinate] = values.ToArray();
        return new SearchSpace(lower, upper, lists);
    }

    /// <summary>This space with one coordinate restricted to the integers low .. high.</summary>
    public SearchSpace WithIntegers(int coordinate, int low, int high)
    {
        if (low > high)
        {
            throw new ArgumentException($"coordinate {coordinate} cannot be an integer from {low} to {high}; give the smaller bound first");
        }

        double[] values = new double[high - low + 1];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = low + i;
        }

        return WithValues(coordinate, values);
    }

    /// <summary>Smallest value of a coordinate, -∞ where there is none.</summary>
    public double Lower(int coordinate) => _lower[coordinate];

    /// <summary>Largest value of a coordinate, +∞ where there is none.</summary>
    public double Upper(int coordinate) => _upper[coordinate];

    /// <summary>The allowed values of a coordinate, empty where it is real.</summary>
    public ReadOnlySpan<double> Values(int coordinate) => _values[coordinate];

    /// <summary>True when every coordinate of the point is allowed.</summary>
    public bool Contains(ReadOnlySpan<double> point)
    {
        bool inside = point.Length == Dimension;
        for (int j = 0; inside && j < point.Length; j++)
        {
            inside = point[j] >= _lower[j] && point[j] <= _upper[j] && (_values[j] is null || Array.IndexOf(_values[j]!, point[j]) >= 0);
        }

        return inside;
    }

    internal static SearchSpace? Sync(StateArchive archive, SearchSpace? space)
    {
        if (!archive.Value(space is not null))
        {
            return null;
        }

        double[] lower = archive.Array(space?._lower) ?? [], upper = archive.Array(space?._upper) ?? [];
        double[]?[] values = archive.Arrays(space?._values) ?? [];
        SearchSpace read = Box(lower, upper);
        for (int j = 0; j < values.Length; j++)
        {
            read = values[j] is { } list ? read.WithValues(j, list) : read;
        }

        return read;
    }
}
