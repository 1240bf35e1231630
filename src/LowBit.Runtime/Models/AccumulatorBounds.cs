namespace LowBit.Runtime.Models;

/// <summary>Lowest and highest sum of each output channel, from the real weight codes and the highest input code.</summary>
internal sealed class AccumulatorBounds
{
    private readonly long[] _low;
    private readonly long[] _high;

    private AccumulatorBounds(long[] low, long[] high)
    {
        _low = low;
        _high = high;
    }

    /// <summary>Output channels.</summary>
    public int Channels => _low.Length;

    /// <summary>The lowest sum that a channel can reach.</summary>
    /// <param name="channel">Output channel.</param>
    public long Low(int channel) => _low[channel];

    /// <summary>The highest sum that a channel can reach.</summary>
    /// <param name="channel">Output channel.</param>
    public long High(int channel) => _high[channel];

    /// <summary><c>low = highestCode·Σ min(w, 0)</c>, <c>high = highestCode·Σ max(w, 0)</c>: every input code lies in 0..highestCode.</summary>
    /// <param name="node">The convolution.</param>
    /// <param name="highestCode">Highest code of its input, 0 to 255.</param>
    public static AccumulatorBounds OfConvolution(ConvolutionNode node, int highestCode)
    {
        ArgumentNullException.ThrowIfNull(node);
        int rows = node.Weights.Rows, columns = node.Weights.RowLength;
        var codes = new sbyte[checked(rows * columns)];
        node.Weights.Unpack(codes);
        var low = new long[rows];
        var high = new long[rows];
        for (int row = 0; row < rows; row++)
        {
            foreach (sbyte code in codes.AsSpan(row * columns, columns))
            {
                low[row] += Math.Min((int)code, 0) * (long)highestCode;
                high[row] += Math.Max((int)code, 0) * (long)highestCode;
            }
        }

        return new AccumulatorBounds(low, high);
    }

    /// <summary>The same bounds for all channels.</summary>
    /// <param name="channels">Output channels.</param>
    /// <param name="low">Lowest sum.</param>
    /// <param name="high">Highest sum.</param>
    public static AccumulatorBounds Uniform(int channels, long low, long high)
    {
        var lows = new long[channels];
        var highs = new long[channels];
        Array.Fill(lows, low);
        Array.Fill(highs, high);
        return new AccumulatorBounds(lows, highs);
    }
}
