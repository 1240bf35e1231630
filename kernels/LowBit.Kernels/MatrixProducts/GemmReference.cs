using LowBit.Kernels.Devices;

namespace LowBit.Kernels.MatrixProducts;

/// <summary>
/// The matrix product by its definition, one double-precision sum per element of C, rounded to float once.
/// Never optimised: it is the oracle of every other body and the body of CPUs without vectors.
/// </summary>
public static class GemmReference
{
    /// <summary>Computes rows <paramref name="first"/> to <paramref name="end"/> (not included) of C.</summary>
    /// <param name="shape">Sizes and transpositions.</param>
    /// <param name="a">A, <c>[M, K]</c> or <c>[K, M]</c>.</param>
    /// <param name="b">B, <c>[K, N]</c> or <c>[N, K]</c>.</param>
    /// <param name="c">C, <c>[M, N]</c>.</param>
    /// <param name="accumulate">True: C += A·B; false: C = A·B.</param>
    /// <param name="first">First row.</param>
    /// <param name="end">Row after the last one.</param>
    public static unsafe void Rows(in GemmShape shape, float* a, float* b, float* c, bool accumulate, int first, int end)
    {
        nint aRow = shape.TransposeA ? 1 : shape.K, aStep = shape.TransposeA ? shape.M : 1;
        nint bStep = shape.TransposeB ? 1 : shape.N, bColumn = shape.TransposeB ? shape.K : 1;
        for (nint i = first; i < end; i++)
        {
            for (nint j = 0; j < shape.N; j++)
            {
                double sum = accumulate ? c[(i * shape.N) + j] : 0;
                float* ai = a + (i * aRow);
                float* bj = b + (j * bColumn);
                for (nint k = 0; k < shape.K; k++)
                {
                    sum += (double)ai[k * aStep] * bj[k * bStep];
                }

                c[(i * shape.N) + j] = (float)sum;
            }
        }
    }
}
