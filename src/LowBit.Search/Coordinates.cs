namespace LowBit.Search;

/// <summary>
/// The free coordinates of a space, as an optimiser numbers them: fixed ones are left out, lists of values carry the thresholds halfway
/// between neighbours, and bounds of a list lie half a step outside its first and last value.
/// </summary>
internal sealed class Coordinates
{
    private readonly int[] _index;
    private readonly double[] _template;

    /// <param name="space">The space.</param>
    /// <param name="openIntegers">True leaves coordinates with a list without bounds: rounding alone keeps them in the list.</param>
    public Coordinates(SearchSpace space, bool openIntegers = false)
    {
        Dimension = space.Dimension;
        _template = new double[Dimension];
        _index = [.. Enumerable.Range(0, Dimension).Where(j => space.Lower(j) < space.Upper(j))];
        if (_index.Length == 0)
        {
            throw new ArgumentException("every coordinate of the space is fixed; leave at least one free");
        }

        for (int j = 0; j < Dimension; j++)
        {
            _template[j] = space.Lower(j);
        }

        Values = [.. _index.Select(j => space.Values(j).IsEmpty ? null : space.Values(j).ToArray())];
        Thresholds = [.. Values.Select(list => list?.Zip(list.Skip(1), static (a, b) => a + ((b - a) / 2)).ToArray())];
        Lower = [.. _index.Select((j, i) => Values[i] is not { } list ? space.Lower(j) : openIntegers ? double.NegativeInfinity : list[0] - ((list[1] - list[0]) / 2))];
        Upper = [.. _index.Select((j, i) => Values[i] is not { } list ? space.Upper(j) : openIntegers ? double.PositiveInfinity : list[^1] + ((list[^1] - list[^2]) / 2))];
    }

    /// <summary>Coordinates of a point outside.</summary>
    public int Dimension { get; }

    /// <summary>Free coordinates, n.</summary>
    public int Count => _index.Length;

    /// <summary>Lower bounds, [n].</summary>
    public double[] Lower { get; }

    /// <summary>Upper bounds, [n].</summary>
    public double[] Upper { get; }

    /// <summary>Allowed values of a coordinate, null where it is real, [n].</summary>
    public double[]?[] Values { get; }

    /// <summary>Midpoints between allowed values, null where the coordinate is real, [n].</summary>
    public double[]?[] Thresholds { get; }

    public bool HasIntegers => Array.Exists(Values, list => list is not null);

    public bool HasBounds(int j) => double.IsFinite(Lower[j]) || double.IsFinite(Upper[j]);

    /// <summary>The free part of a point.</summary>
    public double[] Take(ReadOnlySpan<double> point)
    {
        double[] free = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            free[i] = point[_index[i]];
        }

        return free;
    }

    /// <summary>The point that belongs to a free part: integers rounded to the nearest allowed value, bounds respected.</summary>
    public double[] Point(ReadOnlySpan<double> free)
    {
        double[] point = (double[])_template.Clone();
        for (int i = 0; i < Count; i++)
        {
            point[_index[i]] = Values[i] is null ? Math.Clamp(free[i], Lower[i], Upper[i]) : Values[i]![Cell(i, free[i])];
        }

        return point;
    }

    /// <summary>The number of the allowed value that is nearest; on a threshold the lower one.</summary>
    public int Cell(int j, double x)
    {
        double[] thresholds = Thresholds[j]!;
        int low = 0, high = thresholds.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = thresholds[middle] < x ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The allowed value nearest to x.</summary>
    public double Nearest(int j, double x) => Values[j]![Cell(j, x)];

    /// <summary>Distance between neighbouring values around x; 0 where the coordinate is real.</summary>
    public double Step(int j, double x)
    {
        if (Values[j] is not { } list)
        {
            return 0;
        }

        int cell = Math.Min(Cell(j, x), list.Length - 2);
        return list[cell + 1] - list[cell];
    }
}
