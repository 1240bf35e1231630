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
}
