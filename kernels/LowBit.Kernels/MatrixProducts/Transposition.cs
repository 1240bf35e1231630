using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// Transposing copies for packing, in blocks of 16×4 floats (AVX-512) or 4×4: scalar stores would cost more than small products themselves.
/// </summary>
internal static unsafe class Transposition
{
    // Steps per block: the lines that are written stay in the cache until all rows have filled them.
    private const int BlockSteps = 64;

    /// <summary><c>destination[k · destinationStep + r] = source[r · sourceRow + k]</c>.</summary>
    /// <param name="source">Rows of consecutive steps.</param>
    /// <param name="sourceRow">Floats from row to row of the source.</param>
    /// <param name="rows">Rows to copy.</param>
    /// <param name="steps">Steps to copy.</param>
    /// <param name="destination">Steps of consecutive rows.</param>
    /// <param name="destinationStep">Floats from step to step of the destination, at least <paramref name="rows"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, nint sourceRow, nint rows, nint steps, float* destination, nint destinationStep)
    {
        nint wholeRows = rows & ~3, wholeSteps = steps & ~3;
        if (Avx512F.IsSupported && rows > 4)
        {
            CopyLanes(source, sourceRow, rows, wholeSteps, destination, destinationStep);
            CopyScalar(source, sourceRow, new Ranges(0, rows, wholeSteps, steps), destination, destinationStep);
            return;
        }

        for (nint first = 0; first < wholeSteps; first += BlockSteps)
        {
            nint end = Math.Min(wholeSteps, first + BlockSteps);
            for (nint r = 0; r < wholeRows; r += 4)
            {
                for (nint k = first; k < end; k += 4)
                {
                    Copy4x4(source + (r * sourceRow) + k, sourceRow, destination + (k * destinationStep) + r, destinationStep);
                }
            }
        }

        CopyScalar(source, sourceRow, new Ranges(wholeRows, rows, 0, wholeSteps), destination, destinationStep);
        CopyScalar(source, sourceRow, new Ranges(0, rows, wholeSteps, steps), destination, destinationStep);
    }

    /// <summary>Rows by sixteens, the last ones under a mask: every step is one store, and no float is written that is not a row's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void CopyLanes(float* source, nint sourceRow, nint rows, nint steps, float* destination, nint destinationStep)
    {
        nint* offsets = stackalloc nint[16];
        for (nint r = 0; r < rows; r += 16)
        {
            // A row that does not exist is read as the last one.
            nint count = Math.Min(16, rows - r);
            for (nint i = 0; i < 16; i++)
            {
                offsets[i] = (r + Math.Min(i, count - 1)) * sourceRow;
            }

            Vector512<float> mask = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)count)).AsSingle();
            float* to = destination + r;
            for (nint k = 0; k < steps; k += 4)
            {
                Copy16x4(source + k, offsets, mask, to, destinationStep);
                to += 4 * destinationStep;
            }
        }
    }

    /// <summary>Four rows a lane apart land in one vector by loads alone; the transposition within lanes then leaves each step in one vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy16x4(float* source, nint* offsets, Vector512<float> mask, float* destination, nint step)
    {
        Vector512<float> a = Lanes(source, offsets), b = Lanes(source, offsets + 1), c = Lanes(source, offsets + 2), d = Lanes(source, offsets + 3);
        Vector512<double> ab01 = Avx512F.UnpackLow(a, b).AsDouble(), ab23 = Avx512F.UnpackHigh(a, b).AsDouble();
        Vector512<double> cd01 = Avx512F.UnpackLow(c, d).AsDouble(), cd23 = Avx512F.UnpackHigh(c, d).AsDouble();
        Avx512F.MaskStore(destination, mask, Avx512F.UnpackLow(ab01, cd01).AsSingle());
        Avx512F.MaskStore(destination + step, mask, Avx512F.UnpackHigh(ab01, cd01).AsSingle());
        Avx512F.MaskStore(destination + (2 * step), mask, Avx512F.UnpackLow(ab23, cd23).AsSingle());
        Avx512F.MaskStore(destination + (3 * step), mask, Avx512F.UnpackHigh(ab23, cd23).AsSingle());
    }

    /// <summary>Four floats of the rows i, i + 4, i + 8 and i + 12, one row per 128-bit lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Lanes(float* source, nint* offsets)
    {
        Vector512<float> lanes = Vector128.Load(source + offsets[0]).ToVector256Unsafe().ToVector512Unsafe();
        lanes = Avx512F.InsertVector128(lanes, Vector128.Load(source + offsets[4]), 1);
        lanes = Avx512F.InsertVector128(lanes, Vector128.Load(source + offsets[8]), 2);
        return Avx512F.InsertVector128(lanes, Vector128.Load(source + offsets[12]), 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy4x4(float* source, nint sourceRow, float* destination, nint destinationStep)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + sourceRow);
        Vector128<float> c = Vector128.Load(source + (2 * sourceRow)), d = Vector128.Load(source + (3 * sourceRow));
        Vector128<float> ab01 = InterleaveLow(a, b), ab23 = InterleaveHigh(a, b), cd01 = InterleaveLow(c, d), cd23 = InterleaveHigh(c, d);
        Vector128.Store(LowHalves(ab01, cd01), destination);
        Vector128.Store(HighHalves(ab01, cd01), destination + destinationStep);
        Vector128.Store(LowHalves(ab23, cd23), destination + (2 * destinationStep));
        Vector128.Store(HighHalves(ab23, cd23), destination + (3 * destinationStep));
    }

    // There is no portable interleave that stays in registers, hence the two architectures' own and a slow form for the rest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLow(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.UnpackLow(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
            : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.UnpackHigh(a, b)
            : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
            : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> LowHalves(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.MoveLowToHigh(a, b) : Vector128.Create(a.GetLower(), b.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> HighHalves(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.MoveHighToLow(b, a) : Vector128.Create(a.GetUpper(), b.GetUpper());

    private static void CopyScalar(float* source, nint sourceRow, in Ranges ranges, float* destination, nint destinationStep)
    {
        for (nint r = ranges.FirstRow; r < ranges.EndRow; r++)
        {
            for (nint k = ranges.FirstStep; k < ranges.EndStep; k++)
            {
                destination[(k * destinationStep) + r] = source[(r * sourceRow) + k];
            }
        }
    }

    private readonly record struct Ranges(nint FirstRow, nint EndRow, nint FirstStep, nint EndStep);
}
