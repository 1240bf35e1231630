using System.Globalization;
using LowBit.Bench.Shapes;
using LowBit.Kernels.Isas;

namespace LowBit.Bench.Quick;

/// <summary>What <c>--quick</c> runs.</summary>
/// <param name="Mode"><c>conv</c>, <c>gemm</c> or <c>intconv</c>.</param>
/// <param name="Shapes">A shape list's name or file.</param>
/// <param name="Isa">The instruction set.</param>
/// <param name="Threads">Threads of the pool.</param>
/// <param name="Rounds">Times each candidate is timed.</param>
internal sealed record QuickOptions(string Mode, string Shapes, Isa Isa, int Threads, int Rounds)
{
    private const int MostThreads = 1024;
    private const int MostRounds = 100_000;

    public const string Usage = "usage: --quick conv|gemm|intconv [--shapes FILE] [--isa avx512|avx2|vector128] [--threads N] [--rounds N]";

    /// <summary>Reads the arguments after <c>--quick</c>.</summary>
    /// <exception cref="FormatException">They are not understood.</exception>
    public static QuickOptions Parse(string[] args)
    {
        if (args.Length == 0 || args[0] is not ("conv" or "gemm" or "intconv") || args.Length % 2 == 0)
        {
            throw new FormatException(Usage);
        }

        var options = new QuickOptions(args[0], args[0], CpuFeatures.Best, 1, 30);
        for (int i = 1; i < args.Length; i += 2)
        {
            string value = args[i + 1];
            options = args[i] switch
            {
                "--shapes" => options with { Shapes = value },
                "--threads" => options with { Threads = Number(args[i], value, MostThreads) },
                "--rounds" => options with { Rounds = Number(args[i], value, MostRounds) },
                "--isa" => options with { Isa = ParseIsa(value) },
                _ => throw new FormatException($"'{args[i]}' is not an option; {Usage}"),
            };
        }

        if (options.Isa == Isa.Scalar || !CpuFeatures.IsSupported(options.Isa))
        {
            throw new FormatException($"this machine has no {CpuFeatures.Word(options.Isa)} vectors to measure");
        }

        return ShapeFile.Exists(options.Shapes)
            ? options
            : throw new FormatException($"there is no shape list '{options.Shapes}': give a file, or conv, gemm or intconv");
    }

    private static int Number(string option, string value, int most)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most
            ? number
            : throw new FormatException($"{option} is '{value}'; it must be 1 to {most}");

    // By its word alone: a number would name an instruction set too, and one that is none.
    private static Isa ParseIsa(string value)
    {
        foreach (Isa isa in Enum.GetValues<Isa>())
        {
            if (string.Equals(CpuFeatures.Word(isa), value, StringComparison.OrdinalIgnoreCase))
            {
                return isa;
            }
        }

        throw new FormatException($"--isa is '{value}'; it must be avx512, avx2 or vector128");
    }
}
