using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>Eight lanes at once with AVX2, which has no 64-bit arithmetic shift: the sign is moved into an offset, then shifted out logically.</summary>
internal readonly unsafe struct Epilogue256 : IEpilogueBody, IPanelEpilogue
{
    public static int Lanes => 8;

    public static void Run(in EpilogueTarget target, in Epilogue view) => EpilogueEdge.Run<Epilogue256>(target, view);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Codes(in EpiloguePanel panel, byte* residual, nint residualStride, byte* y, nint stride)
    {
        int* tile = panel.Tile;
        for (nint p = 0; p < panel.Pixels; p++)
        {
            Vector128<int> y0 = Four(panel, 0, tile, residual), y1 = Four(panel, 4, tile + 4, residual);

            // Results are 0 … 255 here, so neither packing saturates.
            Vector128<byte> bytes = Sse2.PackUnsignedSaturate(Sse41.PackUnsignedSaturate(y0, y1).AsInt16(), Vector128<short>.Zero);
            *(ulong*)y = bytes.AsUInt64().ToScalar();
            tile += panel.TileStride;
            residual = residual == null ? null : residual + residualStride;
            y += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Words(in EpiloguePanel panel, byte* residual, nint residualStride, int* y, nint stride)
    {
        int* tile = panel.Tile;
        for (nint p = 0; p < panel.Pixels; p++)
        {
            Four(panel, 0, tile, residual).Store(y);
            Four(panel, 4, tile + 4, residual).Store(y + 4);
            tile += panel.TileStride;
            residual = residual == null ? null : residual + residualStride;
            y += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Four(in EpiloguePanel panel, int lane, int* tile, byte* residual)
    {
        Vector256<long> y = Avx2.Multiply(Avx2.ConvertToVector256Int64(tile).AsInt32(), Vector256.Load(panel.Multipliers + lane).AsInt32());
        y += Vector256.Load(panel.Offsets + lane);
        if (residual != null)
        {
            Vector256<int> r = Avx2.ConvertToVector256Int64(Vector128.CreateScalarUnsafe(*(uint*)(residual + lane)).AsByte()).AsInt32();
            y += Avx2.Multiply(r, Vector256.Load(panel.ResidualMultipliers + lane).AsInt32());
        }

        Vector256<long> sign = Vector256.Create(long.MinValue);
        Vector256<ulong> n = Vector256.Load((ulong*)panel.Shifts + lane);
        y = Avx2.ShiftRightLogicalVariable(y ^ sign, n) - Avx2.ShiftRightLogicalVariable(sign, n);

        Vector256<long> low = Vector256.Create((long)panel.Low), high = Vector256.Create((long)panel.High);
        y = Avx2.BlendVariable(y, low, Avx2.CompareGreaterThan(low, y));
        y = Avx2.BlendVariable(y, high, Avx2.CompareGreaterThan(y, high));

        // The low halves of the four results.
        return Avx2.PermuteVar8x32(y.AsInt32(), Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6)).GetLower();
    }
}
