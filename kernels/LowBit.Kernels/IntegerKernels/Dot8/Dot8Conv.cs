using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels.Dot8;

/// <summary>
/// The dot8 family: direct convolution as an implicit matrix product, unsigned bytes × signed bytes. Packed weights are
/// <c>[group][panel][step][vector][lane][codes of a step]</c>; zero where there is no weight.
/// </summary>
internal sealed unsafe class Dot8Conv<L, V, E> : IntegerConvKernel
    where L : struct, IDotLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
{
    // Collected sums: 8 KiB of L1.
    private const int TileInts = 2048;
    private const int MaxTilePixels = 64;

    public override string Family => L.Family;

    public override string Tile => $"{Dot8Bodies.LargestPixels(L.Registers, PanelVectors)}x{PanelVectors * L.Count}c4";

    public override Isa Isa => L.Isa;

    public override bool IsSupported => L.IsSupported;

    public override bool Serves(int weightBits, int activationBits) => activationBits <= L.MaxActivationBits;

    public override bool Handles(in ConvShape shape, RangeProof proof) => true;

    // Steps by the model that splits rows into tiles; two cycles for widening an accumulator, six for requantizing a vector, a cycle for copying some codes.
    public override double EstimateCycles(in ConvShape shape, RangeProof proof)
    {
        Dot8Layout layout = Layout(shape, proof);
        var partition = new Dot8Partition(shape, layout, Width(shape));
        int rowPixels = partition.Chunks.RowPixels;
        double pixels = (double)shape.Batch * shape.OutHeight * shape.OutWidth, rows = pixels / rowPixels;
        int vectors = Padded(shape.GroupOutChannels) / L.Count, pairs = Width(shape) > L.Count ? vectors / 2 : 0, singles = vectors - (2 * pairs);
        double step = pairs == 0 ? 0 : pairs * Dot8Bodies.Choose<L, V>(layout, 2).StepCycles(rowPixels);
        step += singles == 0 ? 0 : singles * Dot8Bodies.Choose<L, V>(layout, 1).StepCycles(rowPixels);
        double arithmetic = shape.Groups * ((rows * layout.Steps * step) + (pixels * vectors * ((2 * layout.Widenings) + 6)));
        double copies = partition.Chunks.IsFlat ? pixels * partition.InputPixelBytes : (double)shape.Batch * shape.Height * partition.RowBytes;
        copies *= partition.IsInPlace ? 0 : shape.Groups * partition.Chunks.PanelBlocks;
        long bytes = (long)shape.Groups * vectors * layout.Steps * L.Count * 4;

        // What a call costs whatever its pixels: the runs, chunks, slots. It rules small linear layers.
        return WeightTraffic.Beside(arithmetic + (copies / 12), bytes) + 1500;
    }

    internal override PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof)
    {
        var layout = Layout(shape, proof);
        int outputs = shape.GroupOutChannels, length = shape.ReductionLength, width = Width(shape);
        var packed = new PackedConvWeights(this, shape, proof, (long)shape.Groups * Padded(outputs) * OutputBytes(layout));
        byte* at = packed.Data;
        for (int g = 0; g < shape.Groups; g++)
        {
            for (int first = 0; first < outputs; first += width)
            {
                int valid = Math.Min(width, outputs - first);
                at = PackPanel(layout, weights.Slice(((g * outputs) + first) * length, valid * length), valid, at);
            }
        }

        return packed;
    }

    internal override long ScratchBytes(in ConvShape shape, RangeProof proof, int threads)
    {
        var layout = Layout(shape, proof);
        var partition = new Dot8Partition(shape, layout, Width(shape));
        return ScratchSlots.Bytes(layout.RunWords, Dot8Job.SlotBytes(partition), threads);
    }

    internal override void Run(in IntegerConvArguments arguments, WorkerPool pool)
    {
        var job = new Dot8Job(arguments, Layout(arguments.Shape, arguments.Weights.Proof), Width(arguments.Shape), pool.ThreadCount);
        pool.Run(job.Partition.Chunks.Count, ref job, static (ref Dot8Job j, int chunk) => RunChunk(j, chunk));
    }

    // Two vectors of outputs use each broadcast of activations twice.
    private static int PanelVectors => Dot8Bodies.MostPixels(L.Registers, 2, 1) >= 4 ? 2 : 1;

    // The last panel of a group may have fewer vectors.
    private static int Width(in ConvShape shape) => shape.GroupOutChannels > L.Count ? PanelVectors * L.Count : L.Count;

    private static int Padded(int outputs) => (outputs + L.Count - 1) / L.Count * L.Count;

    private static Dot8Layout Layout(in ConvShape shape, RangeProof proof) => new(shape, proof, L.DotIsExact, L.Registers);

    private static long OutputBytes(in Dot8Layout layout) => (long)layout.Steps * 4;

    // Writes [step][vectors][lane][codes of a step]; returns the end.
    private static byte* PackPanel(in Dot8Layout layout, ReadOnlySpan<sbyte> weights, int outputs, byte* panel)
    {
        int length = weights.Length / outputs, width = Padded(outputs);
        for (int step = 0; step < layout.Steps; step++)
        {
            for (int i = 0; i < layout.CodesPerStep; i++)
            {
                int index = layout.WeightIndex(step, i);
                for (int o = 0; index >= 0 && o < outputs; o++)
                {
                    sbyte code = weights[(o * length) + index];
                    if (layout.IsWide)
                    {
                        ((short*)(panel + (o * 4)))[i] = code;
                    }
                    else
                    {
                        ((sbyte*)(panel + (o * 4)))[i] = code;
                    }
                }
            }

            panel += width * 4;
        }

        return panel;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunChunk(in Dot8Job job, int chunk)
    {
        ConvBlock block = job.Partition.Chunks.Block(chunk);
        int slot = job.Scratch.Claim();
        byte* input = job.Input(block, job.Scratch.Memory(slot));

        int* tile = stackalloc int[TileInts];
        int width = Width(job.Arguments.Shape), groupOutputs = job.Arguments.Shape.GroupOutChannels;
        for (int panel = block.FirstPanel; panel < block.EndPanel; panel++)
        {
            int first = panel * width, valid = Math.Min(width, groupOutputs - first);
            byte* weights = job.Arguments.Weights.Data + (((long)block.Group * Padded(groupOutputs)) + first) * OutputBytes(job.Layout);
            RunPanel(job, block, new Panel(weights, (block.Group * groupOutputs) + first, valid, (valid + L.Count - 1) / L.Count), input, tile);
        }

        job.Scratch.Release(slot);
    }

    // Tiles of neighbouring pixels are collected, across rows too, because the epilogue has costs of its own for each call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunPanel(in Dot8Job job, in ConvBlock block, in Panel panel, byte* input, int* tile)
    {
        Dot8Bodies bodies = Dot8Bodies.Choose<L, V>(job.Layout, panel.Vectors);
        Dot8Run* runs = job.Runs;
        nint pixelInts = panel.Vectors * L.Count, pixelBytes = job.Partition.PixelBytes;
        nint rowBytes = (nint)job.Partition.RowBytes * job.Arguments.Shape.Stride;
        int most = (int)Math.Min(TileInts / pixelInts, MaxTilePixels), collected = 0;
        long pixel = job.Partition.Chunks.FirstPixel(block, 0);
        for (int row = 0; row < block.Rows; row++)
        {
            byte* codes = input + (row * rowBytes);
            int left = job.Partition.Chunks.RowWidth(block, row);
            while (left > 0)
            {
                int size = bodies.Pixels(left);
                if (collected + size > most)
                {
                    Finish(job, panel, tile, pixel, collected);
                    pixel += collected;
                    collected = 0;
                }

                int tiles = Math.Min(bodies.Tiles(left), (most - collected) / size), pixels = tiles * size;
                bodies.Body(size)(codes, pixelBytes, runs, panel.Weights, tile + (collected * pixelInts), tiles);
                collected += pixels;
                codes += pixels * pixelBytes;
                left -= pixels;
            }
        }

        Finish(job, panel, tile, pixel, collected);
    }

    private static void Finish(in Dot8Job job, in Panel panel, int* tile, long pixel, int pixels)
    {
        int channels = job.Arguments.Shape.OutChannels;
        for (int first = 0; first < panel.Valid; first += L.Count)
        {
            int valid = Math.Min(L.Count, panel.Valid - first), channel = panel.Channel + first;
            var target = new EpilogueTarget(tile + first, panel.Vectors * L.Count, pixels, valid, channel, channels, (pixel * channels) + channel);
            target.Finish<E>(job.Arguments);
        }
    }

    private readonly struct Panel(byte* weights, int channel, int valid, int vectors)
    {
        public readonly byte* Weights = weights;
        public readonly int Channel = channel;
        public readonly int Valid = valid;
        public readonly int Vectors = vectors;
    }
}
