using System.Runtime.CompilerServices;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>Every three-column tile of one instruction set and one way of stepping, by rows; compiled when first called.</summary>
internal static unsafe class TapTable<L, V, TStep>
    where L : struct, IFmaLanes<V>
    where V : struct
    where TStep : struct, IRowStep
{
    private static readonly delegate*<TileArguments*, void>[] s_bodies =
    [
        &TapTile<L, V, R1, TStep>.Run,
        &TapTile<L, V, R2, TStep>.Run,
        &TapTile<L, V, R3, TStep>.Run,
        &TapTile<L, V, R4, TStep>.Run,
        &TapTile<L, V, R5, TStep>.Run,
        &TapTile<L, V, R6, TStep>.Run,
        &TapTile<L, V, R7, TStep>.Run,
        &TapTile<L, V, R8, TStep>.Run,
        &TapTile<L, V, R9, TStep>.Run,
        &TapTile<L, V, R10, TStep>.Run,
        &TapTile<L, V, R11, TStep>.Run,
        &TapTile<L, V, R12, TStep>.Run,
        &TapTile<L, V, R13, TStep>.Run,
        &TapTile<L, V, R14, TStep>.Run,
        &TapTile<L, V, R15, TStep>.Run,
        &TapTile<L, V, R16, TStep>.Run,
    ];

    /// <summary>The tile of <paramref name="rows"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static delegate*<TileArguments*, void> Get(int rows) => s_bodies[rows - 1];
}
