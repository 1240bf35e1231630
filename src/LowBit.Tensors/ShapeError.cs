namespace LowBit.Tensors;

/// <summary>The one sentence about shapes that do not fit: op, rule, and every shape.</summary>
public static class ShapeError
{
    /// <summary>An exception that prints both shapes.</summary>
    /// <param name="op">The op, for example <c>Linear</c>.</param>
    /// <param name="rule">What must hold, for example <c>x is [batch, in] and w is [out, in] with equal in</c>.</param>
    /// <param name="a">First tensor.</param>
    /// <param name="b">Second tensor.</param>
    public static ArgumentException Of(string op, string rule, Tensor a, Tensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return new ArgumentException($"{op}: {rule}; got {a.Shape} and {b.Shape}");
    }

    /// <summary>An exception that prints the shape.</summary>
    /// <param name="op">The op, for example <c>MaxPool2d</c>.</param>
    /// <param name="rule">What must hold, for example <c>x is [batch, height, width, channels]</c>.</param>
    /// <param name="a">The tensor.</param>
    public static ArgumentException Of(string op, string rule, Tensor a)
    {
        ArgumentNullException.ThrowIfNull(a);
        return new ArgumentException($"{op}: {rule}; got {a.Shape}");
    }
}
