using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Requantization;

namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>Eight lanes at once with AVX2, which has no 64-bit arithmetic shift: the sign is moved into an offset, then shifted out logically.</summary>
internal readonly unsafe struct Epilogue256 : IEpilogueBody
{
    private const int Lanes = 8;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in EpilogueTarget target, in Epilogue view)
    {
        RequantizeTable table = view.Table;
        int c = target.Channel, valid = target.Valid;
        byte* edge = stackalloc byte[Lanes];
        int* words = stackalloc int[Lanes];
        for (int p = 0; p < target.Pixels; p++)
        {
            int* tile = target.Tile + ((nint)p * target.Lanes);
            long at = target.At + ((long)p * target.Channels);
            uint residual0 = 0, residual1 = 0;
            if (view.Residual != null)
            {
                byte* residual = view.Residual + at;
                if (valid < Lanes)
                {
                    NativeMemory.Copy(residual, edge, (nuint)valid);
                    residual = edge;
                }

                residual0 = Unsafe.ReadUnaligned<uint>(residual);
                residual1 = Unsafe.ReadUnaligned<uint>(residual + 4);
            }

            Vector128<int> y0 = Four(table, c, tile, residual0), y1 = Four(table, c + 4, tile + 4, residual1);
            if (view.Codes == null)
            {
                y0.Store(words);
                y1.Store(words + 4);
                new ReadOnlySpan<int>(words, valid).CopyTo(new Span<int>(view.Words + at, valid));
                continue;
            }

            // Results are 0 … 255 here, so neither packing saturates.
            Vector128<byte> bytes = Sse2.PackUnsignedSaturate(Sse41.PackUnsignedSaturate(y0, y1).AsInt16(), Vector128<short>.Zero);
            if (valid == Lanes)
            {
                bytes.GetLower().Store(view.Codes + at);
            }
            else
            {
                bytes.GetLower().Store(edge);
                NativeMemory.Copy(edge, view.Codes + at, (nuint)valid);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Four(RequantizeTable table, int c, int* tile, uint residual)
    {
        Vector256<long> y = Avx2.Multiply(Avx2.ConvertToVector256Int64(tile).AsInt32(), Vector256.Load(table.Multipliers + c).AsInt32()) + Vector256.Load(table.Offsets + c);
        Vector256<long> r = Avx2.ConvertToVector256Int64(Vector128.CreateScalar(residual).AsByte());
        y += Avx2.Multiply(r.AsInt32(), Vector256.Load(table.ResidualMultipliers + c).AsInt32());

        Vector256<long> sign = Vector256.Create(long.MinValue);
        Vector256<ulong> n = Vector256.Load((ulong*)table.Shifts + c);
        y = Avx2.ShiftRightLogicalVariable(y ^ sign, n) - Avx2.ShiftRightLogicalVariable(sign, n);

        Vector256<long> low = Vector256.Create((long)table.Low), high = Vector256.Create((long)table.High);
        y = Avx2.BlendVariable(y, low, Avx2.CompareGreaterThan(low, y));
        y = Avx2.BlendVariable(y, high, Avx2.CompareGreaterThan(y, high));

        // The low halves of the four results.
        return Avx2.PermuteVar8x32(y.AsInt32(), Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6)).GetLower();
    }
}
