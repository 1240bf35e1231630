namespace LowBit.Search.Boxes;

/// <summary>The transforms of all bounded coordinates.</summary>
internal sealed class BoxMap
{
    private readonly BoxTransform?[] _transforms;

    public BoxMap(Coordinates coordinates)
    {
        _transforms = new BoxTransform?[coordinates.Count];
        for (int j = 0; j < _transforms.Length; j++)
        {
            _transforms[j] = coordinates.HasBounds(j) ? new BoxTransform(coordinates.Lower[j], coordinates.Upper[j]) : null;
        }
    }

    /// <summary>Folds a point of the unbounded space into the box, in place.</summary>
    public void Map(double[] x)
    {
        for (int j = 0; j < x.Length; j++)
        {
            x[j] = _transforms[j] is { } transform ? transform.Map(x[j]) : x[j];
        }
    }

    /// <summary>Replaces a point of the box by one that folds into it.</summary>
    public void Unmap(double[] x)
    {
        for (int j = 0; j < x.Length; j++)
        {
            x[j] = _transforms[j] is { } transform ? transform.Inverse(x[j]) : x[j];
        }
    }
}
