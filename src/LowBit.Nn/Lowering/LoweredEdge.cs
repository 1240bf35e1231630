using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering.Graph;

namespace LowBit.Nn.Lowering;

/// <summary>
/// What is known about a tensor while a model is evaluated symbolically: either codes, or a real value that has no codes yet,
/// <c>clamp(alpha[c]·n + beta[c] + residual)</c> over a sum n (of a convolution or a window) or over codes n. Layers pass it through
/// <see cref="LoweringContext"/>; a quantizer turns it into codes.
/// </summary>
public sealed class LoweredEdge
{
    internal LoweredEdge(CodeTensor codes)
    {
        Codes = codes;
        Height = codes.Height;
        Width = codes.Width;
        Channels = codes.Channels;
    }

    private LoweredEdge(LoweredEdge other)
    {
        Codes = other.Codes;
        Sum = other.Sum;
        Alpha = other.Alpha;
        Beta = other.Beta;
        Residual = other.Residual;
        Low = other.Low;
        High = other.High;
        Pools = other.Pools;
        Height = other.Height;
        Width = other.Width;
        Channels = other.Channels;
    }

    private LoweredEdge(SumStep sum, double[] alpha, double[] beta)
    {
        Sum = sum;
        Alpha = alpha;
        Beta = beta;
        Height = sum.Height;
        Width = sum.Width;
        Channels = sum.Channels;
    }

    /// <summary>Rows.</summary>
    public int Height { get; private init; }

    /// <summary>Columns.</summary>
    public int Width { get; private init; }

    /// <summary>Channels; all values after a flatten.</summary>
    public int Channels { get; private init; }

    /// <summary>True when the tensor has codes and nothing is pending on them, so that a convolution can read it.</summary>
    public bool IsCodes => Codes is not null && Alpha is null && Low is null && High is null;

    internal CodeTensor? Codes { get; private init; }

    internal SumStep? Sum { get; private init; }

    /// <summary>Real units per unit of the sum; on codes, factor of the real value; null for none.</summary>
    internal double[]? Alpha { get; private init; }

    internal double[]? Beta { get; private init; }

    internal CodeTensor? Residual { get; private init; }

    /// <summary>Lower clamp, real; null for none.</summary>
    internal float? Low { get; private init; }

    /// <summary>Upper clamp, real; null for none.</summary>
    internal float? High { get; private init; }

    /// <summary>Maximum poolings that wait for the codes: rounding is monotone, so codes may be pooled instead of values.</summary>
    internal IReadOnlyList<(string Path, PoolShape Shape)> Pools { get; private init; } = [];

    internal static LoweredEdge OfSum(SumStep sum, double[] alpha, double[] beta) => new(sum, alpha, beta);

    internal LoweredEdge WithAffine(double[] alpha, double[] beta) => new(this) { Alpha = alpha, Beta = beta };

    internal LoweredEdge WithClamp(float? low, float? high) => new(this) { Low = low, High = high };

    internal LoweredEdge WithResidual(CodeTensor residual) => new(this) { Residual = residual };

    internal LoweredEdge WithPool(string path, PoolShape shape)
        => new(this) { Pools = [.. Pools, (path, shape)], Height = shape.OutHeight, Width = shape.OutWidth };

    internal LoweredEdge WithShape(int height, int width, int channels) => new(this) { Height = height, Width = width, Channels = channels };
}
