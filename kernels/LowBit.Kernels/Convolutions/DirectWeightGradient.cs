using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Convolutions;

/// <summary>
/// The gradient to the weights of one group without a copy of the input: a register tile holds neighbouring input channels of one kernel tap by
/// one panel of output channels and sums over those pixels whose tap lies inside the image. A chunk is a panel and a kernel row over a block
/// of images; blocks give partial sums.
/// </summary>
internal static unsafe class DirectWeightGradient<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    private const int TargetChunks = 12;
    private const double ChunkOperations = 5e5;

    // Pixels summed between two updates of the partial sums: their inputs and gradients stay in the first-level cache for all tiles.
    private const int PixelsPerTurn = 128;

    // With fewer channels than this a tile of one tap is too flat.
    private const int FewestChannels = 8;

    /// <summary>True when tiles are full: enough input channels, and output channels that fill vectors.</summary>
    public static bool Serves(in ConvShape s) => s.GroupInChannels >= FewestChannels && s.GroupOutChannels % L.Count == 0;

    /// <summary>Adds the gradient of group <paramref name="group"/> to gw.</summary>
    public static void Run(in ConvShape s, int group, float* x, float* gy, float* gw, WorkerPool pool)
    {
        var division = new ColumnPanels(s.GroupOutChannels, L.Count);
        int units = division.Count * s.KernelHeight;
        double most = Math.Clamp(s.Operations / s.Groups / units / ChunkOperations, 1, s.Batch);
        int blocks = (int)Math.Min(most, (TargetChunks + units - 1) / units);
        var job = new Job
        {
            Shape = s,
            X = x + (group * s.GroupInChannels),
            Gy = gy + (group * s.GroupOutChannels),
            Sums = new WeightSums<L, V>
            {
                Shape = s,
                Division = division,
                Blocks = blocks,
                Gw = gw + ((nint)group * s.GroupOutChannels * s.ReductionLength),
            },
        };
        long floats = job.Sums.BlockFloats * blocks;
        job.Sums.Partial = Scratch.Rent(floats);
        pool.Run(blocks * units, ref job, static (ref Job j, int chunk) => RunChunk(in j, chunk));
        job.Sums.AddTo(pool);
        Scratch.Return(job.Sums.Partial, floats);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunChunk(in Job job, int chunk)
    {
        ConvShape s = job.Shape;
        int units = job.Sums.Division.Count * s.KernelHeight, block = chunk / units, panel = chunk % units / s.KernelHeight, u = chunk % s.KernelHeight;
        int firstImage = (int)((long)s.Batch * block / job.Sums.Blocks), lastImage = (int)((long)s.Batch * (block + 1) / job.Sums.Blocks);
        int width = job.Sums.Division.Vectors(panel) * L.Count, run = s.KernelWidth * s.GroupInChannels;
        float* sums = job.Sums.Panel(block, panel) + ((nint)u * run * width);
        NativeMemory.Clear(sums, (nuint)((nint)run * width * sizeof(float)));

        Inside(s.Height, s.OutHeight, s.Stride, s.Padding, u, out int firstRow, out int endRow);
        int rowsPerTurn = Math.Max(1, PixelsPerTurn / s.OutWidth), imagesPerTurn = Math.Max(1, rowsPerTurn / s.OutHeight);
        for (int image = firstImage; image < lastImage; image += imagesPerTurn)
        {
            for (int row = firstRow; row < endRow; row += rowsPerTurn)
            {
                var turn = new Turn
                {
                    Image = image,
                    Images = Math.Min(imagesPerTurn, lastImage - image),
                    Row = row,
                    Rows = Math.Min(rowsPerTurn, endRow - row),
                    KernelRow = u,
                    Panel = panel,
                };
                for (int v = 0; v < s.KernelWidth; v++)
                {
                    RunTap(in job, in turn, v, sums + ((nint)v * s.GroupInChannels * width));
                }
            }
        }
    }

    /// <summary>All channels of one tap over the pixels of a turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTap(in Job job, in Turn turn, int v, float* sums)
    {
        ConvShape s = job.Shape;
        Inside(s.Width, s.OutWidth, s.Stride, s.Padding, v, out int firstColumn, out int endColumn);
        if (firstColumn >= endColumn)
        {
            return;
        }

        int vectors = job.Sums.Division.Vectors(turn.Panel), width = vectors * L.Count;
        nint inputRow = (nint)s.Width * s.InChannels, outputRow = (nint)s.OutWidth * s.OutChannels;
        TileArguments t = default;
        t.ARow = 1;
        t.AStep = (nint)s.Stride * s.InChannels;
        t.ASegment = s.Stride * inputRow;
        t.AGroup = s.Height * inputRow;
        t.BStep = s.OutChannels;
        t.BSegment = outputRow;
        t.BGroup = s.OutHeight * outputRow;
        t.Steps = endColumn - firstColumn;
        t.Segments = turn.Rows;
        t.Groups = turn.Images;
        t.CRow = width;
        t.InitRow = width;
        int inputFirstRow = (turn.Row * s.Stride) + turn.KernelRow - s.Padding, inputFirstColumn = (firstColumn * s.Stride) + v - s.Padding;
        float* a = job.X + (turn.Image * t.AGroup) + (inputFirstRow * inputRow) + ((nint)inputFirstColumn * s.InChannels);
        t.B = job.Gy + (turn.Image * t.BGroup) + (turn.Row * outputRow) + ((nint)firstColumn * s.OutChannels) + job.Sums.Division.First(turn.Panel);

        int channels = s.GroupInChannels, most = L.MaxRows(vectors), tiles = (channels + most - 1) / most, channel = 0;
        for (int tile = 0; tile < tiles; tile++)
        {
            int count = (int)((long)channels * (tile + 1) / tiles) - channel;
            t.A = a + channel;
            t.C = sums + ((nint)channel * width);
            t.Init = t.C;
            TileTable<L, V, RowStep1>.Get(count, vectors)(&t);
            channel += count;
        }
    }

    /// <summary>The outputs along one axis for which tap <paramref name="tap"/> meets the image.</summary>
    private static void Inside(int length, int outLength, int stride, int padding, int tap, out int first, out int end)
    {
        first = tap >= padding ? 0 : (padding - tap + stride - 1) / stride;
        int last = length - 1 + padding - tap;
        end = last < 0 ? 0 : Math.Min(outLength, (last / stride) + 1);
    }

    private struct Job
    {
        public ConvShape Shape;
        public float* X;
        public float* Gy;
        public WeightSums<L, V> Sums;
    }

    /// <summary>Some output rows of some images; several images only when all their rows are taken.</summary>
    private struct Turn
    {
        public int Image;
        public int Images;
        public int Row;
        public int Rows;
        public int KernelRow;
        public int Panel;
    }
}
