using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Dot8;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// The lut family: four bits of weights of one output are an index into a table of partial sums of one pixel, and one byte shuffle looks up sixteen outputs
/// of each pixel of a vector. Tables are made once per input pixel, sums are bytes as long as the proof allows, then words.
/// </summary>
internal sealed unsafe class LutConv<L, V, E> : IntegerConvKernel
    where L : struct, ILutLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
{
    private const int Alignment = 64;

    public override string Family => KernelRegistry.LutFamily;

    public override string Tile => $"{L.MaxTiles * L.Pixels}x{LutPanels.Outputs}c4";

    public override Isa Isa => L.Isa;

    public override bool Serves(int weightBits, int activationBits) => weightBits <= 2 && activationBits <= 4;

    public override bool Handles(in ConvShape shape, RangeProof proof) => !shape.IsDepthwise && Serves(proof.WeightBits, proof.ActivationBits) && LutLayout.Fits(proof);

    public override double EstimateCycles(in ConvShape shape, RangeProof proof)
    {
        var layout = new LutLayout(shape, proof);
        var partition = new LutPartition(shape, layout, L.Pixels, L.MaxTiles);
        double vectors = (double)partition.Images * partition.OutRows * ((partition.RowPixels + L.Pixels - 1) / L.Pixels);
        double panels = shape.Groups * ((shape.GroupOutChannels + LutPanels.Outputs - 1) / LutPanels.Outputs);
        double flushes = (layout.Groups + layout.FlushGroups - 1) / layout.FlushGroups;
        double steps = shape.Groups * layout.ChannelSteps * Math.Ceiling((double)shape.Batch * shape.Height * shape.Width / L.Pixels);

        // Just under a cycle and a half per look-up of a vector, two per widening, two per threshold of a view with as many codes as the input; then the tables.
        // A pixel alone fills a vector as 64 do; a call costs something before its first one.
        return (vectors * panels * ((1.4 * layout.Groups) + (2 * flushes) + 16 + (2 * proof.MaxActivation))) + (12 * steps) + 2500;
    }

    internal override PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof)
    {
        var layout = new LutLayout(shape, proof);
        int panels = (shape.GroupOutChannels + LutPanels.Outputs - 1) / LutPanels.Outputs;
        long panelBytes = LutPanels.PanelBytes(layout) * panels * shape.Groups;
        var packed = new PackedConvWeights(this, shape, proof, panelBytes + (panels * shape.Groups * LutPanels.CorrectionBytes) + LutTables<L, V>.ControlBytes + Alignment);
        byte* at = packed.Data, corrections = at + panelBytes;
        for (int g = 0; g < shape.Groups; g++)
        {
            for (int p = 0; p < panels; p++)
            {
                int first = (g * shape.GroupOutChannels) + (p * LutPanels.Outputs);
                int outputs = Math.Min(LutPanels.Outputs, shape.GroupOutChannels - (p * LutPanels.Outputs));
                LutPanels.Pack(layout, weights.Slice(first * shape.ReductionLength, outputs * shape.ReductionLength), outputs, at, (ushort*)corrections);
                at += LutPanels.PanelBytes(layout);
                corrections += LutPanels.CorrectionBytes;
            }
        }

        byte* controls = LutJob.Align(corrections);
        if (layout.IsBipolar)
        {
            LutTables<L, V>.WriteBitControls(layout.MaxActivation, controls);
        }
        else if (layout.IsTernary)
        {
            LutTables<L, V>.WriteTernaryControls(layout.MaxActivation, controls);
        }
        else
        {
            LutTables<L, V>.WritePairControls(layout.MaxActivation, layout.LowestWeight, controls);
        }

        return packed;
    }

    internal override long ScratchBytes(in ConvShape shape, RangeProof proof, int threads)
    {
        var layout = new LutLayout(shape, proof);
        return ScratchSlots.Bytes(layout.Groups, LutJob.SlotBytes(layout, new LutPartition(shape, layout, L.Pixels, L.MaxTiles)), threads);
    }

    internal override void Run(in IntegerConvArguments arguments, WorkerPool pool)
    {
        var job = new LutJob(arguments, L.Pixels, L.MaxTiles, pool.ThreadCount);
        pool.Run(job.Partition.ChunkCount, ref job, static (ref LutJob j, int chunk) => RunChunk(j, chunk));
    }

    private static void RunChunk(in LutJob job, int chunk)
    {
        Dot8Block block = job.Block(chunk);
        int slot = job.Scratch.Claim();
        byte* memory = job.Scratch.Memory(slot);
        int step = job.Partition.IsRowByRow ? 1 : block.Rows;
        for (int first = 0; first < block.Rows; first += step)
        {
            job.Prepare<L, V>(block, first, first + step, memory);
            for (int panel = block.FirstPanel; panel < block.EndPanel;)
            {
                int panels = LutBodies<L, V>.Panels(block.EndPanel - panel);
                for (int row = first; row < first + step; row++)
                {
                    RunRow(job, block, row, panel, panels, memory);
                }

                panel += panels;
            }
        }

        job.Scratch.Release(slot);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunRow(in LutJob job, in Dot8Block block, int row, int panel, int panels, byte* memory)
    {
        short* sums = stackalloc short[(8 * 64) + 32];
        sums = (short*)(((nuint)sums + 63) & ~(nuint)63);
        ConvShape shape = job.Arguments.Shape;
        int stride = job.Partition.IsFlat ? 1 : shape.Stride;
        nint panelBytes = (nint)LutPanels.PanelBytes(job.Layout);
        byte* tables = job.Tables(memory) + (row * stride * job.Partition.RowBytes);
        LutTileArguments tile;
        tile.Offsets = job.Scratch.Offsets;
        tile.Groups = job.Layout.Groups;
        tile.FlushGroups = job.Layout.FlushGroups;
        tile.Indices = job.Arguments.Weights.Data + ((((nint)block.Group * job.Partition.Panels) + panel) * panelBytes);
        tile.PanelBytes = panelBytes;
        tile.Corrections = job.Corrections + ((((nint)block.Group * job.Partition.Panels) + panel) * LutPanels.CorrectionBytes);
        tile.Sums = sums;
        int width = job.RowWidth(block, row);
        long pixel = job.FirstPixel(block, row);
        for (int x = 0; x < width;)
        {
            int vectors = LutBodies<L, V>.Vectors((width - x + L.Pixels - 1) / L.Pixels, panels);
            tile.Tables = tables + ((nint)x * LutLayout.TableBytes);
            LutBodies<L, V>.Body(vectors, panels)(&tile);
            int pixels = Math.Min(vectors * L.Pixels, width - x);
            for (int i = 0; i < panels; i++)
            {
                int output = (panel + i) * LutPanels.Outputs, channel = (block.Group * shape.GroupOutChannels) + output;
                var place = new EpilogueTarget(
                    null, 0, pixels, Math.Min(LutPanels.Outputs, shape.GroupOutChannels - output), channel, shape.OutChannels, ((pixel + x) * shape.OutChannels) + channel);
                LutFinish<L, V, E>.Run(job.Arguments, sums + (i * vectors * LutLayout.TableBytes * L.Pixels), place);
            }

            x += pixels;
        }
    }
}
