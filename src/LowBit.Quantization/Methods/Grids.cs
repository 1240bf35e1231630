namespace LowBit.Quantization.Methods;

/// <summary>From options to code ranges.</summary>
internal static class Grids
{
    public static CodeRange Weight(QuantizerOptions options)
    {
        var width = new BitWidth(options.Bits);
        return options.Grid switch
        {
            WeightGrid.Narrow => CodeRange.NarrowSigned(width),
            WeightGrid.Full => CodeRange.FullSigned(width),
            WeightGrid.Odd => CodeRange.OddSigned(width),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Grid, $"there is no weight grid {options.Grid}; use Narrow, Full or Odd"),
        };
    }

    public static (CodeRange Range, int ZeroPoint) Activation(QuantizerOptions options)
    {
        var width = new BitWidth(options.Bits);
        if (options.Signed && width.Bits == 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Bits, "a signed activation needs 2 bits or more because one bit of codes around zero has no positive level, got 1");
        }

        return (CodeRange.Unsigned(width), options.Signed ? width.Codes / 2 : 0);
    }
}
