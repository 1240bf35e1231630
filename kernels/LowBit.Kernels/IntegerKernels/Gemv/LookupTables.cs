using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LowBit.Kernels.IntegerKernels.Gemv;

/// <summary>
/// Tables of partial sums: entry e of a group is <c>Σ code_i(e) · a_i</c>, with code i of e in its bits <c>Bits·i</c> and up. A vector holds the
/// tables of as many groups as it has 128-bit lanes.
/// </summary>
internal static unsafe class LookupTables<L, V, G>
    where L : struct, IGemvLanes<V>
    where V : struct
    where G : struct, INibbleCode
{
    // Entries in which bit j of the index is set, j = 0 … 3.
    private static ReadOnlySpan<byte> Masks =>
    [
        0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255,
        0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255,
        0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
    ];

    // The number of its 128-bit lane in every byte.
    private static ReadOnlySpan<byte> LaneNumbers =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
    ];

    /// <summary>Bytes of a row that are read for <paramref name="tableBytes"/> bytes of tables.</summary>
    public static long RowBytes(long tableBytes) => (((tableBytes / 16 * G.Codes) + 63) & ~63L) + 64;

    /// <summary>Writes the tables of a row.</summary>
    /// <param name="row">The row, of <see cref="RowBytes"/> bytes; what lies past its last activation is met by codes of zero alone.</param>
    /// <param name="tables">Receives the tables.</param>
    /// <param name="tableBytes">Bytes to write, a multiple of 64.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(byte* row, byte* tables, long tableBytes)
    {
        // The spans are data of the program's image and do not move.
        byte* masks = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Masks));
        V m0 = L.Broadcast16(masks), m1 = L.Broadcast16(masks + 16), m2 = L.Broadcast16(masks + 32), m3 = L.Broadcast16(masks + 48);
        V lane = L.Load(Unsafe.AsPointer(ref MemoryMarshal.GetReference(LaneNumbers)));
        V first = L.Add8(lane, lane);
        first = G.Codes == 4 ? L.Add8(first, first) : first;
        V one = L.SplatByte(1);
        V i1 = L.Add8(first, one), i2 = L.Add8(i1, one), i3 = L.Add8(i2, one);
        for (byte* end = tables + tableBytes; tables < end; tables += L.Bytes)
        {
            V activations = L.Broadcast16(row);
            V a0 = L.Shuffle(activations, first), a1 = L.Shuffle(activations, i1);
            V sum;
            if (G.Codes == 4)
            {
                sum = L.Add8(L.Add8(L.And(a0, m0), L.And(a1, m1)), L.Add8(L.And(L.Shuffle(activations, i2), m2), L.And(L.Shuffle(activations, i3), m3)));
            }
            else
            {
                sum = L.Add8(L.Add8(L.And(a0, m0), L.And(L.Add8(a0, a0), m1)), L.Add8(L.And(a1, m2), L.And(L.Add8(a1, a1), m3)));
            }

            L.Store(sum, tables);
            row += L.Bytes / 16 * G.Codes;
        }
    }
}
