using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>Sixteen lanes at once: AVX-512 has 64-bit arithmetic shifts by lane and saturating narrowing.</summary>
internal readonly unsafe struct Epilogue512 : IEpilogueBody, IPanelEpilogue
{
    public static int Lanes => 16;

    public static void Run(in EpilogueTarget target, in Epilogue view) => EpilogueEdge.Run<Epilogue512>(target, view);

    public static void Codes(in EpiloguePanel panel, byte* residual, nint residualStride, byte* y, nint stride)
    {
        Vector512<long> half = Vector512.Create(32L);
        if (panel.Scales != null)
        {
            FloatCodes(panel, y, stride);
        }
        else if (Vector512.LessThanAny(Vector512.Load(panel.Shifts), half) || Vector512.LessThanAny(Vector512.Load(panel.Shifts + 8), half))
        {
            SmallShiftCodes(panel, residual, residualStride, y, stride);
        }
        else if (residual == null)
        {
            LargeShiftCodes(panel, y, stride);
        }
        else
        {
            ResidualCodes(panel, residual, residualStride, y, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FloatCodes(in EpiloguePanel panel, byte* y, nint stride)
    {
        Vector512<float> s = Vector512.Load(panel.Scales), b = Vector512.Load(panel.Biases);
        Vector512<byte> low = Vector512.Create((byte)panel.Low), high = Vector512.Create((byte)panel.High);
        Vector512<int> order = PixelOrder;
        int* tile = panel.Tile;
        nint pixels = panel.Pixels, one = panel.TileStride, two = 2 * one, three = 3 * one, four = 4 * one;
        for (; pixels >= 4; pixels -= 4)
        {
            Vector512<int> c0 = Round(tile, s, b), c1 = Round(tile + one, s, b), c2 = Round(tile + two, s, b), c3 = Round(tile + three, s, b);
            Store(Pack(c0, c1, c2, c3, order, low, high), y, stride);
            tile += four;
            y += 4 * stride;
        }

        for (; pixels > 0; pixels--)
        {
            Vector512<int> c = Round(tile, s, b);
            Pack(c, c, c, c, order, low, high).GetLower().GetLower().Store(y);
            tile += one;
            y += stride;
        }
    }

    // With shifts of 32 and more the upper halves of 64-bit results are all that is looked at: |acc·M + B| is below 2^63, and a shift may be done in two steps.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LargeShiftCodes(in EpiloguePanel panel, byte* y, nint stride)
    {
        (Vector512<long> me, Vector512<long> mo) = EvenOdd(panel.Multipliers);
        (Vector512<long> be, Vector512<long> bo) = EvenOdd(panel.Offsets);
        Vector512<uint> n = UpperShifts(panel.Shifts);
        Vector512<byte> low = Vector512.Create((byte)panel.Low), high = Vector512.Create((byte)panel.High), swap = MiddleSwap;
        Vector512<int> order = PixelOrder;
        int* tile = panel.Tile;
        nint pixels = panel.Pixels, one = panel.TileStride, two = 2 * one, three = 3 * one, four = 4 * one;
        for (; pixels >= 4; pixels -= 4)
        {
            Vector512<int> c0 = Upper(tile, me, mo, be, bo, n), c1 = Upper(tile + one, me, mo, be, bo, n);
            Vector512<int> c2 = Upper(tile + two, me, mo, be, bo, n), c3 = Upper(tile + three, me, mo, be, bo, n);
            Store(Avx512BW.Shuffle(Pack(c0, c1, c2, c3, order, low, high), swap), y, stride);
            tile += four;
            y += 4 * stride;
        }

        for (; pixels > 0; pixels--)
        {
            Vector512<int> c = Upper(tile, me, mo, be, bo, n);
            Avx512BW.Shuffle(Pack(c, c, c, c, order, low, high), swap).GetLower().GetLower().Store(y);
            tile += one;
            y += stride;
        }
    }

    // As LargeShiftCodes, with a residual operand.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ResidualCodes(in EpiloguePanel panel, byte* residual, nint residualStride, byte* y, nint stride)
    {
        (Vector512<long> me, Vector512<long> mo) = EvenOdd(panel.Multipliers);
        (Vector512<long> be, Vector512<long> bo) = EvenOdd(panel.Offsets);
        (Vector512<long> re, Vector512<long> ro) = EvenOdd(panel.ResidualMultipliers);
        Vector512<uint> n = UpperShifts(panel.Shifts);
        Vector512<byte> low = Vector512.Create((byte)panel.Low), high = Vector512.Create((byte)panel.High), swap = MiddleSwap;
        Vector512<int> order = PixelOrder;
        int* tile = panel.Tile;
        nint pixels = panel.Pixels, one = panel.TileStride, two = 2 * one, three = 3 * one, four = 4 * one;
        for (; pixels >= 4; pixels -= 4)
        {
            Vector512<int> c0 = Upper(tile, residual, me, mo, be, bo, re, ro, n);
            Vector512<int> c1 = Upper(tile + one, residual + residualStride, me, mo, be, bo, re, ro, n);
            Vector512<int> c2 = Upper(tile + two, residual + (2 * residualStride), me, mo, be, bo, re, ro, n);
            Vector512<int> c3 = Upper(tile + three, residual + (3 * residualStride), me, mo, be, bo, re, ro, n);
            Store(Avx512BW.Shuffle(Pack(c0, c1, c2, c3, order, low, high), swap), y, stride);
            tile += four;
            residual += 4 * residualStride;
            y += 4 * stride;
        }

        for (; pixels > 0; pixels--)
        {
            Vector512<int> c = Upper(tile, residual, me, mo, be, bo, re, ro, n);
            Avx512BW.Shuffle(Pack(c, c, c, c, order, low, high), swap).GetLower().GetLower().Store(y);
            tile += one;
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

    // Any shift.
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

    // Where the four codes of each pixel and quarter of a vector go: from [quarter][pixel] to [pixel][quarter].
    private static Vector512<int> PixelOrder => Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);

    // Upper halves of even and of odd lanes are paired, which exchanges the second and third of four.
    private static Vector512<byte> MiddleSwap => Vector512.Create(0x03010200, 0x07050604, 0x0B090A08, 0x0F0D0E0C, 0x03010200, 0x07050604, 0x0B090A08, 0x0F0D0E0C, 0x03010200, 0x07050604, 0x0B090A08, 0x0F0D0E0C, 0x03010200, 0x07050604, 0x0B090A08, 0x0F0D0E0C).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<long> Even, Vector512<long> Odd) EvenOdd(long* p)
    {
        Vector512<long> even = Vector512.Create(0L, 2, 4, 6, 8, 10, 12, 14);
        Vector512<long> a = Vector512.Load(p), b = Vector512.Load(p + 8);
        return (Avx512F.PermuteVar8x64x2(a, even, b), Avx512F.PermuteVar8x64x2(a, even + Vector512<long>.One, b));
    }

    // What remains of the shifts after 32, in the order of Upper.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> UpperShifts(long* p)
    {
        (Vector512<long> even, Vector512<long> odd) = EvenOdd(p);
        Vector512<float> lower = Avx512F.Shuffle(even.AsSingle(), odd.AsSingle(), 0b10_00_10_00);
        return lower.AsUInt32() - Vector512.Create(32u);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Odd(Vector512<int> v) => Avx512F.Shuffle(v, 0b11_11_01_01);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Round(int* sums, Vector512<float> s, Vector512<float> b)
        => Avx512F.ConvertToVector512Int32(Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(Vector512.Load(sums)), s, b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Upper(int* sums, Vector512<long> me, Vector512<long> mo, Vector512<long> be, Vector512<long> bo, Vector512<uint> n)
    {
        Vector512<int> acc = Vector512.Load(sums);
        return Upper(Avx512F.Multiply(acc, me.AsInt32()) + be, Avx512F.Multiply(Odd(acc), mo.AsInt32()) + bo, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Upper(
        int* sums, byte* residual, Vector512<long> me, Vector512<long> mo, Vector512<long> be, Vector512<long> bo, Vector512<long> re, Vector512<long> ro, Vector512<uint> n)
    {
        Vector512<int> acc = Vector512.Load(sums), r = Avx512F.ConvertToVector512Int32(Vector128.Load(residual));
        Vector512<long> even = Avx512F.Multiply(acc, me.AsInt32()) + be + Avx512F.Multiply(r, re.AsInt32());
        return Upper(even, Avx512F.Multiply(Odd(acc), mo.AsInt32()) + bo + Avx512F.Multiply(Odd(r), ro.AsInt32()), n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Upper(Vector512<long> even, Vector512<long> odd, Vector512<uint> n)
        => Avx512F.ShiftRightArithmeticVariable(Avx512F.Shuffle(even.AsSingle(), odd.AsSingle(), 0b11_01_11_01).AsInt32(), n);

    // Sixteen codes of each of four pixels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Pack(
        Vector512<int> c0, Vector512<int> c1, Vector512<int> c2, Vector512<int> c3, Vector512<int> order, Vector512<byte> low, Vector512<byte> high)
    {
        Vector512<byte> codes = Avx512BW.PackUnsignedSaturate(Avx512BW.PackSignedSaturate(c0, c1), Avx512BW.PackSignedSaturate(c2, c3));
        return Avx512F.PermuteVar16x32(Avx512BW.Min(Avx512BW.Max(codes, low), high).AsInt32(), order).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<byte> codes, byte* y, nint stride)
    {
        if (stride == 16)
        {
            codes.Store(y);
            return;
        }

        codes.GetLower().GetLower().Store(y);
        Avx512F.ExtractVector128(codes, 1).Store(y + stride);
        Avx512F.ExtractVector128(codes, 2).Store(y + (2 * stride));
        Avx512F.ExtractVector128(codes, 3).Store(y + (3 * stride));
    }
}
