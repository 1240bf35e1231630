using System.Runtime.Intrinsics.X86;

namespace LowBit.Kernels.Isas;

/// <summary>
/// What this CPU offers and what LowBit may use of it. The environment variable <c>LOWBIT_ISA</c>
/// (<c>scalar</c>, <c>vector128</c>, <c>avx2</c>, <c>avx512</c>) lowers the limit; it never raises it.
/// </summary>
public static class CpuFeatures
{
    /// <summary>The name of the environment variable that limits <see cref="Best"/>.</summary>
    public const string LimitVariable = "LOWBIT_ISA";

    /// <summary>The widest instruction set that kernels may use in this process.</summary>
    public static Isa Best { get; } = Limit(Environment.GetEnvironmentVariable(LimitVariable));

    /// <summary>The widest instruction set that the CPU offers, whatever <c>LOWBIT_ISA</c> says.</summary>
    public static Isa Widest { get; } = Limit(null);

    /// <summary>The processor's own name, for example <c>Intel(R) Xeon(R) Processor @ 2.50GHz</c>; the architecture's where it cannot be asked.</summary>
    public static string ProcessorName { get; } = ReadProcessorName();

    /// <summary>True when the CPU (and the runtime's own switches) allow this instruction set.</summary>
    /// <param name="isa">The instruction set asked for.</param>
    public static bool IsSupported(Isa isa) => isa switch
    {
        Isa.Scalar => true,
        Isa.Vector128 => System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated,
        Isa.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        // Not Vector512.IsHardwareAccelerated: it is false on CPUs whose AVX-512 the runtime thinks too slow to prefer.
        Isa.Avx512 => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported,
        _ => false,
    };

    /// <summary>The lower-case word for an instruction set in keys, logs and <c>LOWBIT_ISA</c>.</summary>
    /// <param name="isa">The instruction set to name.</param>
    public static string Word(Isa isa) => isa switch
    {
        Isa.Scalar => "scalar",
        Isa.Vector128 => "vector128",
        Isa.Avx2 => "avx2",
        Isa.Avx512 => "avx512",
        _ => throw new ArgumentOutOfRangeException(nameof(isa), isa, "not an instruction set"),
    };

    /// <summary>Every instruction set usable in this process, plainest first: supported and not above <see cref="Best"/>.</summary>
    public static IReadOnlyList<Isa> Usable { get; } = ListUsable();

    private static Isa[] ListUsable()
    {
        var list = new List<Isa>();
        foreach (Isa isa in Enum.GetValues<Isa>())
        {
            if (isa <= Best && IsSupported(isa))
            {
                list.Add(isa);
            }
        }

        return [.. list];
    }

    // CPUID leaves 80000002 to 80000004: 48 bytes of text.
    private static string ReadProcessorName()
    {
        const int Extended = unchecked((int)0x80000000);
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(Extended, 0).Eax < 0x80000004u)
        {
            return $"{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture}";
        }

        Span<int> words = stackalloc int[12];
        for (int i = 0; i < 3; i++)
        {
            (words[4 * i], words[(4 * i) + 1], words[(4 * i) + 2], words[(4 * i) + 3]) = X86Base.CpuId(Extended + 2 + i, 0);
        }

        string name = System.Text.Encoding.ASCII.GetString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words)).Replace('\0', ' ').Trim();
        return name.Length > 0 ? name : "x86-64";
    }

    internal static Isa Limit(string? word)
    {
        Isa limit = Isa.Avx512;
        if (!string.IsNullOrEmpty(word))
        {
            limit = word.ToLowerInvariant() switch
            {
                "scalar" => Isa.Scalar,
                "vector128" => Isa.Vector128,
                "avx2" => Isa.Avx2,
                "avx512" => Isa.Avx512,
                _ => throw new ArgumentException(
                    $"{LimitVariable}={word} names no instruction set; use scalar, vector128, avx2 or avx512"),
            };
        }

        while (!IsSupported(limit))
        {
            limit--;
        }

        return limit;
    }
}
