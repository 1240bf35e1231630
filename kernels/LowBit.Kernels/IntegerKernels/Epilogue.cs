using LowBit.Kernels.Requantization;

namespace LowBit.Kernels.IntegerKernels;

/// <summary>
/// One view of a layer's result: which rule turns accumulators into numbers and where they go. A layer may have several views
/// of the same accumulators (a low-bit one for the next convolution and an 8-bit one for the residual stream). Accumulators,
/// residual and output have the same layout, <c>[pixels, channels]</c>.
/// </summary>
public readonly unsafe struct Epilogue
{
    /// <summary>A view of unsigned byte codes.</summary>
    /// <param name="table">The rule; its results lie in 0 … 255.</param>
    /// <param name="output">Receives one code per accumulator; may be the residual operand itself when no later view of the call reads that operand.</param>
    /// <param name="residual">The residual operand, or null when the rule has none.</param>
    /// <exception cref="ArgumentException">The rule leaves a byte, or the residual operand and the rule do not agree.</exception>
    public Epilogue(RequantizeTable table, byte* output, byte* residual = null)
    {
        Check(table, residual);
        if (!table.FitsByte)
        {
            throw new ArgumentException($"results {table.Low} to {table.High} do not fit an unsigned byte code", nameof(table));
        }

        Table = table;
        Codes = output;
        Residual = residual;
    }

    /// <summary>A view of 32-bit integers: the logits of a last layer.</summary>
    /// <param name="table">The rule.</param>
    /// <param name="output">Receives one integer per accumulator.</param>
    /// <param name="residual">The residual operand, or null when the rule has none.</param>
    /// <exception cref="ArgumentException">The residual operand and the rule do not agree.</exception>
    public Epilogue(RequantizeTable table, int* output, byte* residual = null)
    {
        Check(table, residual);
        Table = table;
        Words = output;
        Residual = residual;
    }

    /// <summary>The rule.</summary>
    public RequantizeTable Table { get; }

    /// <summary>Where byte codes go, or null.</summary>
    public byte* Codes { get; }

    /// <summary>Where 32-bit results go, or null.</summary>
    public int* Words { get; }

    /// <summary>The residual operand, or null.</summary>
    public byte* Residual { get; }

    private static void Check(RequantizeTable table, byte* residual)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.HasResidual != (residual != null))
        {
            throw new ArgumentException(
                table.HasResidual ? "the rule has residual multipliers but no residual operand was given" : "a residual operand was given but the rule has no residual multipliers",
                nameof(residual));
        }
    }
}
