using LowBit.Kernels.Requantization;

namespace LowBit.Runtime.Models;

/// <summary>
/// Checks a requantization table against the edge it writes. No sum can overflow: the range proof keeps accumulators in 32 bits, so
/// |acc·M| stays below 2^62, and the table itself keeps offsets below 2^61.
/// </summary>
internal static class TableValidator
{
    public static void Check(IntegerNode node, RequantizeTable table, IntegerEdge output, int channels, bool hasResidual)
    {
        ArgumentNullException.ThrowIfNull(table);
        ModelValidator.Require(table.Channels == channels, $"node '{node.Name}' has multipliers for {table.Channels} channels instead of {channels}");
        ModelValidator.Require(
            table.HasResidual == hasResidual,
            $"node '{node.Name}' has {(table.HasResidual ? "" : "no ")}residual multipliers and {(hasResidual ? "a" : "no")} residual edge");
        bool fits = output.IsLogits
            ? table.Low == int.MinValue && table.High == int.MaxValue
            : table.Low >= 0 && table.High <= output.MaxCode;
        ModelValidator.Require(
            fits, $"node '{node.Name}' clamps to {table.Low}..{table.High}, edge '{output.Name}' of {output.Bits} bits cannot hold that range");
        for (int c = 0; c < channels; c++)
        {
            ModelValidator.Require(table.Shift(c) >= 1, $"node '{node.Name}' shifts by {table.Shift(c)} in channel {c}; 1 to 62 are possible");
        }
    }
}
