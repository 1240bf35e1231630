using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>Single-precision matrix products.</summary>
public static unsafe class Sgemm
{
    private const int RowsPerChunk = 16;

    /// <summary>
    /// <c>C = op(A)·op(B)</c>, or <c>C += op(A)·op(B)</c>. Each element differs from the exact value by at most about
    /// <c>(K + 2)·2⁻²⁴·Σ|a·b|</c>; the bits depend on the shape and <paramref name="isa"/>, never on the thread count.
    /// </summary>
    /// <param name="shape">Sizes and transpositions.</param>
    /// <param name="a">A, <c>[M, K]</c> (or <c>[K, M]</c> transposed), dense.</param>
    /// <param name="b">B, <c>[K, N]</c> (or <c>[N, K]</c> transposed), dense.</param>
    /// <param name="c">C, <c>[M, N]</c>, dense; may not overlap A or B.</param>
    /// <param name="accumulate">True: the product is added to C; false: C is written and its old content never read.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="isa">The instruction set to use; the CPU must support it.</param>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    public static void Multiply(in GemmShape shape, float* a, float* b, float* c, bool accumulate, WorkerPool pool, Isa isa)
    {
        ArgumentNullException.ThrowIfNull(pool);
        if (shape.M < 0 || shape.N < 0 || shape.K < 0)
        {
            throw new ArgumentException($"a matrix product needs sizes of at least 0, got {shape}", nameof(shape));
        }

        if (shape.M == 0 || shape.N == 0)
        {
            return;
        }

        if (shape.K == 0)
        {
            if (!accumulate)
            {
                NativeMemory.Clear(c, (nuint)shape.M * (nuint)shape.N * sizeof(float));
            }
        }
        else if (isa == Isa.Avx512)
        {
            PackedGemm<FmaLanes512, Vector512<float>>.Multiply(shape, a, b, c, accumulate, pool);
        }
        else if (isa == Isa.Avx2)
        {
            PackedGemm<FmaLanes256, Vector256<float>>.Multiply(shape, a, b, c, accumulate, pool);
        }
        else if (isa == Isa.Vector128)
        {
            PackedGemm<FmaLanes128, Vector128<float>>.Multiply(shape, a, b, c, accumulate, pool);
        }
        else
        {
            var job = new Job { Shape = shape, A = a, B = b, C = c, Accumulate = accumulate };
            pool.Run((shape.M + RowsPerChunk - 1) / RowsPerChunk, ref job, static (ref Job j, int chunk) =>
                GemmReference.Rows(j.Shape, j.A, j.B, j.C, j.Accumulate, chunk * RowsPerChunk, Math.Min(j.Shape.M, (chunk + 1) * RowsPerChunk)));
        }
    }

    private struct Job
    {
        public GemmShape Shape;
        public float* A;
        public float* B;
        public float* C;
        public bool Accumulate;
    }
}
