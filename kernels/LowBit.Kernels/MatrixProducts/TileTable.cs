namespace LowBit.Kernels.MatrixProducts;

/// <summary>Every register tile of one instruction set, by rows, vectors and row step; compiled when first called.</summary>
internal static unsafe class TileTable<L, V>
    where L : struct, IFmaLanes<V>
    where V : struct
{
    private const int MostRows = 16;

    private static readonly delegate*<TileArguments*, void>[] s_unit = new delegate*<TileArguments*, void>[2 * MostRows];
    private static readonly delegate*<TileArguments*, void>[] s_any = new delegate*<TileArguments*, void>[2 * MostRows];

#pragma warning disable CA1810 // the tables are filled by assignments: an initialiser cannot hold addresses of generic methods by position
    static TileTable()
#pragma warning restore CA1810
    {
        s_unit[0] = &Tile<L, V, R1, OneVector, UnitRowStep>.Run;
        s_unit[1] = &Tile<L, V, R2, OneVector, UnitRowStep>.Run;
        s_unit[2] = &Tile<L, V, R3, OneVector, UnitRowStep>.Run;
        s_unit[3] = &Tile<L, V, R4, OneVector, UnitRowStep>.Run;
        s_unit[4] = &Tile<L, V, R5, OneVector, UnitRowStep>.Run;
        s_unit[5] = &Tile<L, V, R6, OneVector, UnitRowStep>.Run;
        s_unit[6] = &Tile<L, V, R7, OneVector, UnitRowStep>.Run;
        s_unit[7] = &Tile<L, V, R8, OneVector, UnitRowStep>.Run;
        s_unit[8] = &Tile<L, V, R9, OneVector, UnitRowStep>.Run;
        s_unit[9] = &Tile<L, V, R10, OneVector, UnitRowStep>.Run;
        s_unit[10] = &Tile<L, V, R11, OneVector, UnitRowStep>.Run;
        s_unit[11] = &Tile<L, V, R12, OneVector, UnitRowStep>.Run;
        s_unit[12] = &Tile<L, V, R13, OneVector, UnitRowStep>.Run;
        s_unit[13] = &Tile<L, V, R14, OneVector, UnitRowStep>.Run;
        s_unit[14] = &Tile<L, V, R15, OneVector, UnitRowStep>.Run;
        s_unit[15] = &Tile<L, V, R16, OneVector, UnitRowStep>.Run;
        s_unit[16] = &Tile<L, V, R1, TwoVectors, UnitRowStep>.Run;
        s_unit[17] = &Tile<L, V, R2, TwoVectors, UnitRowStep>.Run;
        s_unit[18] = &Tile<L, V, R3, TwoVectors, UnitRowStep>.Run;
        s_unit[19] = &Tile<L, V, R4, TwoVectors, UnitRowStep>.Run;
        s_unit[20] = &Tile<L, V, R5, TwoVectors, UnitRowStep>.Run;
        s_unit[21] = &Tile<L, V, R6, TwoVectors, UnitRowStep>.Run;
        s_unit[22] = &Tile<L, V, R7, TwoVectors, UnitRowStep>.Run;
        s_unit[23] = &Tile<L, V, R8, TwoVectors, UnitRowStep>.Run;
        s_unit[24] = &Tile<L, V, R9, TwoVectors, UnitRowStep>.Run;
        s_unit[25] = &Tile<L, V, R10, TwoVectors, UnitRowStep>.Run;
        s_unit[26] = &Tile<L, V, R11, TwoVectors, UnitRowStep>.Run;
        s_unit[27] = &Tile<L, V, R12, TwoVectors, UnitRowStep>.Run;
        s_unit[28] = &Tile<L, V, R13, TwoVectors, UnitRowStep>.Run;
        s_unit[29] = &Tile<L, V, R14, TwoVectors, UnitRowStep>.Run;
        s_any[0] = &Tile<L, V, R1, OneVector, AnyRowStep>.Run;
        s_any[1] = &Tile<L, V, R2, OneVector, AnyRowStep>.Run;
        s_any[2] = &Tile<L, V, R3, OneVector, AnyRowStep>.Run;
        s_any[3] = &Tile<L, V, R4, OneVector, AnyRowStep>.Run;
        s_any[4] = &Tile<L, V, R5, OneVector, AnyRowStep>.Run;
        s_any[5] = &Tile<L, V, R6, OneVector, AnyRowStep>.Run;
        s_any[6] = &Tile<L, V, R7, OneVector, AnyRowStep>.Run;
        s_any[7] = &Tile<L, V, R8, OneVector, AnyRowStep>.Run;
        s_any[8] = &Tile<L, V, R9, OneVector, AnyRowStep>.Run;
        s_any[9] = &Tile<L, V, R10, OneVector, AnyRowStep>.Run;
        s_any[10] = &Tile<L, V, R11, OneVector, AnyRowStep>.Run;
        s_any[11] = &Tile<L, V, R12, OneVector, AnyRowStep>.Run;
        s_any[12] = &Tile<L, V, R13, OneVector, AnyRowStep>.Run;
        s_any[13] = &Tile<L, V, R14, OneVector, AnyRowStep>.Run;
        s_any[14] = &Tile<L, V, R15, OneVector, AnyRowStep>.Run;
        s_any[15] = &Tile<L, V, R16, OneVector, AnyRowStep>.Run;
        s_any[16] = &Tile<L, V, R1, TwoVectors, AnyRowStep>.Run;
        s_any[17] = &Tile<L, V, R2, TwoVectors, AnyRowStep>.Run;
        s_any[18] = &Tile<L, V, R3, TwoVectors, AnyRowStep>.Run;
        s_any[19] = &Tile<L, V, R4, TwoVectors, AnyRowStep>.Run;
        s_any[20] = &Tile<L, V, R5, TwoVectors, AnyRowStep>.Run;
        s_any[21] = &Tile<L, V, R6, TwoVectors, AnyRowStep>.Run;
        s_any[22] = &Tile<L, V, R7, TwoVectors, AnyRowStep>.Run;
        s_any[23] = &Tile<L, V, R8, TwoVectors, AnyRowStep>.Run;
        s_any[24] = &Tile<L, V, R9, TwoVectors, AnyRowStep>.Run;
        s_any[25] = &Tile<L, V, R10, TwoVectors, AnyRowStep>.Run;
        s_any[26] = &Tile<L, V, R11, TwoVectors, AnyRowStep>.Run;
        s_any[27] = &Tile<L, V, R12, TwoVectors, AnyRowStep>.Run;
        s_any[28] = &Tile<L, V, R13, TwoVectors, AnyRowStep>.Run;
        s_any[29] = &Tile<L, V, R14, TwoVectors, AnyRowStep>.Run;
    }

    /// <summary>The tile of <paramref name="rows"/> rows and <paramref name="vectors"/> (1 or 2) vectors per row.</summary>
    public static delegate*<TileArguments*, void> Get(int rows, int vectors, bool unit)
        => (unit ? s_unit : s_any)[((vectors - 1) * MostRows) + rows - 1];
}
