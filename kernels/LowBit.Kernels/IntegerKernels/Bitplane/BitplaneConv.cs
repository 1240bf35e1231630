using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels.Bitplane;

/// <summary>
/// The bitplane family: sums over pairs of one bit of the weights and one bit of the activations, <c>Σ w·a = Σ s·2^(i+j)·|W_i ∧ A_j|</c>, where the count of
/// 1-bits is made by carry-save adders. A lane is an output, so nothing is summed across lanes.
/// </summary>
internal sealed unsafe class BitplaneConv<L, V, E> : IntegerConvKernel
    where L : struct, IBitLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
{
    // Beyond that byte products are faster.
    private const int MostBits = 4;

    public override string Family => KernelRegistry.BitplaneFamily;

    public override string Tile => $"{L.Pixels}x{L.Bytes}c8";

    public override Isa Isa => L.Isa;

    public override bool Serves(int weightBits, int activationBits)
        => weightBits <= MostBits && activationBits <= MostBits && BitplaneLayout.Serves(weightBits, activationBits);

    public override bool Handles(in ConvShape shape, RangeProof proof)
        => !shape.IsDepthwise && Serves(proof.WeightBits, proof.ActivationBits) && BitplaneLayout.Fits(proof);

    public override double EstimateCycles(in ConvShape shape, RangeProof proof)
    {
        var layout = new BitplaneLayout(shape, proof);
        var partition = new BitplanePartition(shape, layout, L.Bytes);
        ConvChunks chunks = partition.Chunks;

        // A step of one pass takes as long on every instruction set: narrower vectors have more panels. A segment's counters are added up, sums are requantized;
        // 64 codes are cut once in each chunk that needs them; a call costs something before its first pixel.
        double steps = (double)layout.Units * BitplaneLayout.UnitSteps * layout.Passes, segments = Math.Ceiling((double)layout.Units / layout.SegmentUnits);
        double pixels = Math.Ceiling((double)chunks.Pixels / L.Pixels) * L.Pixels, panels = (double)shape.Groups * chunks.Panels;
        double sums = pixels * panels * ((1.75 * steps) + (45 * segments) + 15);
        double units = (double)chunks.Count * chunks.InputRows * partition.Positions * layout.ChannelUnits;
        long bytes = (long)(panels * steps) * L.Bytes;
        return WeightTraffic.Beside(sums, bytes) + (units * (6 + (6 * layout.Planes))) + 1300;
    }

    internal override PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof)
    {
        var layout = new BitplaneLayout(shape, proof);
        int panels = (shape.GroupOutChannels + L.Bytes - 1) / L.Bytes;
        long panelBytes = BitplanePanels.PanelBytes(layout, L.Bytes), total = (long)panels * shape.Groups;
        var packed = new PackedConvWeights(this, shape, proof, total * (panelBytes + BitplanePanels.CorrectionBytes(L.Bytes)));
        byte* at = packed.Data, corrections = at + (total * panelBytes);
        for (int g = 0; g < shape.Groups; g++)
        {
            for (int p = 0; p < panels; p++)
            {
                int first = (g * shape.GroupOutChannels) + (p * L.Bytes), outputs = Math.Min(L.Bytes, shape.GroupOutChannels - (p * L.Bytes));
                BitplanePanels.Pack(layout, weights.Slice(first * shape.ReductionLength, outputs * shape.ReductionLength), outputs, L.Bytes, at, (ushort*)corrections);
                at += panelBytes;
                corrections += BitplanePanels.CorrectionBytes(L.Bytes);
            }
        }

        return packed;
    }

    internal override long ScratchBytes(in ConvShape shape, RangeProof proof, int threads)
    {
        var layout = new BitplaneLayout(shape, proof);
        return ScratchSlots.Bytes(BitplaneJob.OffsetCount(layout), new BitplanePartition(shape, layout, L.Bytes).SlotBytes, threads);
    }

    internal override void Run(in IntegerConvArguments arguments, WorkerPool pool)
    {
        var job = new BitplaneJob(arguments, L.Bytes, pool.ThreadCount);
        pool.Run(job.Partition.Chunks.Count, ref job, static (ref BitplaneJob j, int chunk) => RunChunk(j, chunk));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunChunk(in BitplaneJob job, int chunk)
    {
        ConvBlock block = job.Partition.Chunks.Block(chunk);
        int slot = job.Scratch.Claim(), pixels = job.BlockPixels(block);
        byte* memory = job.Scratch.Memory(slot);
        job.Cut<L, V>(block, memory);
        for (int first = 0; first < pixels; first += job.Partition.RunPixels)
        {
            int count = Math.Min(job.Partition.RunPixels, pixels - first);
            job.WriteWindows(memory, first, count, job.Windows(memory));
            RunPanels(job, block, first, count, memory);
        }

        job.Scratch.Release(slot);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunPanels(in BitplaneJob job, in ConvBlock block, int first, int count, byte* memory)
    {
        ConvShape shape = job.Arguments.Shape;
        byte* weights = job.Arguments.Weights.Data;
        long panelBytes = BitplanePanels.PanelBytes(job.Layout, L.Bytes), panels = (long)shape.Groups * job.Partition.Chunks.Panels;
        long pixel = job.Partition.Chunks.FirstPixel(block, 0) + first;
        byte* sums = job.Sums(memory);
        byte* firstWeights = weights + ((((long)block.Group * job.Partition.Chunks.Panels) + block.FirstPanel) * panelBytes);
        BitplaneTileArguments tile;
        tile.Windows = job.Windows(memory);
        tile.Count = count;
        tile.Passes = job.Passes;
        tile.PassCount = job.Layout.Passes;
        tile.Counters = job.Counters(memory);
        for (int panel = block.FirstPanel; panel < block.EndPanel; panel++)
        {
            long index = ((long)block.Group * job.Partition.Chunks.Panels) + panel;
            byte* corrections = weights + (panels * panelBytes) + (index * BitplanePanels.CorrectionBytes(L.Bytes));
            tile.Weights = weights + (index * panelBytes);
            for (int unit = 0; unit < job.Layout.Units; unit += job.Layout.SegmentUnits)
            {
                tile.Offsets = job.Units + unit;
                tile.Units = Math.Min(job.Layout.SegmentUnits, job.Layout.Units - unit);
                if (job.Layout.IsBipolar)
                {
                    BitplaneTile<L, V, XorProduct>.Run(&tile);
                }
                else
                {
                    BitplaneTile<L, V, AndProduct>.Run(&tile);
                }

                // The next tile's weights are asked for while counters are added up; the last panel's successor is the next run's first one.
                nint bytes = tile.Units * BitplaneLayout.UnitSteps * tile.PassCount * L.Bytes;
                tile.Weights += bytes;
                bool isLast = unit + job.Layout.SegmentUnits >= job.Layout.Units && panel == block.EndPanel - 1;
                byte* next = isLast ? firstWeights : tile.Weights;
                BitplaneCounters.AddUp<L, V>(tile.Counters, count, sums, unit == 0 ? corrections : null, next, next == tile.Weights - bytes ? 0 : bytes);
            }

            int output = panel * L.Bytes, channel = (block.Group * shape.GroupOutChannels) + output;
            var place = new EpilogueTarget(
                null, 0, count, Math.Min(L.Bytes, shape.GroupOutChannels - output), channel, shape.OutChannels, (pixel * shape.OutChannels) + channel);
            BitplaneFinish<L, V, E>.Run(job.Arguments, (short*)sums, place);
        }
    }
}
