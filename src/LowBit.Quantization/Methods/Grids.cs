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

    /// <summary>The grid of a method that has only some of them.</summary>
    public static CodeRange Weight(QuantizerOptions options, params ReadOnlySpan<WeightGrid> grids)
    {
        _ = new BitWidth(options.Bits);
        if (Enum.IsDefined(options.Grid) && !grids.Contains(options.Grid))
        {
            throw new ArgumentException(
                $"{options.Method} weights have no {options.Grid} grid; use {string.Join(" or ", grids.ToArray())}, or another method", nameof(options));
        }

        return Weight(options);
    }

    /// <summary>Codes from 0 up, for methods without a signed form.</summary>
    public static CodeRange Unsigned(QuantizerOptions options)
    {
        if (options.Signed)
        {
            throw new ArgumentException(
                $"{options.Method} quantizes activations from 0 up and has no signed form; use lsq, lsq+, dsq or uniform for signed activations", nameof(options));
        }

        return CodeRange.Unsigned(options.Bits);
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
