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
        if (panel.Scales != null)
        {
            FloatCodes(panel, y, stride);
            return;
        }

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FloatCodes(in EpiloguePanel panel, byte* y, nint stride)
    {
        Vector256<float> s = Vector256.Load(panel.Scales), b = Vector256.Load(panel.Biases);
        Vector256<byte> low = Vector256.Create((byte)panel.Low), high = Vector256.Create((byte)panel.High);
        int* tile = panel.Tile;
        nint pixels = panel.Pixels, one = panel.TileStride;
        for (; pixels >= 4; pixels -= 4)
        {
            Vector256<short> c01 = Avx2.PackSignedSaturate(Round(tile, s, b), Round(tile + one, s, b));
            Vector256<short> c23 = Avx2.PackSignedSaturate(Round(tile + (2 * one), s, b), Round(tile + (3 * one), s, b));
            Vector256<byte> codes = Avx2.Min(Avx2.Max(Avx2.PackUnsignedSaturate(c01, c23), low), high);

            // From [half][pixel] to [pixel][half].
            Vector256<ulong> ordered = Avx2.PermuteVar8x32(codes.AsInt32(), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsUInt64();
            *(ulong*)y = ordered.ToScalar();
            *(ulong*)(y + stride) = ordered.GetElement(1);
            *(ulong*)(y + (2 * stride)) = ordered.GetElement(2);
            *(ulong*)(y + (3 * stride)) = ordered.GetElement(3);
            tile += 4 * one;
            y += 4 * stride;
        }

        for (; pixels > 0; pixels--)
        {
            Vector256<int> c = Round(tile, s, b);
            Vector128<short> words = Sse2.PackSignedSaturate(c.GetLower(), c.GetUpper());
            *(ulong*)y = Sse2.Min(Sse2.Max(Sse2.PackUnsignedSaturate(words, words), low.GetLower()), high.GetLower()).AsUInt64().ToScalar();
            tile += one;
            y += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Round(int* sums, Vector256<float> s, Vector256<float> b)
        => Avx.ConvertToVector256Int32(Fma.MultiplyAdd(Avx.ConvertToVector256Single(Vector256.Load(sums)), s, b));

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
