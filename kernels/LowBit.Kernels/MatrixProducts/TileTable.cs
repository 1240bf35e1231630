using System.Runtime.CompilerServices;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>Every register tile of one instruction set and one way of stepping, by rows and vectors; compiled when first called.</summary>
internal static unsafe class TileTable<L, V, TStep>
    where L : struct, IFmaLanes<V>
    where V : struct
    where TStep : struct, IRowStep
{
    private const int MostRows = 16;

    private static readonly delegate*<TileArguments*, void>[] s_bodies = new delegate*<TileArguments*, void>[2 * MostRows];

#pragma warning disable CA1810 // filled by assignments: an initialiser cannot leave out the tiles that do not exist
    static TileTable()
#pragma warning restore CA1810
    {
        s_bodies[0] = &Tile<L, V, R1, OneVector, TStep>.Run;
        s_bodies[1] = &Tile<L, V, R2, OneVector, TStep>.Run;
        s_bodies[2] = &Tile<L, V, R3, OneVector, TStep>.Run;
        s_bodies[3] = &Tile<L, V, R4, OneVector, TStep>.Run;
        s_bodies[4] = &Tile<L, V, R5, OneVector, TStep>.Run;
        s_bodies[5] = &Tile<L, V, R6, OneVector, TStep>.Run;
        s_bodies[6] = &Tile<L, V, R7, OneVector, TStep>.Run;
        s_bodies[7] = &Tile<L, V, R8, OneVector, TStep>.Run;
        s_bodies[8] = &Tile<L, V, R9, OneVector, TStep>.Run;
        s_bodies[9] = &Tile<L, V, R10, OneVector, TStep>.Run;
        s_bodies[10] = &Tile<L, V, R11, OneVector, TStep>.Run;
        s_bodies[11] = &Tile<L, V, R12, OneVector, TStep>.Run;
        s_bodies[12] = &Tile<L, V, R13, OneVector, TStep>.Run;
        s_bodies[13] = &Tile<L, V, R14, OneVector, TStep>.Run;
        s_bodies[14] = &Tile<L, V, R15, OneVector, TStep>.Run;
        s_bodies[15] = &Tile<L, V, R16, OneVector, TStep>.Run;
        s_bodies[16] = &Tile<L, V, R1, TwoVectors, TStep>.Run;
        s_bodies[17] = &Tile<L, V, R2, TwoVectors, TStep>.Run;
        s_bodies[18] = &Tile<L, V, R3, TwoVectors, TStep>.Run;
        s_bodies[19] = &Tile<L, V, R4, TwoVectors, TStep>.Run;
        s_bodies[20] = &Tile<L, V, R5, TwoVectors, TStep>.Run;
        s_bodies[21] = &Tile<L, V, R6, TwoVectors, TStep>.Run;
        s_bodies[22] = &Tile<L, V, R7, TwoVectors, TStep>.Run;
        s_bodies[23] = &Tile<L, V, R8, TwoVectors, TStep>.Run;
        s_bodies[24] = &Tile<L, V, R9, TwoVectors, TStep>.Run;
        s_bodies[25] = &Tile<L, V, R10, TwoVectors, TStep>.Run;
        s_bodies[26] = &Tile<L, V, R11, TwoVectors, TStep>.Run;
        s_bodies[27] = &Tile<L, V, R12, TwoVectors, TStep>.Run;
        s_bodies[28] = &Tile<L, V, R13, TwoVectors, TStep>.Run;
        s_bodies[29] = &Tile<L, V, R14, TwoVectors, TStep>.Run;
    }

    /// <summary>The tile of <paramref name="rows"/> rows and <paramref name="vectors"/> (1 or 2) vectors per row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static delegate*<TileArguments*, void> Get(int rows, int vectors) => s_bodies[((vectors - 1) * MostRows) + rows - 1];
}
