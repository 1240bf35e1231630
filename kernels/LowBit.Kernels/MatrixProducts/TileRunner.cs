using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>Runs register tiles whose last column panel may be wider than the target.</summary>
internal static unsafe class TileRunner<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    // The largest tile of any instruction set: 16 rows of one or 14 rows of two vectors of 16 floats.
    private const int LargestTile = 14 * 32;

    /// <summary>Completes <paramref name="t"/> (its A, B and sizes are set) with the target and runs the tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(TileArguments* t, in TileTarget target)
    {
        int width = target.Vectors * L.Count;
        if (target.Valid != width)
        {
            RunEdge(t, in target, width);
            return;
        }

        t->C = target.C;
        t->CRow = target.Row;
        t->Init = target.Add ? target.C : target.Bias;
        t->InitRow = target.Add ? target.Row : 0;
        TileBodies<L, V>.Get(t, target.Rows, target.Vectors)(t);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunEdge(TileArguments* t, in TileTarget target, int width)
    {
        float* edge = stackalloc float[LargestTile];
        t->C = edge;
        t->CRow = width;
        t->Init = target.Add ? null : target.Bias;
        t->InitRow = 0;
        TileBodies<L, V>.Get(t, target.Rows, target.Vectors)(t);
        float* c = target.C;
        nint whole = target.Valid & ~3;
        for (int r = 0; r < target.Rows; r++, edge += width, c += target.Row)
        {
            nint i = 0;
            for (; i < whole; i += 4)
            {
                Vector128<float> sum = Vector128.Load(edge + i);
                Vector128.Store(target.Add ? Vector128.Load(c + i) + sum : sum, c + i);
            }

            for (; i < target.Valid; i++)
            {
                c[i] = target.Add ? c[i] + edge[i] : edge[i];
            }
        }
    }
}
