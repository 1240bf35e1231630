using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// The lut family: four bits of weights of one output are an index into a table of partial sums of one pixel, and one byte shuffle looks up sixteen outputs
/// at once, of several pixels in the narrow form. Sums are bytes as long as the proof allows, then words.
/// </summary>
internal sealed unsafe class LutConv<L, V, E, F> : IntegerConvKernel
    where L : struct, ILutLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
    where F : struct, ILutForm
{
    private const int Alignment = 64;

    public override string Family => F.Family;

    public override string Tile => F.IsWide ? $"{LutBodies<L, V, F>.MostVectors}x{Grain.PanelOutputs * 2}c4" : $"{LutBodies<L, V, F>.MostVectors * L.Pixels}x{L.MaxTiles * 4}c4";

    public override Isa Isa => L.Isa;

    private static LutGrain Grain => LutBodies<L, V, F>.Grain;

    public override bool Serves(int weightBits, int activationBits) => weightBits <= 2 && activationBits <= (F.IsWide && weightBits == 1 ? 2 : 4);

    public override bool Handles(in ConvShape shape, RangeProof proof)
        => !shape.IsDepthwise && Serves(proof.WeightBits, proof.ActivationBits) && LutLayout.Fits(proof) && (!F.IsWide || LutLayout.HasConstantTables(proof));

    public override double EstimateCycles(in ConvShape shape, RangeProof proof)
    {
        var layout = new LutLayout(shape, proof, F.IsWide);
        var partition = new LutPartition(shape, layout, Grain);
        int row = partition.Vectors, kernelRows = partition.IsRolling ? partition.KernelRows : 1;
        int tilePanels = partition.IsRolling ? kernelRows : Math.Min(partition.Chunks.Panels, Grain.TilePanels), tileVectors = LutBodies<L, V, F>.Vectors(row, tilePanels);
        double tiles = (double)partition.Chunks.Images * partition.Chunks.Rows * row * shape.Groups * partition.Chunks.Panels;

        // Loads of a look-up; a number and a broadcast table for each pixel of the wide form, a table for each vector of the other.
        double loads = ((F.IsWide ? 1.5 * tileVectors : tileVectors) + tilePanels) / (tileVectors * tilePanels);
        double lookUp = F.IsWide ? 0.82 + (0.45 * loads) : 0.9 + (0.6 * loads);
        double runs = kernelRows * Math.Ceiling((double)layout.Groups / kernelRows / layout.FlushGroups);
        double finish = (F.IsWide ? 14 : 20) + (2 * proof.MaxActivation);

        // Each input row is taken apart or made into tables, for as many rows of chunks as see it.
        double inputRows = (double)partition.Chunks.Count * partition.Chunks.InputRows;
        double rowCost = F.IsWide ? 60 + (0.1 * partition.RowBytes) : 200 + (0.07 * partition.RowBytes);
        long bytes = (long)partition.Chunks.Panels * shape.Groups * layout.Groups * Grain.PanelOutputs;
        double arithmetic = tiles * ((lookUp * layout.Groups) + (3 * runs) + finish);
        return WeightTraffic.Beside(arithmetic, bytes) + (inputRows * rowCost) + 3000;
    }

    internal override PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof)
    {
        var layout = new LutLayout(shape, proof, F.IsWide);
        int abreast = Grain.PanelOutputs / LutPanels.Outputs, panels = (shape.GroupOutChannels + Grain.PanelOutputs - 1) / Grain.PanelOutputs * abreast;
        long panelBytes = LutPanels.PanelBytes(layout), all = (long)panels * shape.Groups;
        int controlBytes = F.IsWide ? WideTables<L, V>.MostBytes : LutTables<L, V>.ControlBytes;
        var packed = new PackedConvWeights(this, shape, proof, (all * (panelBytes + LutPanels.CorrectionBytes)) + controlBytes + LutPanels.HeaderBytes + Alignment);
        byte* corrections = packed.Data + (all * panelBytes);
        for (int g = 0; g < shape.Groups; g++)
        {
            for (int p = 0; p * LutPanels.Outputs < shape.GroupOutChannels; p++)
            {
                int first = (g * shape.GroupOutChannels) + (p * LutPanels.Outputs);
                int outputs = Math.Min(LutPanels.Outputs, shape.GroupOutChannels - (p * LutPanels.Outputs));
                long panel = ((long)g * panels) + p;
                LutPanels.Pack(
                    layout,
                    weights.Slice(first * shape.ReductionLength, outputs * shape.ReductionLength),
                    outputs,
                    packed.Data + (panel / abreast * abreast * panelBytes) + (panel % abreast * LutPanels.Outputs),
                    abreast * LutPanels.Outputs,
                    (ushort*)(corrections + (panel * LutPanels.CorrectionBytes)));
            }
        }

        byte* controls = LutJob.Align(corrections + (all * LutPanels.CorrectionBytes));
        bool isRolling = new LutPartition(shape, layout, Grain).IsRolling;
        *(int*)controls = LutRuns.Longest(layout, weights, shape.OutChannels, isRolling ? layout.Groups / shape.KernelHeight : layout.Groups);
        controls += LutPanels.HeaderBytes;
        if (F.IsWide)
        {
            WideTables<L, V>.Write(layout, controls);
        }
        else
        {
            LutTables<L, V>.WriteControls(layout, controls);
        }

        return packed;
    }

    internal override long ScratchBytes(in ConvShape shape, RangeProof proof, int threads)
    {
        var layout = new LutLayout(shape, proof, F.IsWide);
        return ScratchSlots.Bytes(layout.Groups, LutJob.SlotBytes(layout, new LutPartition(shape, layout, Grain), Grain), threads);
    }

    internal override void Run(in IntegerConvArguments arguments, WorkerPool pool)
    {
        var job = new LutJob(arguments, F.IsWide, Grain, pool.ThreadCount);
        pool.Run(job.Partition.Chunks.Count, ref job, static (ref LutJob j, int chunk) => RunChunk(j, chunk));
    }

    private static void RunChunk(in LutJob job, int chunk)
    {
        ConvBlock block = job.Partition.Chunks.Block(chunk);
        int slot = job.Scratch.Claim();
        if (job.Partition.IsRolling)
        {
            LutRolling<L, V, E, F>.Run(job, block, job.Scratch.Memory(slot));
        }
        else
        {
            LutRows<L, V, E, F>.Run(job, block, job.Scratch.Memory(slot));
        }

        job.Scratch.Release(slot);
    }
}
