using LowBit.Kernels.Requantization;

namespace LowBit.Runtime.Models;

/// <summary>Checks a requantization table: channels, ranges, and that no 64-bit sum can overflow.</summary>
internal static class TableValidator
{
    public static void Check(IntegerNode node, RequantizeTable table, IntegerEdge output, AccumulatorBounds bounds, int? residualHigh)
    {
        ArgumentNullException.ThrowIfNull(table);
        int channels = bounds.Channels;
        ModelValidator.Require(table.Channels == channels, $"node '{node.Name}' has multipliers for {table.Channels} channels instead of {channels}");
        ModelValidator.Require(
            table.HasResidual == residualHigh.HasValue,
            $"node '{node.Name}' has {(table.HasResidual ? "" : "no ")}residual multipliers and {(residualHigh.HasValue ? "a" : "no")} residual edge");
        CheckRange(node, table.Low, table.High, output);
        for (int c = 0; c < channels; c++)
        {
            CheckShift(node, table.Shift(c));
            Int128 low = ((Int128)bounds.Low(c) * table.Multiplier(c)) + table.Offset(c);
            Int128 high = ((Int128)bounds.High(c) * table.Multiplier(c)) + ((Int128)table.ResidualMultiplier(c) * (residualHigh ?? 0)) + table.Offset(c);
            ModelValidator.Require(
                low >= long.MinValue && high <= long.MaxValue,
                $"node '{node.Name}' overflows 64 bits in channel {c}: multiplier {table.Multiplier(c)}, offset {table.Offset(c)}");
        }
    }

    public static void CheckShift(IntegerNode node, int shift)
        => ModelValidator.Require(shift is >= 1 and <= 62, $"node '{node.Name}' shifts by {shift}; 1 to 62 are possible");

    public static void CheckRange(IntegerNode node, int low, int high, IntegerEdge output)
    {
        bool fits = output.IsLogits ? low == int.MinValue && high == int.MaxValue : low >= 0 && low <= high && high <= output.MaxCode;
        ModelValidator.Require(
            fits, $"node '{node.Name}' clamps to {low}..{high}, edge '{output.Name}' of {output.Bits} bits cannot hold that range");
    }
}
