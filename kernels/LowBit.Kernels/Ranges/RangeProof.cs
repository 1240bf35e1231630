using System.Globalization;
using System.Numerics;
using LowBit.Kernels.Codes;

namespace LowBit.Kernels.Ranges;

/// <summary>
/// Proof that the sums of a layer stay inside their integers. Every product is <c>w·a</c> with <c>w</c> in
/// <c>[MinWeight, MaxWeight]</c> and <c>a</c> in <c>[0, MaxActivation]</c>, and <c>ReductionLength</c> of them are summed, so the
/// sum lies in <c>[MinAccumulator, MaxAccumulator]</c>, which fits int32; else there is no proof. Kernels demand one.
/// </summary>
public sealed class RangeProof
{
    private RangeProof(int minWeight, int maxWeight, int maxActivation, int reductionLength, bool isBipolar)
    {
        IsBipolar = isBipolar;
        MinWeight = minWeight;
        MaxWeight = maxWeight;
        MaxActivation = maxActivation;
        ReductionLength = reductionLength;
    }

    /// <summary>The smallest weight code.</summary>
    public int MinWeight { get; }

    /// <summary>The largest weight code.</summary>
    public int MaxWeight { get; }

    /// <summary>The largest activation code, 0 to 255; the padding code must not exceed it either.</summary>
    public int MaxActivation { get; }

    /// <summary>True when every weight is −1 or +1, never 0: what one-bit codes are. Kernels then need one bit per weight.</summary>
    public bool IsBipolar { get; }

    /// <summary>Products summed for one output.</summary>
    public int ReductionLength { get; }

    /// <summary>The smallest possible sum: <c>ReductionLength · MaxActivation · min(MinWeight, 0)</c>.</summary>
    public int MinAccumulator => (int)((long)ReductionLength * MaxActivation * Math.Min(MinWeight, 0));

    /// <summary>The largest possible sum: <c>ReductionLength · MaxActivation · max(MaxWeight, 0)</c>.</summary>
    public int MaxAccumulator => (int)((long)ReductionLength * MaxActivation * Math.Max(MaxWeight, 0));

    /// <summary>The larger magnitude of the two ends of the sum.</summary>
    public long MaxMagnitude => Math.Max((long)MaxAccumulator, -(long)MinAccumulator);

    /// <summary>Bits of a two's complement integer that holds every sum.</summary>
    public int AccumulatorBits => 1 + BitLength(Math.Max((long)MaxAccumulator, -(long)MinAccumulator - 1));

    /// <summary>Width of the weight codes: one bit when <see cref="IsBipolar"/>, else the fewest bits, 2 to 8, whose signed range holds them.</summary>
    public int WeightBits => IsBipolar
        ? 1
        : 1 + Math.Max(1, Math.Max(BitLength(Math.Max(MaxWeight, 0)), BitLength(-(long)Math.Min(MinWeight, 0) - 1)));

    /// <summary>Width of the activation codes: the fewest bits, 1 to 8, whose unsigned range holds them.</summary>
    public int ActivationBits => Math.Max(1, BitLength(MaxActivation));

    /// <summary>
    /// How many pair sums <c>w0·a0 + w1·a1</c> may be added in a signed 16-bit integer before it must be widened:
    /// <c>t = min(⌊32767 / (2·a·max w)⌋, ⌊32768 / (2·a·|min w|)⌋)</c>. Zero means that not even one pair sum fits, so the products
    /// must be formed in 32 bits. Capped at 32767.
    /// </summary>
    /// <example>w4 full range (−8 … 7) and a4 (15): min(⌊32767/210⌋, ⌊32768/240⌋) = 136.</example>
    public int PairSumsInInt16
    {
        get
        {
            int positive = 2 * MaxActivation * Math.Max(MaxWeight, 0), negative = 2 * MaxActivation * -Math.Min(MinWeight, 0);
            int t = short.MaxValue;
            t = positive == 0 ? t : Math.Min(t, 32767 / positive);
            return negative == 0 ? t : Math.Min(t, 32768 / negative);
        }
    }

    /// <summary>Proves a layer from the codes it really has.</summary>
    /// <param name="minWeight">Smallest weight code, −128 or more.</param>
    /// <param name="maxWeight">Largest weight code, 127 or less and not below <paramref name="minWeight"/>.</param>
    /// <param name="maxActivation">Largest activation code, 0 to 255.</param>
    /// <param name="reductionLength">Products summed for one output, 0 or more.</param>
    /// <param name="isBipolar">True when no weight is 0 and the range is −1 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A code is outside its byte, or bipolar weights outside −1 to 1.</exception>
    /// <exception cref="ArgumentException">The sum can leave int32: the layer is too long for its widths.</exception>
    public static RangeProof Create(int minWeight, int maxWeight, int maxActivation, int reductionLength, bool isBipolar = false)
    {
        if (isBipolar)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(minWeight, -1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(maxWeight, 1);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(minWeight, sbyte.MinValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxWeight, sbyte.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxWeight, minWeight);
        ArgumentOutOfRangeException.ThrowIfNegative(maxActivation);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxActivation, byte.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegative(reductionLength);
        long low = (long)reductionLength * maxActivation * Math.Min(minWeight, 0);
        long high = (long)reductionLength * maxActivation * Math.Max(maxWeight, 0);
        if (low < int.MinValue || high > int.MaxValue)
        {
            long perTerm = (long)maxActivation * Math.Max(maxWeight, -minWeight);
            throw new ArgumentException(
                $"a sum of {reductionLength} products of weights {minWeight} to {maxWeight} and activations 0 to {maxActivation} can leave a 32-bit "
                + $"accumulator; at most {int.MaxValue / perTerm} products fit, so use fewer bits or split the layer",
                nameof(reductionLength));
        }

        return new RangeProof(minWeight, maxWeight, maxActivation, reductionLength, isBipolar);
    }

    /// <summary>Proves a layer from its bit widths alone, for the full range of weight codes.</summary>
    /// <param name="weightBits">Width of the signed weight codes, 1 to 8.</param>
    /// <param name="maxActivation">Largest activation code, 0 to 255.</param>
    /// <param name="reductionLength">Products summed for one output, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weightBits"/> is outside 1 to 8, or another number outside its range.</exception>
    /// <exception cref="ArgumentException">The sum can leave int32.</exception>
    public static RangeProof Create(int weightBits, int maxActivation, int reductionLength)
    {
        if (weightBits is < 1 or > 8)
        {
            throw new ArgumentOutOfRangeException(nameof(weightBits), weightBits, "a weight code has 1 to 8 bits");
        }

        return Create(CodeStorage.LowestCode(weightBits), CodeStorage.HighestCode(weightBits), maxActivation, reductionLength, isBipolar: weightBits == 1);
    }

    /// <summary>Proves a layer from its stored weights.</summary>
    /// <param name="weights">The weights, one row per output channel.</param>
    /// <param name="maxActivation">Largest activation code, 0 to 255.</param>
    /// <exception cref="ArgumentException">The sum can leave int32.</exception>
    public static RangeProof Create(CodeStorage weights, int maxActivation)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return Create(weights.MinCode, weights.MaxCode, maxActivation, weights.RowLength, isBipolar: weights.Bits == 1);
    }

    /// <summary>One line for plans and logs.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"w {(IsBipolar ? "-1 or 1" : $"{MinWeight}..{MaxWeight}")}, a 0..{MaxActivation}, K {ReductionLength}: sum {MinAccumulator}..{MaxAccumulator} ({AccumulatorBits} bits), {PairSumsInInt16} pair sums in int16");

    private static int BitLength(long value) => value <= 0 ? 0 : 64 - BitOperations.LeadingZeroCount((ulong)value);
}
