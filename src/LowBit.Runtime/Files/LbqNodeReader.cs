using LowBit.Kernels.Codes;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Requantization;
using LowBit.Runtime.Models;

namespace LowBit.Runtime.Files;

/// <summary>Reads the section of nodes and the weights they point to.</summary>
internal ref struct LbqNodeReader
{
    // Multiplier, residual multiplier, offset and shift of one channel.
    private const int ChannelBytes = 20;

    private readonly ReadOnlySpan<byte> _weights;
    private readonly List<IntegerEdge> _edges;
    private ByteCursor _cursor;
    private long _weightsUsed;

    public LbqNodeReader(ByteCursor cursor, ReadOnlySpan<byte> weights, List<IntegerEdge> edges)
    {
        _cursor = cursor;
        _weights = weights;
        _edges = edges;
    }

    public List<IntegerNode> ReadAll()
    {
        int count = _cursor.Count("count", ModelLimits.Count, 13);
        var nodes = new List<IntegerNode>(count);
        for (int i = 0; i < count; i++)
        {
            byte kind = _cursor.U8("kind");
            string name = _cursor.Text("name", ModelLimits.TextLength);
            nodes.Add((NodeKind)kind switch
            {
                NodeKind.Lookup => ReadLookup(name),
                NodeKind.Convolution => ReadConvolution(name),
                NodeKind.SumPool => ReadSumPool(name),
                NodeKind.MaxPool => new MaxPoolNode { Name = name, Input = Edge("input"), Output = Edge("output"), Shape = ReadPool() },
                NodeKind.Rescale => new RescaleNode { Name = name, Input = Edge("input"), Residual = Residual(), Views = ReadViews() },
                NodeKind.Shortcut => ReadShortcut(name),
                _ => throw _cursor.Broken("kind", $"node '{name}' is of the unknown kind {kind}", 0),
            });
        }

        _cursor.End();
        if (_weightsUsed != _weights.Length)
        {
            throw _cursor.Broken("weights", $"the nodes use {_weightsUsed} of {_weights.Length} bytes of weights; the file is damaged", 0);
        }

        return nodes;
    }

    private LookupNode ReadLookup(string name)
    {
        int input = Edge("input"), output = Edge("output");
        bool perChannel = _cursor.Flag("perChannel");
        int length = _cursor.Count("table", ModelLimits.Extent * LookupNode.TableLength, 1);
        return new LookupNode { Name = name, Input = input, Output = output, PerChannel = perChannel, Table = _cursor.Take(length, "table").ToArray() };
    }

    private ConvolutionNode ReadConvolution(string name)
    {
        int input = Edge("input"), residual = Residual(), padding = _cursor.I32("paddingCode");
        Span<int> s = stackalloc int[9];
        foreach (ref int size in s)
        {
            size = _cursor.I32("shape");
        }

        var shape = new ConvShape(1, s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8]);
        CheckShape(name, shape);
        CodeStorage weights = ReadWeights(name, shape);
        return new ConvolutionNode
        {
            Name = name,
            Input = input,
            Residual = residual,
            PaddingCode = padding,
            Shape = shape,
            Weights = weights,
            Views = ReadViews(),
        };
    }

    private readonly void CheckShape(string name, in ConvShape shape)
    {
        ReadOnlySpan<int> sizes = [shape.Height, shape.Width, shape.InChannels, shape.OutChannels, shape.KernelHeight, shape.KernelWidth, shape.Stride, shape.Groups];
        foreach (int size in sizes)
        {
            if (size is < 1 or > ModelLimits.Extent)
            {
                throw _cursor.Broken("shape", $"node '{name}' has the size {size}; sizes are 1 to {ModelLimits.Extent}", 36);
            }
        }

        double row = (double)shape.KernelHeight * shape.KernelWidth * shape.GroupInChannels;
        if (shape.InChannels % shape.Groups != 0 || row * shape.OutChannels > ModelLimits.WeightLength)
        {
            throw _cursor.Broken("shape", $"node '{name}' has {row * shape.OutChannels:F0} weights in {shape.Groups} groups; the limit is {ModelLimits.WeightLength}", 36);
        }
    }

    private CodeStorage ReadWeights(string name, in ConvShape shape)
    {
        int bits = _cursor.I32("weightBits");
        if (bits is < 1 or > 8)
        {
            throw _cursor.Broken("weightBits", $"node '{name}' has weights of {bits} bits; 1 to 8 are possible", 4);
        }

        long offset = _cursor.I64("weightsOffset"), length = _cursor.I64("weightsLength");
        long expected = (long)shape.OutChannels * CodeStorage.RowByteCount(shape.ReductionLength, bits);
        if (length != expected || offset != LbqLayout.Align(_weightsUsed) || offset + length > _weights.Length)
        {
            throw _cursor.Broken(
                "weightsOffset",
                $"node '{name}' places {length} bytes of weights at {offset}; it needs {expected} at {LbqLayout.Align(_weightsUsed)} of {_weights.Length}",
                16);
        }

        _weightsUsed = offset + length;
        try
        {
            return CodeStorage.FromBytes(_weights.Slice((int)offset, (int)length), shape.OutChannels, shape.ReductionLength, bits);
        }
        catch (ArgumentException error)
        {
            throw _cursor.Broken("weights", $"node '{name}': {error.Message}", 16);
        }
    }

    private SumPoolNode ReadSumPool(string name)
    {
        int input = Edge("input"), residual = Residual(), padding = _cursor.I32("paddingCode");
        PoolShape shape = ReadPool();
        return new SumPoolNode { Name = name, Input = input, Residual = residual, PaddingCode = padding, Shape = shape, Views = ReadViews() };
    }

    private PoolShape ReadPool()
        => new(
            1, _cursor.I32("height"), _cursor.I32("width"), _cursor.I32("channels"), _cursor.I32("kernelHeight"), _cursor.I32("kernelWidth"),
            _cursor.I32("stride"), _cursor.I32("padding"));

    private ShortcutNode ReadShortcut(string name)
    {
        int input = Edge("input"), output = Edge("output");
        var shape = new ShortcutShape(
            1, _cursor.I32("height"), _cursor.I32("width"), _cursor.I32("inChannels"), _cursor.I32("outChannels"), _cursor.I32("stride"));
        return new ShortcutNode { Name = name, Input = input, Output = output, Shape = shape };
    }

    private OutputView[] ReadViews()
    {
        var views = new OutputView[_cursor.Count("views", 8, 17)];
        for (int i = 0; i < views.Length; i++)
        {
            int edge = Edge("view");
            bool hasResidual = _cursor.Flag("hasResidual");
            int low = _cursor.I32("low"), high = _cursor.I32("high");
            int channels = _cursor.Count("channels", ModelLimits.Extent, ChannelBytes);
            views[i] = new OutputView(edge, ReadTable(channels, hasResidual, low, high));
        }

        return views;
    }

    private RequantizeTable ReadTable(int channels, bool hasResidual, int low, int high)
    {
        int[] multipliers = new int[channels], residualMultipliers = new int[channels], shifts = new int[channels];
        long[] offsets = new long[channels];
        for (int c = 0; c < channels; c++)
        {
            multipliers[c] = _cursor.I32("multiplier");
            residualMultipliers[c] = _cursor.I32("residualMultiplier");
            offsets[c] = _cursor.I64("offset");
            shifts[c] = _cursor.I32("shift");
            if (!hasResidual && residualMultipliers[c] != 0)
            {
                throw _cursor.Broken("residualMultiplier", $"{residualMultipliers[c]} in channel {c} of a view without residual", 16);
            }
        }

        try
        {
            return new RequantizeTable(multipliers, offsets, shifts, low, high, hasResidual ? residualMultipliers : []);
        }
        catch (ArgumentException error)
        {
            throw _cursor.Broken("table", error.Message, channels * ChannelBytes);
        }
    }

    private int Residual()
    {
        int edge = _cursor.I32("residual");
        return edge == AccumulatorNode.NoResidual ? edge : CheckEdge(edge, "residual");
    }

    private int Edge(string field) => CheckEdge(_cursor.I32(field), field);

    private readonly int CheckEdge(int edge, string field)
        => (uint)edge < (uint)_edges.Count ? edge : throw _cursor.Broken(field, $"edge {edge} of {_edges.Count} does not exist", 4);
}
