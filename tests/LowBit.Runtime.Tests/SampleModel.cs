using LowBit.Kernels.Codes;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Requantization;
using LowBit.Runtime.Models;

namespace LowBit.Runtime.Tests;

/// <summary>Small models with random integers that hold every kind of node: two views, residuals, a shortcut, poolings, logits.</summary>
internal sealed class SampleModel
{
    private readonly Random _random;
    private readonly int _weightBits;
    private readonly int _activationBits;
    private readonly List<IntegerEdge> _edges = [];
    private readonly List<IntegerNode> _nodes = [];

    private SampleModel(int seed, int weightBits, int activationBits)
    {
        _random = new Random(seed);
        _weightBits = weightBits;
        _activationBits = activationBits;
    }

    public const int Height = 9;
    public const int Width = 8;
    public const int Channels = 3;
    public const int Classes = 5;

    public static IntegerModel Create(int seed = 1, int weightBits = 3, int activationBits = 4, int width = 5)
        => new SampleModel(seed, weightBits, activationBits).Build(width);

    public static byte[] Images(int count, int seed = 7)
    {
        var images = new byte[count * Height * Width * Channels];
        new Random(seed).NextBytes(images);
        return images;
    }

    public static CodeStorage Weights(Random random, int rows, int length, int bits)
    {
        var codes = new sbyte[rows * length];
        for (int i = 0; i < codes.Length; i++)
        {
            codes[i] = bits == 1 ? (sbyte)((random.Next(2) * 2) - 1) : (sbyte)random.Next(CodeStorage.LowestCode(bits), CodeStorage.HighestCode(bits) + 1);
        }

        return CodeStorage.Pack(codes, rows, length, bits);
    }

    private IntegerModel Build(int width)
    {
        int image = Edge("image", Height, Width, Channels, 8, 0);
        int input = Edge("input", Height, Width, Channels, 8, 117);
        var table = new byte[Channels * LookupNode.TableLength];
        _random.NextBytes(table);
        _nodes.Add(new LookupNode { Name = "input", Input = image, Output = input, PerChannel = true, Table = table });
        int a = Edge("a", Height, Width, width, _activationBits, 0), r = Edge("r", Height, Width, width, 8, 0);
        Convolution("conv1", input, -1, 3, 1, a, r);
        int b = Edge("b", Height, Width, width, _activationBits, 0), c = Edge("c", Height, Width, width, 8, 128);
        Convolution("conv2", a, r, 3, 1, b, c);
        int pooled = Edge("pooled", 5, 4, width, _activationBits, 0, b);
        _nodes.Add(new MaxPoolNode { Name = "pool", Input = b, Output = pooled, Shape = new PoolShape(1, Height, Width, width, 3, 3, 2, 1) });
        int shortcut = Edge("shortcut", 5, 4, 2 * width, 8, 128, c);
        _nodes.Add(new ShortcutNode { Name = "shortcut", Input = c, Output = shortcut, Shape = new ShortcutShape(1, Height, Width, width, 2 * width, 2) });
        int d = Edge("d", 5, 4, 2 * width, 8, 0), e = Edge("e", 5, 4, 2 * width, _activationBits, 0);
        Convolution("conv3", pooled, shortcut, 3, 1, d);
        _nodes.Add(new RescaleNode { Name = "sum", Input = d, Residual = shortcut, Views = [View(e, 2 * width, 255, true)] });
        int mean = Edge("mean", 1, 1, 2 * width, 8, 0);
        _nodes.Add(new SumPoolNode
        {
            Name = "mean",
            Input = e,
            PaddingCode = 0,
            Shape = new PoolShape(1, 5, 4, 2 * width, 5, 4, 1),
            Views = [View(mean, 2 * width, 20L << _activationBits, false)],
        });
        int logits = Edge("logits", 1, 1, Classes, IntegerEdge.LogitBits, 0);
        Convolution("fc", mean, -1, 1, 1, logits);
        string[] classes = ["zero", "one", "two", "three", "vier"];
        return new IntegerModel("sample", _edges, _nodes, classes, new Dictionary<string, string> { ["policy"] = "w3a4", ["größe"] = "klein" });
    }

    private int Edge(string name, int height, int width, int channels, int bits, int zero, int sameScaleAs = -1)
    {
        double scale = sameScaleAs < 0 ? 0.25 / (_edges.Count + 1) : _edges[sameScaleAs].Scale;
        _edges.Add(new IntegerEdge(name, height, width, channels, bits, scale, zero));
        return _edges.Count - 1;
    }

    private void Convolution(string name, int input, int residual, int kernel, int stride, params int[] outputs)
    {
        IntegerEdge from = _edges[input], to = _edges[outputs[0]];
        var shape = new ConvShape(1, from.Height, from.Width, from.Channels, to.Channels, kernel, kernel, stride, kernel / 2);
        long reach = (long)shape.ReductionLength * from.MaxCode << (_weightBits - 1);
        _nodes.Add(new ConvolutionNode
        {
            Name = name,
            Input = input,
            Residual = residual,
            PaddingCode = from.ZeroPoint,
            Shape = shape,
            Weights = Weights(_random, to.Channels, shape.ReductionLength, _weightBits),
            Views = [.. outputs.Select(edge => View(edge, to.Channels, reach, residual >= 0))],
        });
    }

    // Scales that spread the sums over the codes, offsets that reach both clamps.
    private OutputView View(int edge, int channels, long reach, bool hasResidual)
    {
        IntegerEdge output = _edges[edge];
        int[] multipliers = new int[channels], residuals = new int[channels], shifts = new int[channels];
        long[] offsets = new long[channels];
        int span = output.IsLogits ? 100_000 : output.MaxCode;
        for (int c = 0; c < channels; c++)
        {
            // Random sums stay far below the longest possible one.
            double scale = 12 * span * (0.5 + (2 * _random.NextDouble())) / Math.Max(reach, 1);
            (multipliers[c], shifts[c]) = Requantizer.FixedPoint(scale);
            if (hasResidual)
            {
                // The residual's multiplier is the larger one then, and the sum's is not normalised.
                (residuals[c], shifts[c]) = Requantizer.FixedPoint(Math.Max(scale, span * _random.NextDouble() / 255));
                multipliers[c] = (int)Math.ScaleB(scale, shifts[c]);
            }

            offsets[c] = (1L << (shifts[c] - 1)) + (long)((output.ZeroPoint + (span * (_random.NextDouble() - 0.3))) * (1L << Math.Min(shifts[c], 40)));
        }

        (int low, int high) = output.IsLogits ? (int.MinValue, int.MaxValue) : (0, output.MaxCode);
        return new OutputView(edge, new RequantizeTable(multipliers, offsets, shifts, low, high, hasResidual ? residuals : []));
    }
}
