using System.Numerics;
using LowBit.Kernels.Requantization;
using LowBit.Runtime.Models;

namespace LowBit.Runtime.Tests;

/// <summary>Evaluates a model by the formulas in its nodes' documentation, in big integers, one image at a time.</summary>
internal static class ModelOracle
{
    public static int[][] Run(IntegerModel model, ReadOnlySpan<byte> image)
    {
        var edges = new int[model.Edges.Count][];
        edges[0] = [.. image.ToArray().Select(p => (int)p)];
        foreach (IntegerNode node in model.Nodes)
        {
            switch (node)
            {
                case LookupNode n:
                    int channels = model.Edges[n.Input].Channels;
                    edges[n.Output] = [.. edges[n.Input].Select((x, i) => (int)n.Table[(n.PerChannel ? i % channels * 256 : 0) + x])];
                    break;
                case ShortcutNode n:
                    edges[n.Output] = Shortcut(n, edges[n.Input], model.Edges[n.Input].ZeroPoint);
                    break;
                case MaxPoolNode n:
                    var window = new Grid(n.Shape.Height, n.Shape.Width, n.Shape.Channels, n.Shape.KernelHeight, n.Shape.KernelWidth, n.Shape.Stride, n.Shape.Padding);
                    edges[n.Output] = [.. Windows(window).Select(w => Enumerable.Range(0, w.Length).Where(k => w[k] >= 0).Max(k => edges[n.Input][w[k]]))];
                    break;
                case AccumulatorNode n:
                    long[] sums = Sums(n, edges[n.Input]);
                    foreach (OutputView view in n.Views)
                    {
                        edges[view.Edge] = Requantize(view.Table, sums, n.HasResidual ? edges[n.Residual] : null);
                    }

                    break;
            }
        }

        return edges;
    }

    private static long[] Sums(AccumulatorNode node, int[] x)
    {
        switch (node)
        {
            case ConvolutionNode n:
                var codes = new sbyte[n.Shape.WeightLength];
                n.Weights.Unpack(codes);
                var grid = new Grid(
                    n.Shape.Height, n.Shape.Width, n.Shape.InChannels, n.Shape.KernelHeight, n.Shape.KernelWidth, n.Shape.Stride, n.Shape.Padding);
                var sums = new List<long>();
                // All channels of a pixel see the same windows: weights run over (ky, kx, c).
                List<int[]> windows = [.. Windows(grid)];
                for (int pixel = 0; pixel < windows.Count; pixel += n.Shape.InChannels)
                {
                    for (int o = 0; o < n.Shape.OutChannels; o++)
                    {
                        long sum = 0;
                        for (int c = 0; c < n.Shape.InChannels; c++)
                        {
                            int[] w = windows[pixel + c];
                            for (int k = 0; k < w.Length; k++)
                            {
                                sum += (w[k] < 0 ? n.PaddingCode : x[w[k]]) * (long)codes[(((o * w.Length) + k) * n.Shape.InChannels) + c];
                            }
                        }

                        sums.Add(sum);
                    }
                }

                return [.. sums];
            case SumPoolNode n:
                var pool = new Grid(n.Shape.Height, n.Shape.Width, n.Shape.Channels, n.Shape.KernelHeight, n.Shape.KernelWidth, n.Shape.Stride, n.Shape.Padding);
                return [.. Windows(pool).Select(w => w.Sum(i => (long)(i < 0 ? n.PaddingCode : x[i])))];
            default:
                return [.. x.Select(v => (long)v)];
        }
    }

    private static int[] Requantize(RequantizeTable table, long[] sums, int[]? residual)
        => [.. sums.Select((sum, i) =>
        {
            int c = i % table.Channels;
            BigInteger value = ((BigInteger)sum * table.Multiplier(c)) + ((BigInteger)(residual?[i] ?? 0) * table.ResidualMultiplier(c)) + table.Offset(c);
            // Floor division by the power of two, written without a shift.
            BigInteger divided = BigInteger.Divide(value - (((value % BigInteger.Pow(2, table.Shift(c))) + BigInteger.Pow(2, table.Shift(c))) % BigInteger.Pow(2, table.Shift(c))), BigInteger.Pow(2, table.Shift(c)));
            return (int)BigInteger.Max(table.Low, BigInteger.Min(table.High, divided));
        })];

    private static int[] Shortcut(ShortcutNode node, int[] x, int zero)
    {
        var s = node.Shape;
        var y = new int[s.OutHeight * s.OutWidth * s.OutChannels];
        for (int i = 0; i < y.Length; i++)
        {
            int c = (i % s.OutChannels) - s.Before, column = i / s.OutChannels % s.OutWidth, row = i / s.OutChannels / s.OutWidth;
            y[i] = c < 0 || c >= s.InChannels ? zero : x[(((row * s.Stride * s.Width) + (column * s.Stride)) * s.InChannels) + c];
        }

        return y;
    }

    // For each output pixel and channel, the indices that its window covers, -1 outside.
    private static IEnumerable<int[]> Windows(Grid g)
    {
        int outHeight = ((g.Height + (2 * g.Padding) - g.KernelHeight) / g.Stride) + 1, outWidth = ((g.Width + (2 * g.Padding) - g.KernelWidth) / g.Stride) + 1;
        for (int oy = 0; oy < outHeight; oy++)
        {
            for (int ox = 0; ox < outWidth; ox++)
            {
                for (int c = 0; c < g.Channels; c++)
                {
                    var window = new int[g.KernelHeight * g.KernelWidth];
                    for (int k = 0; k < window.Length; k++)
                    {
                        int y = (oy * g.Stride) - g.Padding + (k / g.KernelWidth), x = (ox * g.Stride) - g.Padding + (k % g.KernelWidth);
                        window[k] = y < 0 || y >= g.Height || x < 0 || x >= g.Width ? -1 : (((y * g.Width) + x) * g.Channels) + c;
                    }

                    yield return window;
                }
            }
        }
    }

    private readonly record struct Grid(int Height, int Width, int Channels, int KernelHeight, int KernelWidth, int Stride, int Padding);
}
