using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// The dot8 family: direct convolution as an implicit matrix product, unsigned bytes × signed bytes. Packed weights are
/// <c>[group][panel][step][lane][codes of a step]</c>; zero where there is no weight.
/// </summary>
internal sealed unsafe class Dot8Conv<L, V, E> : IntegerConvKernel
    where L : struct, IDotLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
{
    public override string Family => KernelRegistry.Dot8Family;

    public override string Tile => $"{L.MaxPixels}x{L.Count}c4";

    public override Isa Isa => L.Isa;

    public override bool Serves(int weightBits, int activationBits) => true;

    public override bool Handles(in ConvShape shape, RangeProof proof) => true;

    // Two vector instructions a cycle: two per step and tile row, two per widening; a dozen cycles per pixel and panel for the epilogue.
    public override double EstimateCycles(in ConvShape shape, RangeProof proof)
    {
        var layout = new Dot8Layout(shape, proof);
        double pixels = (double)shape.Batch * shape.OutHeight * shape.OutWidth;
        double panels = shape.Groups * ((shape.GroupOutChannels + L.Count - 1) / L.Count);
        double instructions = layout.IsWide ? 2 * layout.PaddedSteps : (2 * layout.PaddedSteps) + (layout.PaddedSteps / (double)layout.Depth);
        return pixels * panels * ((0.55 * instructions) + 12);
    }

    internal override PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof)
    {
        var layout = new Dot8Layout(shape, proof);
        int panels = (shape.GroupOutChannels + L.Count - 1) / L.Count;
        var packed = new PackedConvWeights(this, shape, proof, shape.Groups * PanelBytes(layout) * panels);
        byte* at = packed.Data;
        for (int g = 0; g < shape.Groups; g++)
        {
            for (int p = 0; p < panels; p++)
            {
                int first = (g * shape.GroupOutChannels) + (p * L.Count);
                int outputs = Math.Min(L.Count, shape.GroupOutChannels - (p * L.Count));
                PackPanel(layout, weights.Slice(first * shape.ReductionLength, outputs * shape.ReductionLength), outputs, at);
                at += PanelBytes(layout);
            }
        }

        return packed;
    }

    internal override long ScratchBytes(in ConvShape shape, RangeProof proof, int threads)
    {
        var layout = new Dot8Layout(shape, proof);
        var partition = new Dot8Partition(shape, layout, L.Count);
        return ScratchSlots.Bytes(layout.PaddedSteps, Dot8Job.SlotBytes(shape, layout, partition), threads);
    }

    internal override void Run(in IntegerConvArguments arguments, WorkerPool pool)
    {
        var job = new Dot8Job(arguments, L.Count, pool.ThreadCount);
        pool.Run(job.Partition.ChunkCount, ref job, static (ref Dot8Job j, int chunk) => RunChunk(j, chunk));
    }

    private static long PanelBytes(in Dot8Layout layout) => (long)layout.PaddedSteps * L.Count * 4;

    private static void PackPanel(in Dot8Layout layout, ReadOnlySpan<sbyte> weights, int outputs, byte* panel)
    {
        int length = weights.Length / outputs;
        for (int step = 0; step < layout.Steps; step++)
        {
            for (int o = 0; o < outputs; o++)
            {
                byte* at = panel + (((nint)step * L.Count) + o) * 4;
                for (int i = 0; i < layout.CodesPerStep; i++)
                {
                    int index = layout.WeightIndex(step, i);
                    sbyte code = index < 0 ? (sbyte)0 : weights[(o * length) + index];
                    if (layout.IsWide)
                    {
                        ((short*)at)[i] = code;
                    }
                    else
                    {
                        ((sbyte*)at)[i] = code;
                    }
                }
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunChunk(in Dot8Job job, int chunk)
    {
        Dot8Block block = job.Block(chunk);
        int slot = job.Scratch.Claim();
        byte* packed = job.Scratch.Memory(slot);
        job.PackInput(block, packed);

        int* tile = stackalloc int[16 * 16];
        Dot8Bodies bodies = Dot8Bodies.Choose<L, V>(job.Layout);
        nint groups = job.Layout.PaddedSteps / job.Layout.Depth;
        nint rowBytes = (nint)job.Partition.RowSteps * 4;
        int stride = job.Partition.IsFlat ? 1 : job.Arguments.Shape.Stride;
        int channels = job.Arguments.Shape.OutChannels;
        int groupOutputs = job.Arguments.Shape.GroupOutChannels;
        for (int panel = block.FirstPanel; panel < block.EndPanel; panel++)
        {
            byte* weights = job.Arguments.Weights.Data + ((((long)block.Group * job.Partition.Panels) + panel) * PanelBytes(job.Layout));
            int channel = (block.Group * groupOutputs) + (panel * L.Count);
            int valid = Math.Min(L.Count, groupOutputs - (panel * L.Count));
            for (int row = 0; row < block.Rows; row++)
            {
                byte* input = packed + (row * stride * rowBytes);
                int width = job.RowWidth(block, row);
                long pixel = job.FirstPixel(block, row);
                for (int x = 0; x < width;)
                {
                    int pixels = bodies.Pixels(width - x);
                    bodies.Body(pixels)(input + (x * 4), job.Scratch.Offsets, groups, weights, tile);
                    var target = new EpilogueTarget(tile, L.Count, pixels, valid, channel, channels, ((pixel + x) * channels) + channel);
                    target.Finish<E>(job.Arguments);
                    x += pixels;
                }
            }
        }

        job.Scratch.Release(slot);
    }
}
