namespace LowBit.Kernels.Ceilings;

/// <summary>The most that one instruction mix was seen to do; sums over threads where several ran.</summary>
/// <param name="FmaGflops">Single-precision fused multiply-adds, 10⁹ operations per second; one multiply-add counts 2.</param>
/// <param name="Int8Gops">u8·s8 products summed into int32 at once (multiply pairs, widen, add), 10⁹ operations per second; one product counts 2.</param>
/// <param name="Int8NarrowGops">u8·s8 products whose sums stay in int16 (multiply pairs, add), 10⁹ operations per second.</param>
/// <param name="ShuffleGlookups">16-entry table look-ups with a byte addition each, 10⁹ per second.</param>
/// <param name="PopcountGbits">Bits combined by AND and counted by two nibble look-ups, sums in bytes, 10⁹ per second.</param>
/// <param name="ReadL1">Bytes read per second from 24 KiB per thread, 10⁹.</param>
/// <param name="ReadL2">Bytes read per second from 384 KiB per thread, 10⁹.</param>
/// <param name="ReadL3">Bytes read per second from 6 MiB per thread, 10⁹.</param>
/// <param name="ReadMemory">Bytes read per second from 256 MiB in all, 10⁹.</param>
public readonly record struct CeilingFigures(
    double FmaGflops, double Int8Gops, double Int8NarrowGops, double ShuffleGlookups, double PopcountGbits,
    double ReadL1, double ReadL2, double ReadL3, double ReadMemory);
