using System.Globalization;

namespace LowBit.Methods.Allocation;

/// <summary>
/// Bits of every variable of a <see cref="BitSpace"/>, one digit each: equal allocations are equal values, and their text is what files hold.
/// </summary>
public sealed record BitAllocation
{
    /// <summary>Takes an allocation from its text.</summary>
    /// <param name="digits">One digit from 1 to 8 for each variable.</param>
    /// <exception cref="ArgumentException">The text is empty or holds another character.</exception>
    public BitAllocation(string digits)
    {
        ArgumentException.ThrowIfNullOrEmpty(digits);
        if (digits.AsSpan().ContainsAnyExceptInRange('1', '8'))
        {
            throw new ArgumentException($"'{digits}' is no allocation; it holds one digit from 1 to 8 for each variable", nameof(digits));
        }

        Digits = digits;
    }

    /// <summary>The text.</summary>
    public string Digits { get; }

    /// <summary>Number of variables.</summary>
    public int Count => Digits.Length;

    /// <summary>Bits of a variable.</summary>
    /// <param name="variable">Its index in <see cref="BitSpace.Variables"/>.</param>
    public int this[int variable] => Digits[variable] - '0';

    /// <summary>An allocation from numbers of bits.</summary>
    /// <param name="bits">1 to 8 for each variable.</param>
    /// <exception cref="ArgumentException">There is none, or one is outside 1 to 8.</exception>
    public static BitAllocation Of(params ReadOnlySpan<int> bits)
    {
        var digits = new char[bits.Length];
        for (int i = 0; i < digits.Length; i++)
        {
            digits[i] = bits[i] is >= 1 and <= 8
                ? (char)('0' + bits[i])
                : throw new ArgumentException($"variable {i} has {bits[i].ToString(CultureInfo.InvariantCulture)} bits; codes have 1 to 8", nameof(bits));
        }

        return new BitAllocation(new string(digits));
    }

    /// <summary>This allocation with other bits for one variable.</summary>
    /// <param name="variable">Its index.</param>
    /// <param name="bits">1 to 8.</param>
    public BitAllocation With(int variable, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(variable);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(variable, Count);
        char[] digits = Digits.ToCharArray();
        digits[variable] = (char)('0' + bits);
        return new BitAllocation(new string(digits));
    }

    /// <inheritdoc/>
    public override string ToString() => Digits;
}
