using System.Runtime.Intrinsics;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>Loops over rows of byte codes that pooling is made of.</summary>
internal static unsafe class ByteRows
{
    // Constants to the compiler: LOWBIT_ISA limits these loops too.
    private static readonly bool s_use256 = CpuFeatures.Best >= Isa.Avx2;
    private static readonly bool s_use128 = CpuFeatures.Best >= Isa.Vector128;

    /// <summary>y[i] = max(y[i], x[i]).</summary>
    public static void Max(byte* x, byte* y, int count)
    {
        int i = 0;
        if (s_use256)
        {
            for (; i + 32 <= count; i += 32)
            {
                Vector256.Max(Vector256.Load(x + i), Vector256.Load(y + i)).Store(y + i);
            }
        }

        if (s_use128)
        {
            for (; i + 16 <= count; i += 16)
            {
                Vector128.Max(Vector128.Load(x + i), Vector128.Load(y + i)).Store(y + i);
            }
        }

        for (; i < count; i++)
        {
            y[i] = Math.Max(y[i], x[i]);
        }
    }

    /// <summary>y[i] += x[i].</summary>
    public static void Add(byte* x, int* y, int count)
    {
        int i = 0;
        if (s_use128)
        {
            for (; i + 16 <= count; i += 16)
            {
                (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(x + i));
                (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
                (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
                (Vector128.Load(y + i) + a.AsInt32()).Store(y + i);
                (Vector128.Load(y + i + 4) + b.AsInt32()).Store(y + i + 4);
                (Vector128.Load(y + i + 8) + c.AsInt32()).Store(y + i + 8);
                (Vector128.Load(y + i + 12) + d.AsInt32()).Store(y + i + 12);
            }
        }

        for (; i < count; i++)
        {
            y[i] += x[i];
        }
    }
}
