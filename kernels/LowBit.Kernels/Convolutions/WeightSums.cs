using System.Runtime.CompilerServices;
using LowBit.Kernels.Devices;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Convolutions;

/// <summary>
/// Partial gradients of one group's weights, one per block of images, each in panels <c>[panel][position][column]</c>. They are added first to
/// last, so that the bits do not depend on who computed which block, and their sum is added to the weights' own layout.
/// </summary>
internal unsafe struct WeightSums<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    private const int RowsPerChunk = 32;

    // One panel of any instruction set by the rows of a chunk.
    private const int LargestTurned = 32 * RowsPerChunk;

    public ConvShape Shape;
    public ColumnPanels Division;
    public int Blocks;
    public float* Partial;

    /// <summary>Gradient of the group's weights, <c>[O, KH, KW, C]</c>.</summary>
    public float* Gw;

    /// <summary>True when positions are (kernel column, kernel row) of one channel.</summary>
    public bool Joined;

    /// <summary>Floats of one block.</summary>
    public readonly long BlockFloats => (long)Shape.ReductionLength * Division.PaddedColumns;

    /// <summary>Position 0 of a panel of a block.</summary>
    public readonly float* Panel(int block, int panel) => Partial + (block * (nint)BlockFloats) + ((nint)Division.First(panel) * Shape.ReductionLength);

    /// <summary>Adds the blocks to the weights' gradient.</summary>
    public void AddTo(WorkerPool pool)
    {
        int chunks = (Shape.ReductionLength + RowsPerChunk - 1) / RowsPerChunk;
        pool.Run(Division.Count * chunks, ref this, static (ref WeightSums<L, V> s, int chunk) => s.AddChunk(chunk));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void AddChunk(int chunk)
    {
        int depth = Shape.ReductionLength, chunks = (depth + RowsPerChunk - 1) / RowsPerChunk;
        int panel = chunk / chunks, first = chunk % chunks * RowsPerChunk, rows = Math.Min(RowsPerChunk, depth - first);
        int width = Division.Vectors(panel) * L.Count, valid = Division.Valid(panel);
        float* sums = Panel(0, panel) + ((nint)first * width);
        nint floats = (nint)rows * width;
        for (int block = 1; block < Blocks; block++)
        {
            float* more = sums + (block * (nint)BlockFloats);
            for (nint i = 0; i < floats; i += L.Count)
            {
                L.Store(sums + i, L.Add(L.Load(sums + i), L.Load(more + i)));
            }
        }

        float* turned = stackalloc float[LargestTurned];
        Transposition.Copy(sums, width, rows, valid, turned, RowsPerChunk);
        for (nint o = 0; o < valid; o++)
        {
            float* target = Gw + ((Division.First(panel) + o) * depth);
            float* from = turned + (o * RowsPerChunk);
            if (Joined)
            {
                AddJoined(target, from, first, rows);
            }
            else
            {
                AddRow(target + first, from, rows);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(float* target, float* from, nint rows)
    {
        nint i = 0;
        for (; i + L.Count <= rows; i += L.Count)
        {
            L.Store(target + i, L.Add(L.Load(target + i), L.Load(from + i)));
        }

        for (; i < rows; i++)
        {
            target[i] += from[i];
        }
    }

    // (column, row) to (row, column).
    private readonly void AddJoined(float* target, float* from, int first, int rows)
    {
        for (int i = 0; i < rows; i++)
        {
            int k = first + i;
            target[((nint)(k % Shape.KernelHeight) * Shape.KernelWidth) + (k / Shape.KernelHeight)] += from[i];
        }
    }
}
