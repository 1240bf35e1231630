using System.Runtime.CompilerServices;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>Chooses the register tile for a distance between the rows of A.</summary>
internal static unsafe class TileBodies<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    /// <summary>The tile for <paramref name="t"/>, whose row distance and step are set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static delegate*<TileArguments*, void> Get(TileArguments* t, int rows, int vectors)
    {
        if (t->BTap != 0)
        {
            return t->ARow switch
            {
                16 => TapTable<L, V, RowStep16>.Get(rows),
                32 => TapTable<L, V, RowStep32>.Get(rows),
                64 => TapTable<L, V, RowStep64>.Get(rows),
                _ => TapTable<L, V, AnyRowStep>.Get(rows),
            };
        }

        if (t->ARow == 1)
        {
            return TileTable<L, V, PackedRows>.Get(rows, vectors);
        }

        return t->ARow switch
        {
            16 => TileTable<L, V, RowStep16>.Get(rows, vectors),
            32 => TileTable<L, V, RowStep32>.Get(rows, vectors),
            64 => TileTable<L, V, RowStep64>.Get(rows, vectors),
            _ => TileTable<L, V, AnyRowStep>.Get(rows, vectors),
        };
    }
}
