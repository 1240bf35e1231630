namespace LowBit.Kernels.Devices;

/// <summary>
/// The shape of <c>C = op(A) · op(B)</c>, row-major and dense: <c>op(A)</c> is <c>[M, K]</c>, <c>op(B)</c> is <c>[K, N]</c>,
/// C is <c>[M, N]</c>. A transposed operand is stored as <c>[K, M]</c> or <c>[N, K]</c>.
/// </summary>
/// <param name="M">Rows of C.</param>
/// <param name="N">Columns of C.</param>
/// <param name="K">Length of the sums.</param>
/// <param name="TransposeA">A is stored <c>[K, M]</c>.</param>
/// <param name="TransposeB">B is stored <c>[N, K]</c>.</param>
public readonly record struct GemmShape(int M, int N, int K, bool TransposeA = false, bool TransposeB = false)
{
    /// <summary>Multiplications and additions: <c>2·M·N·K</c>.</summary>
    public double Operations => 2.0 * M * N * K;
}
