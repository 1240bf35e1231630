using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>
/// Linear layers of few rows by products: codes are unpacked to bytes in registers. Packed weights are <c>[panel][constants, then blocks]</c>, a
/// panel being as many outputs as a vector has 32-bit lanes.
/// </summary>
/// <remarks>
/// Codes below eight bits are unsigned and activations signed: <c>Σ w·a = Σ (w − b)·(a − z) + z·Σ (w − b) + b·Σ a</c> with b the smallest
/// weight and z = 128, or 0 when activations have seven bits. The second term is the panel's constant, the third a row's start.
/// </remarks>
internal sealed unsafe class GemvProductConv<L, V, E> : GemvConv<L, V>
    where L : struct, IGemvLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
{
    public override string Tile => $"{GemvProductLayout.TileRows}x{L.Count}c4";

    // One-bit weights and two-bit ones with few-bit activations are looked up.
    public override bool Serves(int weightBits, int activationBits)
        => weightBits > 2 || (weightBits == 2 && activationBits > GemvTableLayout.MostActivationBits);

    public override double EstimateCycles(in ConvShape shape, RangeProof proof)
    {
        var layout = new GemvProductLayout(shape, proof);
        double panels = (shape.OutChannels + L.Count - 1) / L.Count;
        double rows = GemvChunks.Pixels(shape) * layout.Parts, passes = Math.Ceiling(rows / GemvProductLayout.TileRows);
        double unpacking = layout.Bits switch
        {
            8 => 0,
            6 => 3.2,
            5 => 3.4,
            4 => 1.5,
            3 => 2.2,
            _ => 1.8,
        };
        double widening = 2.0 / (layout.Depth == 0 ? layout.Period * layout.Steps : layout.Depth);
        double step = (passes * unpacking) + (rows * (2 + widening));
        double arithmetic = panels * ((0.55 * step * layout.Blocks * layout.Steps) + (rows * 16) + (passes * 8));
        return Math.Max(arithmetic, WeightTraffic.Cycles((long)panels * layout.PanelBytes(L.Bytes), isAskedAhead: true)) + 600 + (rows * (20 + (shape.InChannels / 12.0)));
    }

    internal override PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof)
    {
        var layout = new GemvProductLayout(shape, proof);
        int panels = (shape.OutChannels + L.Count - 1) / L.Count;
        var packed = new PackedConvWeights(this, shape, proof, panels * layout.PanelBytes(L.Bytes));
        for (int o = 0; o < shape.OutChannels; o++)
        {
            byte* panel = packed.Data + (o / L.Count * layout.PanelBytes(L.Bytes));
            ReadOnlySpan<sbyte> row = weights.Slice(o * shape.InChannels, shape.InChannels);
            ((int*)panel)[o % L.Count] = layout.Bits switch
            {
                8 => PackRow<Code8>(row, layout, panel + L.Bytes, o % L.Count),
                6 => PackRow<Code6>(row, layout, panel + L.Bytes, o % L.Count),
                5 => PackRow<Code5>(row, layout, panel + L.Bytes, o % L.Count),
                4 => PackRow<Code4>(row, layout, panel + L.Bytes, o % L.Count),
                3 => PackRow<Code3>(row, layout, panel + L.Bytes, o % L.Count),
                _ => PackRow<Code2>(row, layout, panel + L.Bytes, o % L.Count),
            };
        }

        return packed;
    }

    internal override long ScratchBytes(in ConvShape shape, RangeProof proof, int threads)
    {
        var layout = new GemvProductLayout(shape, proof);
        return GemvChunks.Pixels(shape) * layout.Parts * (layout.RowBytes + sizeof(int));
    }

    internal override void Run(in IntegerConvArguments arguments, WorkerPool pool)
    {
        ConvShape shape = arguments.Shape;
        var job = new Job(arguments);
        for (long pixel = 0, row = 0; pixel < job.Pixels; pixel++, row += job.Layout.Parts)
        {
            byte* input = arguments.Input + (pixel * shape.InChannels), to = job.Rows + (row * job.Layout.RowBytes);
            if (job.Layout.IsSplit)
            {
                ActivationRows.Write<HalfDown>(input, shape.InChannels, to);
                ActivationRows.Write<HalfUp>(input, shape.InChannels, to + job.Layout.RowBytes);
                job.Starts[row] = 0;
                job.Starts[row + 1] = 0;
            }
            else
            {
                int sum = job.Layout.Center != 0
                    ? ActivationRows.Write<CenteredCode>(input, shape.InChannels, to)
                    : ActivationRows.Write<WholeCode>(input, shape.InChannels, to);
                job.Starts[row] = unchecked(sum * job.Layout.Base);
            }
        }

        pool.Run(job.Chunks.Count, ref job, static (ref Job j, int chunk) => RunChunk(j, chunk));
    }

    // Returns the constant of the output. Sums wrap, as all sums do that end in a proved 32-bit integer.
    private static int PackRow<C>(ReadOnlySpan<sbyte> row, in GemvProductLayout layout, byte* blocks, int output)
        where C : struct, IPackedCode
    {
        int sum = 0;
        for (int k = 0; k < row.Length; k++)
        {
            int code = row[k] - layout.Base, step = k / 4;
            byte* block = blocks + ((nint)(step / C.Steps) * C.Vectors * L.Bytes);
            C.Put(block, L.Bytes, step % C.Steps, (output * 4) + (k % 4), code);
            sum = unchecked(sum + code);
        }

        return unchecked(sum * layout.Center);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunChunk(in Job job, int chunk)
    {
        int* tile = stackalloc int[GemvProductLayout.TileRows * 16];
        GemvProductLayout layout = job.Layout;
        int outputs = job.Arguments.Shape.OutChannels, parts = layout.Parts;
        long panelBytes = layout.PanelBytes(L.Bytes), rows = job.Pixels * parts;
        int first = chunk * job.Chunks.PanelsPerChunk, end = Math.Min(first + job.Chunks.PanelsPerChunk, job.Chunks.Panels);
        for (int panel = first; panel < end; panel++)
        {
            byte* weights = job.Arguments.Weights.Data + (panel * panelBytes);
            int channel = panel * L.Count, valid = Math.Min(L.Count, outputs - channel);
            for (long row = 0; row < rows; row += GemvProductLayout.TileRows)
            {
                int count = (int)Math.Min(rows - row, GemvProductLayout.TileRows);
                GemvProductBodies<L, V>.Choose(layout, count)(
                    weights, job.Rows + (row * layout.RowBytes), layout.RowBytes, layout.Blocks, layout.Period, job.Starts + row, tile);
                if (layout.IsSplit)
                {
                    AddHalves(tile, count / 2);
                }

                var target = new EpilogueTarget(tile, L.Count, count / parts, valid, channel, outputs, (row / parts * outputs) + channel);
                target.Finish<E>(job.Arguments);
            }
        }
    }

    private static void AddHalves(int* tile, int pixels)
    {
        for (int p = 0; p < pixels; p++)
        {
            int* halves = tile + (2 * p * L.Count);
            L.Store(L.Add32(L.Load(halves), L.Load(halves + L.Count)), tile + (p * L.Count));
        }
    }

    private readonly struct Job
    {
        public readonly IntegerConvArguments Arguments;
        public readonly GemvProductLayout Layout;
        public readonly GemvChunks Chunks;
        public readonly long Pixels;
        public readonly byte* Rows;
        public readonly int* Starts;

        public Job(in IntegerConvArguments arguments)
        {
            Arguments = arguments;
            Layout = new GemvProductLayout(arguments.Shape, arguments.Weights.Proof);
            Chunks = new GemvChunks(arguments.Shape, (arguments.Shape.OutChannels + L.Count - 1) / L.Count);
            Pixels = GemvChunks.Pixels(arguments.Shape);
            Rows = arguments.Scratch;
            Starts = (int*)(Rows + (Pixels * Layout.Parts * Layout.RowBytes));
        }
    }
}
