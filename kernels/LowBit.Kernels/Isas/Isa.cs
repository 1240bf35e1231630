namespace LowBit.Kernels.Isas;

/// <summary>
/// Instruction sets that own kernels, from the plainest to the widest. A body that is missing for one of them is
/// replaced by the body of the next plainer one, down to <see cref="Scalar"/>.
/// </summary>
public enum Isa
{
    /// <summary>No vector instruction; every CPU, and the oracle of all others.</summary>
    Scalar = 0,

    /// <summary>Portable 128-bit vectors (SSE on x86-64, NEON on ARM64).</summary>
    Vector128 = 1,

    /// <summary>256-bit AVX2 with FMA.</summary>
    Avx2 = 2,

    /// <summary>512-bit AVX-512 F, BW, DQ and VL.</summary>
    Avx512 = 3,
}
