namespace LowBit.Tensors;

/// <summary>
/// The sizes of a tensor, slowest dimension first; the elements are dense and row-major. A shape without dimensions is a
/// single number. A size may be 0, then the tensor has no element.
/// </summary>
/// <example><c>new Shape(2, 3)</c> prints <c>[2, 3]</c>, has rank 2 and length 6.</example>
public sealed class Shape : IEquatable<Shape>
{
    private readonly int[] _sizes;

    /// <summary>Creates a shape.</summary>
    /// <param name="sizes">One size per dimension, each 0 or more.</param>
    /// <exception cref="ArgumentException">A size is negative or the product exceeds 2^31 − 1.</exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        _sizes = sizes.ToArray();
        long length = 1;
        foreach (int size in _sizes)
        {
            length = size < 0 || length > int.MaxValue ? -1 : length * size;
            if (length < 0)
            {
                break;
            }
        }

        if (length is < 0 or > int.MaxValue)
        {
            throw new ArgumentException($"a shape needs sizes of 0 or more and at most {int.MaxValue} elements, got {this}", nameof(sizes));
        }

        Length = (int)length;
    }

    /// <summary>The shape of a single number, <c>[]</c>.</summary>
    public static Shape Scalar { get; } = new();

    /// <summary>Number of dimensions.</summary>
    public int Rank => _sizes.Length;

    /// <summary>Number of elements: the product of the sizes, 1 for a single number.</summary>
    public int Length { get; }

    /// <summary>The sizes, slowest first.</summary>
    public ReadOnlySpan<int> Sizes => _sizes;

    /// <summary>The size of one dimension.</summary>
    /// <param name="dimension">0 is the slowest; negative numbers count from the end, −1 is the fastest.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
    public int this[int dimension]
    {
        get
        {
            int at = dimension < 0 ? dimension + Rank : dimension;
            if ((uint)at >= (uint)Rank)
            {
                throw new ArgumentOutOfRangeException(nameof(dimension), dimension, $"shape {this} has dimensions 0 to {Rank - 1}");
            }

            return _sizes[at];
        }
    }

    /// <summary>True when both shapes have the same sizes in the same order, or both are null.</summary>
    /// <param name="left">One shape.</param>
    /// <param name="right">The other shape.</param>
    public static bool operator ==(Shape? left, Shape? right) => left is null ? right is null : left.Equals(right);

    /// <summary>True unless both shapes have the same sizes in the same order.</summary>
    /// <param name="left">One shape.</param>
    /// <param name="right">The other shape.</param>
    public static bool operator !=(Shape? left, Shape? right) => !(left == right);

    /// <summary>The sizes as a new array.</summary>
    public int[] ToArray() => [.. _sizes];

    /// <inheritdoc/>
    public bool Equals(Shape? other) => other is not null && _sizes.AsSpan().SequenceEqual(other._sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Shape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int size in _sizes)
        {
            hash.Add(size);
        }

        return hash.ToHashCode();
    }

    /// <summary>The sizes in brackets, for example <c>[2, 3]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _sizes)}]";
}
