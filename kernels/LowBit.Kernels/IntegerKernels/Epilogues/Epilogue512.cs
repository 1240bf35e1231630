using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Requantization;

namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>Sixteen lanes at once: AVX-512 has 64-bit arithmetic shifts by lane and saturating narrowing.</summary>
internal readonly unsafe struct Epilogue512 : IEpilogueBody
{
    private const int Lanes = 16;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in EpilogueTarget target, in Epilogue view)
    {
        RequantizeTable table = view.Table;
        int c = target.Channel, valid = target.Valid;
        Vector512<int> m0 = Vector512.Load(table.Multipliers + c).AsInt32(), m1 = Vector512.Load(table.Multipliers + c + 8).AsInt32();
        Vector512<int> r0 = Vector512.Load(table.ResidualMultipliers + c).AsInt32(), r1 = Vector512.Load(table.ResidualMultipliers + c + 8).AsInt32();
        Vector512<long> b0 = Vector512.Load(table.Offsets + c), b1 = Vector512.Load(table.Offsets + c + 8);
        Vector512<ulong> n0 = Vector512.Load((ulong*)table.Shifts + c), n1 = Vector512.Load((ulong*)table.Shifts + c + 8);
        Vector512<int> low = Vector512.Create(table.Low), high = Vector512.Create(table.High);
        byte* edge = stackalloc byte[Lanes];
        int* tile = target.Tile;
        long at = target.At;
        for (int p = 0; p < target.Pixels; p++)
        {
            Vector512<int> sums = Vector512.Load(tile);
            Vector512<long> y0 = Avx512F.Multiply(Avx512F.ConvertToVector512Int64(sums.GetLower()).AsInt32(), m0) + b0;
            Vector512<long> y1 = Avx512F.Multiply(Avx512F.ConvertToVector512Int64(sums.GetUpper()).AsInt32(), m1) + b1;
            if (view.Residual != null)
            {
                byte* residual = view.Residual + at;
                if (valid < Lanes)
                {
                    NativeMemory.Copy(residual, edge, (nuint)valid);
                    residual = edge;
                }

                Vector128<byte> codes = Vector128.Load(residual);
                y0 += Avx512F.Multiply(Avx512F.ConvertToVector512Int64(codes).AsInt32(), r0);
                y1 += Avx512F.Multiply(Avx512F.ConvertToVector512Int64(Sse2.ShiftRightLogical128BitLane(codes, 8)).AsInt32(), r1);
            }

            Vector256<int> z0 = Avx512F.ConvertToVector256Int32WithSaturation(Avx512F.ShiftRightArithmeticVariable(y0, n0));
            Vector256<int> z1 = Avx512F.ConvertToVector256Int32WithSaturation(Avx512F.ShiftRightArithmeticVariable(y1, n1));
            Vector512<int> z = Avx512F.Min(Avx512F.Max(Vector512.Create(z0, z1), low), high);
            if (view.Codes != null)
            {
                Vector128<byte> bytes = Avx512F.ConvertToVector128Byte(z);
                if (valid == Lanes)
                {
                    bytes.Store(view.Codes + at);
                }
                else
                {
                    bytes.Store(edge);
                    NativeMemory.Copy(edge, view.Codes + at, (nuint)valid);
                }
            }
            else
            {
                StoreWords(z, view.Words + at, valid);
            }

            tile += target.Lanes;
            at += target.Channels;
        }
    }

    private static void StoreWords(Vector512<int> z, int* destination, int valid)
    {
        if (valid == Lanes)
        {
            z.Store(destination);
            return;
        }

        for (int i = 0; i < valid; i++)
        {
            destination[i] = z.GetElement(i);
        }
    }
}
