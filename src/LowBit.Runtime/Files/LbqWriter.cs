using System.Buffers.Binary;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Kernels.Requantization;
using LowBit.Runtime.Models;

namespace LowBit.Runtime.Files;

/// <summary>Writes a model as <c>.lbq</c>. The same model always gives the same bytes.</summary>
public static class LbqWriter
{
    /// <summary>Writes a file: beside the target, flushed, then renamed, so that the target is either the old or the new one.</summary>
    /// <param name="path">The target; an existing file is replaced at the end.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IntegerModel model) => AtomicFile.Write(path, ToBytes(model));

    /// <summary>The content of the file.</summary>
    /// <param name="model">The model.</param>
    public static byte[] ToBytes(IntegerModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var weights = new ByteSink();
        ByteSink[] sections = [Text(model), Edges(model), Nodes(model, weights), weights];
        var offsets = new long[sections.Length];
        long end = LbqLayout.HeaderLength + LbqLayout.TableLength;
        for (int i = 0; i < sections.Length; i++)
        {
            offsets[i] = LbqLayout.Align(end);
            end = offsets[i] + sections[i].Length;
        }

        byte[] file = new byte[end];
        for (int i = 0; i < sections.Length; i++)
        {
            sections[i].Written.CopyTo(file.AsSpan((int)offsets[i]));
            Span<byte> entry = file.AsSpan(LbqLayout.HeaderLength + (i * LbqLayout.SectionEntryLength), LbqLayout.SectionEntryLength);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)(i + 1));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], Checksum.Crc32C(sections[i].Written));
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], offsets[i]);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], sections[i].Length);
        }

        LbqLayout.Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), LbqLayout.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(12), LbqLayout.SectionCount);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(16), end);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(24), Checksum.Crc32C(file.AsSpan(LbqLayout.HeaderLength, LbqLayout.TableLength)));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(28), Checksum.Crc32C(file.AsSpan(0, 28)));
        return file;
    }

    private static ByteSink Text(IntegerModel model)
    {
        var sink = new ByteSink();
        sink.Text(model.Name);
        sink.U32((uint)model.ClassNames.Count);
        foreach (string name in model.ClassNames)
        {
            sink.Text(name);
        }

        sink.U32((uint)model.Properties.Count);
        foreach ((string key, string value) in model.Properties)
        {
            sink.Text(key);
            sink.Text(value);
        }

        return sink;
    }

    private static ByteSink Edges(IntegerModel model)
    {
        var sink = new ByteSink();
        sink.U32((uint)model.Edges.Count);
        foreach (IntegerEdge edge in model.Edges)
        {
            sink.Text(edge.Name);
            sink.I32(edge.Height);
            sink.I32(edge.Width);
            sink.I32(edge.Channels);
            sink.I32(edge.Bits);
            sink.F64(edge.Scale);
            sink.I32(edge.ZeroPoint);
        }

        return sink;
    }

    private static ByteSink Nodes(IntegerModel model, ByteSink weights)
    {
        var sink = new ByteSink();
        sink.U32((uint)model.Nodes.Count);
        foreach (IntegerNode node in model.Nodes)
        {
            sink.U8((int)node.Kind);
            sink.Text(node.Name);
            switch (node)
            {
                case LookupNode lookup:
                    sink.I32(lookup.Input);
                    sink.I32(lookup.Output);
                    sink.U8(lookup.PerChannel ? 1 : 0);
                    sink.U32((uint)lookup.Table.Length);
                    sink.Raw(lookup.Table);
                    break;
                case ConvolutionNode convolution:
                    Convolution(sink, convolution, weights);
                    break;
                case SumPoolNode pool:
                    Accumulator(sink, pool);
                    sink.I32(pool.PaddingCode);
                    Pool(sink, pool.Shape);
                    Views(sink, pool);
                    break;
                case MaxPoolNode pool:
                    sink.I32(pool.Input);
                    sink.I32(pool.Output);
                    Pool(sink, pool.Shape);
                    break;
                case RescaleNode rescale:
                    Accumulator(sink, rescale);
                    Views(sink, rescale);
                    break;
                case ShortcutNode shortcut:
                    Shortcut(sink, shortcut);
                    break;
                default:
                    throw new ArgumentException($"node '{node.Name}' is of the unknown kind {node.Kind}");
            }
        }

        return sink;
    }

    private static void Accumulator(ByteSink sink, AccumulatorNode node)
    {
        sink.I32(node.Input);
        sink.I32(node.Residual);
    }

    private static void Convolution(ByteSink sink, ConvolutionNode node, ByteSink weights)
    {
        Accumulator(sink, node);
        sink.I32(node.PaddingCode);
        ConvShape shape = node.Shape;
        ReadOnlySpan<int> sizes =
        [
            shape.Height, shape.Width, shape.InChannels, shape.OutChannels, shape.KernelHeight, shape.KernelWidth, shape.Stride, shape.Padding, shape.Groups,
        ];
        foreach (int size in sizes)
        {
            sink.I32(size);
        }

        weights.PadTo(LbqLayout.Alignment);
        sink.I32(node.Weights.Bits);
        sink.I64(weights.Length);
        sink.I64(node.Weights.Bytes.Length);
        weights.Raw(node.Weights.Bytes);
        Views(sink, node);
    }

    private static void Pool(ByteSink sink, PoolShape shape)
    {
        ReadOnlySpan<int> sizes =
        [
            shape.Height, shape.Width, shape.Channels, shape.KernelHeight, shape.KernelWidth, shape.Stride, shape.Padding,
        ];
        foreach (int size in sizes)
        {
            sink.I32(size);
        }
    }

    private static void Shortcut(ByteSink sink, ShortcutNode node)
    {
        sink.I32(node.Input);
        sink.I32(node.Output);
        sink.I32(node.Shape.Height);
        sink.I32(node.Shape.Width);
        sink.I32(node.Shape.InChannels);
        sink.I32(node.Shape.OutChannels);
        sink.I32(node.Shape.Stride);
    }

    private static void Views(ByteSink sink, AccumulatorNode node)
    {
        sink.U32((uint)node.Views.Count);
        foreach (OutputView view in node.Views)
        {
            RequantizeTable table = view.Table;
            sink.I32(view.Edge);
            sink.U8(table.HasResidual ? 1 : 0);
            sink.I32(table.Low);
            sink.I32(table.High);
            sink.U32((uint)table.Channels);
            for (int c = 0; c < table.Channels; c++)
            {
                sink.I32(table.Multiplier(c));
                sink.I32(table.ResidualMultiplier(c));
                sink.I64(table.Offset(c));
                sink.I32(table.Shift(c));
            }
        }
    }
}
