using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>Sixteen lanes at once: AVX-512 has 64-bit arithmetic shifts by lane and saturating narrowing.</summary>
internal readonly unsafe struct Epilogue512 : IEpilogueBody, IPanelEpilogue
{
    public static int Lanes => 16;

    public static void Run(in EpilogueTarget target, in Epilogue view) => EpilogueEdge.Run<Epilogue512>(target, view);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Codes(in EpiloguePanel panel, byte* residual, nint residualStride, byte* y, nint stride)
    {
        Vector512<long> m0 = Vector512.Load(panel.Multipliers), m1 = Vector512.Load(panel.Multipliers + 8);
        Vector512<long> b0 = Vector512.Load(panel.Offsets), b1 = Vector512.Load(panel.Offsets + 8);
        Vector512<long> n0 = Vector512.Load(panel.Shifts), n1 = Vector512.Load(panel.Shifts + 8);
        Vector512<long> half = Vector512.Create(32L);
        if (Vector512.LessThanAny(n0, half) || Vector512.LessThanAny(n1, half))
        {
            SmallShiftCodes(panel, residual, residualStride, y, stride);
            return;
        }

        // With shifts of 32 and more a result fits 32 bits, |acc·M + r·R + B| being below 2^63: even and odd lanes are shifted so that it falls into
        // the lower and the upper half of 64 bits, and need no narrowing.
        Vector512<long> even = Vector512.Create(0L, 2, 4, 6, 8, 10, 12, 14), odd = even + Vector512<long>.One;
        Vector512<int> me = Avx512F.PermuteVar8x64x2(m0, even, m1).AsInt32(), mo = Avx512F.PermuteVar8x64x2(m0, odd, m1).AsInt32();
        Vector512<long> be = Avx512F.PermuteVar8x64x2(b0, even, b1), bo = Avx512F.PermuteVar8x64x2(b0, odd, b1);
        Vector512<ulong> ne = Avx512F.PermuteVar8x64x2(n0, even, n1).AsUInt64(), no = (Avx512F.PermuteVar8x64x2(n0, odd, n1) - half).AsUInt64();
        Vector512<int> low = Vector512.Create(panel.Low), high = Vector512.Create(panel.High);
        Vector512<int> upper = Vector512.Create(unchecked((long)0xFFFFFFFF00000000)).AsInt32();
        int* tile = panel.Tile;
        nint pixels = panel.Pixels, tileStride = panel.TileStride;
        if (residual == null)
        {
            for (; pixels > 0; pixels--)
            {
                Vector512<int> sums = Vector512.Load(tile);
                Vector512<long> z0 = Avx512F.Multiply(sums, me) + be, z1 = Avx512F.Multiply(Odd(sums), mo) + bo;
                Clamp(z0, z1, ne, no, upper, low, high).Store(y);
                tile += tileStride;
                y += stride;
            }

            return;
        }

        Vector512<long> r0 = Vector512.Load(panel.ResidualMultipliers), r1 = Vector512.Load(panel.ResidualMultipliers + 8);
        Vector512<int> re = Avx512F.PermuteVar8x64x2(r0, even, r1).AsInt32(), ro = Avx512F.PermuteVar8x64x2(r0, odd, r1).AsInt32();
        for (; pixels > 0; pixels--)
        {
            Vector512<int> sums = Vector512.Load(tile), codes = Avx512F.ConvertToVector512Int32(Vector128.Load(residual));
            Vector512<long> z0 = Avx512F.Multiply(sums, me) + be + Avx512F.Multiply(codes, re);
            Vector512<long> z1 = Avx512F.Multiply(Odd(sums), mo) + bo + Avx512F.Multiply(Odd(codes), ro);
            Clamp(z0, z1, ne, no, upper, low, high).Store(y);
            tile += tileStride;
            residual += residualStride;
            y += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Words(in EpiloguePanel panel, byte* residual, nint residualStride, int* y, nint stride)
    {
        Vector512<int> m0 = Vector512.Load(panel.Multipliers).AsInt32(), m1 = Vector512.Load(panel.Multipliers + 8).AsInt32();
        Vector512<int> r0 = Vector512.Load(panel.ResidualMultipliers).AsInt32(), r1 = Vector512.Load(panel.ResidualMultipliers + 8).AsInt32();
        Vector512<long> b0 = Vector512.Load(panel.Offsets), b1 = Vector512.Load(panel.Offsets + 8);
        Vector512<ulong> n0 = Vector512.Load((ulong*)panel.Shifts), n1 = Vector512.Load((ulong*)panel.Shifts + 8);
        Vector512<int> low = Vector512.Create(panel.Low), high = Vector512.Create(panel.High);
        int* tile = panel.Tile;
        for (nint p = 0; p < panel.Pixels; p++)
        {
            Vector512<long> y0 = Product(tile, m0) + b0, y1 = Product(tile + 8, m1) + b1;
            if (residual != null)
            {
                y0 += Product(residual, r0);
                y1 += Product(residual + 8, r1);
                residual += residualStride;
            }

            Narrow(y0, y1, n0, n1, low, high).Store(y);
            tile += panel.TileStride;
            y += stride;
        }
    }

    // Any shift; tables whose last vector is not full come here too, because the lanes behind the last channel have none.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SmallShiftCodes(in EpiloguePanel panel, byte* residual, nint residualStride, byte* y, nint stride)
    {
        Vector512<int> m0 = Vector512.Load(panel.Multipliers).AsInt32(), m1 = Vector512.Load(panel.Multipliers + 8).AsInt32();
        Vector512<long> b0 = Vector512.Load(panel.Offsets), b1 = Vector512.Load(panel.Offsets + 8);
        Vector512<ulong> n0 = Vector512.Load((ulong*)panel.Shifts), n1 = Vector512.Load((ulong*)panel.Shifts + 8);
        Vector512<int> low = Vector512.Create(panel.Low), high = Vector512.Create(panel.High);
        int* tile = panel.Tile;
        nint pixels = panel.Pixels, tileStride = panel.TileStride;
        if (residual == null)
        {
            for (; pixels > 0; pixels--)
            {
                Vector512<long> y0 = Product(tile, m0) + b0, y1 = Product(tile + 8, m1) + b1;
                Avx512F.ConvertToVector128Byte(Narrow(y0, y1, n0, n1, low, high)).Store(y);
                tile += tileStride;
                y += stride;
            }

            return;
        }

        Vector512<int> r0 = Vector512.Load(panel.ResidualMultipliers).AsInt32(), r1 = Vector512.Load(panel.ResidualMultipliers + 8).AsInt32();
        for (; pixels > 0; pixels--)
        {
            Vector512<long> y0 = Product(tile, m0) + b0 + Product(residual, r0), y1 = Product(tile + 8, m1) + b1 + Product(residual + 8, r1);
            Avx512F.ConvertToVector128Byte(Narrow(y0, y1, n0, n1, low, high)).Store(y);
            tile += tileStride;
            residual += residualStride;
            y += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Product(int* sums, Vector512<int> multipliers)
        => Avx512F.Multiply(Avx512F.ConvertToVector512Int64(Vector256.Load(sums)).AsInt32(), multipliers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Product(byte* codes, Vector512<int> multipliers)
        => Avx512F.Multiply(Avx512F.ConvertToVector512Int64(Vector128.CreateScalarUnsafe(*(ulong*)codes).AsByte()).AsInt32(), multipliers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Narrow(
        Vector512<long> y0, Vector512<long> y1, Vector512<ulong> n0, Vector512<ulong> n1, Vector512<int> low, Vector512<int> high)
    {
        Vector256<int> z0 = Avx512F.ConvertToVector256Int32WithSaturation(Avx512F.ShiftRightArithmeticVariable(y0, n0));
        Vector256<int> z1 = Avx512F.ConvertToVector256Int32WithSaturation(Avx512F.ShiftRightArithmeticVariable(y1, n1));
        return Avx512F.Min(Avx512F.Max(Avx512F.InsertVector256(z0.ToVector512Unsafe(), z1, 1), low), high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Odd(Vector512<int> v) => Avx512F.Shuffle(v, 0b11_11_01_01);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Clamp(
        Vector512<long> z0, Vector512<long> z1, Vector512<ulong> ne, Vector512<ulong> no, Vector512<int> upper, Vector512<int> low, Vector512<int> high)
    {
        Vector512<int> even = Avx512F.ShiftRightArithmeticVariable(z0, ne).AsInt32(), odd = Avx512F.ShiftRightArithmeticVariable(z1, no).AsInt32();
        return Avx512F.ConvertToVector128Byte(Avx512F.Min(Avx512F.Max(Vector512.ConditionalSelect(upper, odd, even), low), high));
    }
}
