using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels.Dot8;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.IntegerKernels.Depthwise;

/// <summary>
/// Depthwise convolutions. Packed weights are <c>[panel of channels][pair of taps][lane][2]</c> 16-bit integers; zero where there is no weight.
/// 3×3 kernels of stride one and two have bodies and a layout of their own, <see cref="DepthwiseThree{L,V,E}"/>.
/// </summary>
internal sealed unsafe class DepthwiseConv<L, V, E> : IntegerConvKernel
    where L : struct, IDotLanes<V>
    where V : struct
    where E : struct, IEpilogueBody
{
    private const int TilePixels = 4;

    public override string Family => KernelRegistry.DepthwiseFamily;

    public override string Tile => $"{TilePixels}x{L.Count}c2";

    public override Isa Isa => L.Isa;

    public override bool Serves(int weightBits, int activationBits) => true;

    public override bool Handles(in ConvShape shape, RangeProof proof) => shape.IsDepthwise;

    // Per pixel and panel: about nine cycles for a pair of taps, loads and widening included, and the epilogue; tiles of 3×3 share both.
    public override double EstimateCycles(in ConvShape shape, RangeProof proof)
    {
        double panels = (shape.OutChannels + L.Count - 1) / L.Count, pairs = ((shape.KernelHeight * shape.KernelWidth) + 1) / 2;
        return (double)shape.Batch * shape.OutHeight * shape.OutWidth * panels * (DepthwiseThree<L, V, E>.Serves(shape) ? 16 + (4 * shape.Stride) : (9 * pairs) + 12);
    }

    internal override PackedConvWeights Pack(in ConvShape shape, ReadOnlySpan<sbyte> weights, RangeProof proof)
    {
        if (DepthwiseThree<L, V, E>.Serves(shape))
        {
            var three = new PackedConvWeights(this, shape, proof, DepthwiseThree<L, V, E>.WeightBytes(shape));
            DepthwiseThree<L, V, E>.Pack(weights, shape.OutChannels, (short*)three.Data);
            return three;
        }

        int taps = shape.KernelHeight * shape.KernelWidth, pairs = (taps + 1) / 2, panels = (shape.OutChannels + L.Count - 1) / L.Count;
        var packed = new PackedConvWeights(this, shape, proof, (long)panels * pairs * L.Count * 4);
        short* data = (short*)packed.Data;
        for (int c = 0; c < shape.OutChannels; c++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                nint step = ((nint)(c / L.Count) * pairs) + (tap / 2);
                data[(((step * L.Count) + (c % L.Count)) * 2) + (tap % 2)] = weights[(c * taps) + tap];
            }
        }

        return packed;
    }

    internal override long ScratchBytes(in ConvShape shape, RangeProof proof, int threads)
    {
        if (DepthwiseThree<L, V, E>.Serves(shape))
        {
            return DepthwiseThree<L, V, E>.ScratchBytes(shape);
        }

        var partition = new DepthwisePartition(shape, L.Count);
        return ScratchSlots.Bytes(2 * partition.Pairs, partition.SlotBytes, threads);
    }

    internal override void Run(in IntegerConvArguments arguments, WorkerPool pool)
    {
        if (DepthwiseThree<L, V, E>.Serves(arguments.Shape))
        {
            var three = new DepthwiseThreeJob(arguments, DepthwiseThree<L, V, E>.ScratchBytes(arguments.Shape));
            pool.Run(three.ChunkCount, ref three, static (ref DepthwiseThreeJob j, int chunk) => DepthwiseThree<L, V, E>.RunChunk(j, chunk));
            return;
        }

        var job = new DepthwiseJob(arguments, L.Count, pool.ThreadCount);
        pool.Run(job.Partition.ChunkCount, ref job, static (ref DepthwiseJob j, int chunk) => RunChunk(j, chunk));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunChunk(in DepthwiseJob job, int chunk)
    {
        DepthwisePartition partition = job.Partition;
        ConvShape s = job.Arguments.Shape;
        (int rest, int channelBlock) = Math.DivRem(chunk, partition.ChannelBlocks);
        (int image, int rowBlock) = Math.DivRem(rest, partition.RowBlocks);
        int firstRow = rowBlock * partition.BlockRows, rows = Math.Min(partition.BlockRows, s.OutHeight - firstRow);
        int firstChannel = channelBlock * partition.Channels, endChannel = Math.Min(firstChannel + partition.Channels, s.OutChannels);

        int slot = job.Scratch.Claim();
        byte* copy = job.Scratch.Memory(slot);
        job.CopyInput(image, firstRow, rows, firstChannel, copy);

        int* tile = stackalloc int[TilePixels * 16];
        nint pixelStride = (nint)s.Stride * partition.Channels;
        for (int c = firstChannel; c < endChannel; c += L.Count)
        {
            byte* weights = job.Arguments.Weights.Data + ((long)(c / L.Count) * partition.Pairs * L.Count * 4);
            int valid = Math.Min(L.Count, endChannel - c);
            for (int row = 0; row < rows; row++)
            {
                byte* input = copy + ((nint)row * s.Stride * partition.RowBytes) + (c - firstChannel);
                long pixel = (((long)image * s.OutHeight) + firstRow + row) * s.OutWidth;
                for (int x = 0; x < s.OutWidth;)
                {
                    int pixels = s.OutWidth - x >= TilePixels ? TilePixels : 1;
                    if (pixels == TilePixels)
                    {
                        DepthwiseTile<L, V>.Four(input + (x * pixelStride), pixelStride, job.Scratch.Offsets, partition.Pairs, weights, tile);
                    }
                    else
                    {
                        DepthwiseTile<L, V>.One(input + (x * pixelStride), job.Scratch.Offsets, partition.Pairs, weights, tile);
                    }

                    var target = new EpilogueTarget(tile, L.Count, pixels, valid, c, s.OutChannels, ((pixel + x) * s.OutChannels) + c);
                    target.Finish<E>(job.Arguments);
                    x += pixels;
                }
            }
        }

        job.Scratch.Release(slot);
    }
}
