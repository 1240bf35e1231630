namespace LowBit.Kernels.IntegerKernels.Lut;

/// <summary>
/// Tables of the wide form: one for each combination of a group's codes, <c>n = Σ a_i · 2^(i·bits)</c>, at 16·n bytes. Entries are those of
/// <see cref="LutTables{L, V}"/>.
/// </summary>
internal static unsafe class WideTables<L, V>
    where L : struct, ILutLanes<V>
    where V : struct
{
    /// <summary>Bytes of the tables of a layer, at most.</summary>
    public const int MostBytes = 256 * LutLayout.TableBytes;

    /// <summary>Writes all tables of a layer.</summary>
    public static void Write(in LutLayout layout, byte* tables)
    {
        int codes = layout.GroupCodes, bits = layout.CodeBits, weightBits = 4 / codes;
        for (int n = 0; n < 1 << (codes * bits); n++)
        {
            for (int entry = 0; entry < LutLayout.TableBytes; entry++)
            {
                int sum = 0;
                for (int i = 0; i < codes; i++)
                {
                    int stored = (entry >> (i * weightBits)) & ((1 << weightBits) - 1), a = Math.Min((n >> (i * bits)) & ((1 << bits) - 1), layout.MaxActivation);
                    int weight = layout.IsBipolar ? (2 * stored) - 1 : layout.LowestWeight + stored;
                    sum += weight < 0 ? -weight * (layout.MaxActivation - a) : weight * a;
                }

                tables[(n * LutLayout.TableBytes) + entry] = (byte)sum;
            }
        }
    }

    /// <summary>Turns codes into the offsets of their tables, in place: 16 bits where a group's first code was.</summary>
    /// <param name="layout">The order of the products.</param>
    /// <param name="codes">Codes of an input row, then offsets.</param>
    /// <param name="length">Bytes, whole cache lines.</param>
    public static void Number(in LutLayout layout, byte* codes, long length)
    {
        int bits = layout.CodeBits, pair = (1 << (2 * bits)) - 1;
        V pairs = L.Integers(pair | (pair << 16)), fours = L.Integers((1 << Math.Min(4 * bits, 16)) - 1);
        for (byte* end = codes + length; codes < end; codes += L.Pixels * LutLayout.TableBytes)
        {
            V n = L.Load(codes);
            n = L.And(L.Or(n, L.ShiftRight32(n, 8 - bits)), pairs);
            if (layout.GroupCodes == 4)
            {
                n = L.And(L.Or(n, L.ShiftRight32(n, 16 - (2 * bits))), fours);
            }

            L.Store(L.ShiftLeft32(n, 4), codes);
        }
    }
}
