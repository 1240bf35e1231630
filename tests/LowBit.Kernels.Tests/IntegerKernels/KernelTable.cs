using System.Globalization;
using System.Text;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>The generated part of docs/kernels.md: what the registry holds, and what the range proof allows each pair of widths.</summary>
internal static class KernelTable
{
    public const string Begin = "<!-- generated: kernel table -->";
    public const string End = "<!-- end of the generated part -->";

    public static string Text()
    {
        var text = new StringBuilder();
        text.Append(Begin).Append("\n\n| keys | family | instruction set | pairs |\n|---|---|---|---|\n");
        foreach (IntegerConvKernel kernel in KernelRegistry.Kernels)
        {
            KernelEntry[] entries = [.. KernelRegistry.Entries.Where(entry => entry.Kernel == kernel)];
            text.Append(
                CultureInfo.InvariantCulture,
                $"| `{entries[0].Name}` … `{entries[^1].Name}` | {kernel.Family} | {CpuFeatures.Word(kernel.Isa)} | {entries.Length} |\n");
        }

        text.Append("\n| weights \\ activations | a1 | a2 | a3 | a4 | a5 | a6 | a7 | a8 |\n|---|---|---|---|---|---|---|---|---|\n");
        for (int w = 1; w <= 8; w++)
        {
            text.Append(CultureInfo.InvariantCulture, $"| w{w}");
            for (int a = 1; a <= 8; a++)
            {
                int sums = RangeProof.Create(w, (1 << a) - 1, 1).PairSumsInInt16;
                text.Append(CultureInfo.InvariantCulture, $" | {(sums == 0 ? "wide" : sums)}");
            }

            text.Append(" |\n");
        }

        return text.Append('\n').Append(End).Append('\n').ToString();
    }
}
