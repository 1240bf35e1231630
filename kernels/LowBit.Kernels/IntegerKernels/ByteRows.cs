using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>Loops over rows of byte codes that pooling is made of.</summary>
internal static unsafe class ByteRows
{
    // Constants to the compiler: LOWBIT_ISA limits these loops too.
    private static readonly bool s_use256 = CpuFeatures.Best >= Isa.Avx2;
    private static readonly bool s_use128 = CpuFeatures.Best >= Isa.Vector128;

    /// <summary>Elements past the end that <see cref="MaxOfNeighbours"/>, <see cref="SumOfNeighbours"/> and the sources of <c>Gather</c> may touch.</summary>
    public const int Slack = 64;

    /// <summary>y[i] = max(x[i], z[i]); y may be x or z.</summary>
    public static void Max(byte* x, byte* z, byte* y, int count)
    {
        int i = 0;
        if (s_use256)
        {
            for (; i + 32 <= count; i += 32)
            {
                Vector256.Max(Vector256.Load(x + i), Vector256.Load(z + i)).Store(y + i);
            }
        }

        if (s_use128 && count >= 16)
        {
            for (; i + 16 <= count; i += 16)
            {
                Vector128.Max(Vector128.Load(x + i), Vector128.Load(z + i)).Store(y + i);
            }

            // The last vector overlaps: a maximum may be taken twice.
            i = count - 16;
            Vector128.Max(Vector128.Load(x + i), Vector128.Load(z + i)).Store(y + i);
            return;
        }

        for (; i < count; i++)
        {
            y[i] = Math.Max(x[i], z[i]);
        }
    }

    /// <summary>y[i] = max(y[i], y[i + step], … y[i + (taps − 1)·step]). Touches <see cref="Slack"/> bytes past the last one it needs.</summary>
    public static void MaxOfNeighbours(byte* y, nint step, int taps, int count)
    {
        // Positions are overwritten only when all that need them were computed: neighbours lie ahead.
        nint i = 0;
        if (s_use256)
        {
            for (; i < count; i += 32)
            {
                Vector256<byte> best = Vector256.Load(y + i);
                for (nint at = i + step, left = taps - 1; left > 0; left--, at += step)
                {
                    best = Vector256.Max(best, Vector256.Load(y + at));
                }

                best.Store(y + i);
            }

            return;
        }

        if (s_use128)
        {
            for (; i < count; i += 16)
            {
                Vector128<byte> best = Vector128.Load(y + i);
                for (nint at = i + step, left = taps - 1; left > 0; left--, at += step)
                {
                    best = Vector128.Max(best, Vector128.Load(y + at));
                }

                best.Store(y + i);
            }

            return;
        }

        for (; i < count; i++)
        {
            for (nint at = i + step, left = taps - 1; left > 0; left--, at += step)
            {
                y[i] = Math.Max(y[i], y[at]);
            }
        }
    }

    /// <summary>y[i] = y[i] + y[i + step] + … + y[i + (taps − 1)·step]. Touches <see cref="Slack"/> elements past the last one it needs.</summary>
    public static void SumOfNeighbours(ushort* y, nint step, int taps, int count)
    {
        nint i = 0;
        if (s_use128)
        {
            for (; i < count; i += 8)
            {
                Vector128<ushort> sum = Vector128.Load(y + i);
                for (nint at = i + step, left = taps - 1; left > 0; left--, at += step)
                {
                    sum += Vector128.Load(y + at);
                }

                sum.Store(y + i);
            }

            return;
        }

        for (; i < count; i++)
        {
            for (nint at = i + step, left = taps - 1; left > 0; left--, at += step)
            {
                y[i] += y[at];
            }
        }
    }

    /// <summary>Copies <paramref name="count"/> pixels that lie <paramref name="step"/> apart to one another's side. Reads <see cref="Slack"/> bytes past the last one.</summary>
    public static void Gather(byte* x, nint step, byte* y, int channels, int count)
    {
        nint left = (nint)count * channels;
        if (channels <= 8)
        {
            // Eight bytes at a time: the next pixel overwrites what is too many.
            for (; left >= 8; left -= channels)
            {
                Unsafe.WriteUnaligned(y, Unsafe.ReadUnaligned<ulong>(x));
                x += step;
                y += channels;
            }
        }
        else if (s_use128)
        {
            while (left >= channels + 16)
            {
                for (int c = 0; c < channels; c += 16)
                {
                    Vector128.Load(x + c).Store(y + c);
                }

                x += step;
                y += channels;
                left -= channels;
            }
        }

        for (; left > 0; left -= channels)
        {
            Unsafe.CopyBlockUnaligned(y, x, (uint)channels);
            x += step;
            y += channels;
        }
    }

    /// <summary>Copies pixels of <paramref name="channels"/> codes, <paramref name="step"/> apart in x and <paramref name="outStep"/> in y, and nothing else.</summary>
    public static void Copy(byte* x, nint step, byte* y, nint outStep, int channels, int count)
    {
        bool whole = s_use128 && channels % 16 == 0;
        for (; count > 0; count--)
        {
            if (whole)
            {
                for (int c = 0; c < channels; c += 16)
                {
                    Vector128.Load(x + c).Store(y + c);
                }
            }
            else
            {
                Unsafe.CopyBlockUnaligned(y, x, (uint)channels);
            }

            x += step;
            y += outStep;
        }
    }

    /// <summary>As the first one, widened.</summary>
    public static void Gather(ushort* x, nint step, int* y, int channels, int count)
    {
        nint left = (nint)count * channels;
        if (s_use128)
        {
            while (left >= channels + 4)
            {
                for (int c = 0; c < channels; c += 4)
                {
                    Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(x + c)).AsUInt16()).AsInt32().Store(y + c);
                }

                x += step;
                y += channels;
                left -= channels;
            }
        }

        for (; left > 0; left -= channels)
        {
            for (int c = 0; c < channels; c++)
            {
                y[c] = x[c];
            }

            x += step;
            y += channels;
        }
    }

    /// <summary>y[i] += x[i].</summary>
    public static void Add(byte* x, ushort* y, int count)
    {
        int i = 0;
        if (s_use128)
        {
            for (; i + 16 <= count; i += 16)
            {
                (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(x + i));
                (Vector128.Load(y + i) + low).Store(y + i);
                (Vector128.Load(y + i + 8) + high).Store(y + i + 8);
            }
        }

        for (; i < count; i++)
        {
            y[i] += x[i];
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
