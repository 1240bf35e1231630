namespace LowBit.Kernels.Codes;

/// <summary>
/// Signed weight codes of 1 to 8 bits in their canonical form: the one written to files, the same on every CPU.
/// Row r is a little-endian bit stream that starts at byte <c>r · RowBytes</c>; code i of a row occupies the bits
/// <c>[i·Bits, (i+1)·Bits)</c>, bit 0 being the lowest bit of the first byte. Codes of two and more bits are two's complement;
/// a code of one bit is +1 when set and −1 when clear. Bits after the last code of a row are zero.
/// </summary>
/// <example>The 4-bit codes (1, −1, 7) are the bytes F1 07.</example>
public sealed class CodeStorage
{
    private readonly byte[] _bytes;

    private CodeStorage(byte[] bytes, int rows, int rowLength, int bits, int minimum, int maximum)
    {
        _bytes = bytes;
        Rows = rows;
        RowLength = rowLength;
        Bits = bits;
        MinCode = minimum;
        MaxCode = maximum;
    }

    /// <summary>Number of rows: output channels of a layer.</summary>
    public int Rows { get; }

    /// <summary>Codes in a row: kernel height × kernel width × input channels of a group.</summary>
    public int RowLength { get; }

    /// <summary>Width of a code, 1 to 8 bits.</summary>
    public int Bits { get; }

    /// <summary>The smallest code present (0 when there is none); what a range proof is made from.</summary>
    public int MinCode { get; }

    /// <summary>The largest code present (0 when there is none).</summary>
    public int MaxCode { get; }

    /// <summary>Bytes of one row: <c>⌈RowLength · Bits / 8⌉</c>.</summary>
    public int RowBytes => RowByteCount(RowLength, Bits);

    /// <summary>All rows, one after the other.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The smallest code of a width: −2^(bits−1), and −1 for one bit.</summary>
    /// <param name="bits">Code width, 1 to 8.</param>
    public static int LowestCode(int bits) => bits == 1 ? -1 : -(1 << (bits - 1));

    /// <summary>The largest code of a width: 2^(bits−1) − 1, and +1 for one bit.</summary>
    /// <param name="bits">Code width, 1 to 8.</param>
    public static int HighestCode(int bits) => bits == 1 ? 1 : (1 << (bits - 1)) - 1;

    /// <summary>Bytes that <paramref name="rowLength"/> codes take.</summary>
    /// <param name="rowLength">Codes in the row, 0 or more.</param>
    /// <param name="bits">Code width, 1 to 8.</param>
    public static int RowByteCount(int rowLength, int bits) => checked((int)((((long)rowLength * bits) + 7) / 8));

    /// <summary>Packs codes.</summary>
    /// <param name="codes">Codes <c>[rows, rowLength]</c>, each within the range of <paramref name="bits"/>; one-bit codes are −1 or +1.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="rowLength">Codes in a row, 0 or more.</param>
    /// <param name="bits">Code width, 1 to 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative or <paramref name="bits"/> is outside 1 to 8.</exception>
    /// <exception cref="ArgumentException">The number of codes is not rows × rowLength, or a code does not fit its width.</exception>
    public static CodeStorage Pack(ReadOnlySpan<sbyte> codes, int rows, int rowLength, int bits)
    {
        CheckSizes(rows, rowLength, bits);
        if (codes.Length != (long)rows * rowLength)
        {
            throw new ArgumentException($"[{rows}, {rowLength}] needs {(long)rows * rowLength} codes, got {codes.Length}", nameof(codes));
        }

        int rowBytes = RowByteCount(rowLength, bits);
        byte[] bytes = new byte[checked(rows * rowBytes)];
        int low = LowestCode(bits), high = HighestCode(bits);
        int minimum = codes.IsEmpty ? 0 : int.MaxValue, maximum = codes.IsEmpty ? 0 : int.MinValue;
        for (int r = 0; r < rows; r++)
        {
            Span<byte> row = bytes.AsSpan(r * rowBytes, rowBytes);
            ReadOnlySpan<sbyte> source = codes.Slice(r * rowLength, rowLength);
            for (int i = 0; i < rowLength; i++)
            {
                int code = source[i];
                if (code < low || code > high || (bits == 1 && code == 0))
                {
                    throw new ArgumentException(
                        $"code {code} at row {r}, column {i} is not a {bits}-bit code ({(bits == 1 ? "-1 or 1" : $"{low} to {high}")})", nameof(codes));
                }

                minimum = Math.Min(minimum, code);
                maximum = Math.Max(maximum, code);
                int field = bits == 1 ? (code + 1) >> 1 : code & ((1 << bits) - 1);
                int bit = i * bits, at = bit >> 3, shift = bit & 7;
                row[at] |= (byte)(field << shift);
                if (shift + bits > 8)
                {
                    row[at + 1] |= (byte)(field >> (8 - shift));
                }
            }
        }

        return new CodeStorage(bytes, rows, rowLength, bits, minimum, maximum);
    }

    /// <summary>Takes packed bytes as they were read from a file.</summary>
    /// <param name="bytes">Exactly <c>rows · RowByteCount(rowLength, bits)</c> bytes; copied.</param>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="rowLength">Codes in a row, 0 or more.</param>
    /// <param name="bits">Code width, 1 to 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative or <paramref name="bits"/> is outside 1 to 8.</exception>
    /// <exception cref="ArgumentException">The number of bytes is wrong, or bits after the last code of a row are set.</exception>
    public static CodeStorage FromBytes(ReadOnlySpan<byte> bytes, int rows, int rowLength, int bits)
    {
        CheckSizes(rows, rowLength, bits);
        long rowBytes = (((long)rowLength * bits) + 7) / 8;
        if (bytes.Length != rows * rowBytes)
        {
            throw new ArgumentException($"[{rows}, {rowLength}] codes of {bits} bits take {rows * rowBytes} bytes, got {bytes.Length}", nameof(bytes));
        }

        int minimum = int.MaxValue, maximum = int.MinValue;
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<byte> row = bytes.Slice((int)(r * rowBytes), (int)rowBytes);
            int used = (int)(((long)rowLength * bits) & 7);
            if (used != 0 && row[^1] >> used != 0)
            {
                throw new ArgumentException($"row {r} has bits set after its last code", nameof(bytes));
            }

            for (int i = 0; i < rowLength; i++)
            {
                int code = Read(row, i, bits);
                minimum = Math.Min(minimum, code);
                maximum = Math.Max(maximum, code);
            }
        }

        bool empty = rows == 0 || rowLength == 0;
        return new CodeStorage(bytes.ToArray(), rows, rowLength, bits, empty ? 0 : minimum, empty ? 0 : maximum);
    }

    /// <summary>Writes all codes, <c>[Rows, RowLength]</c>.</summary>
    /// <param name="codes">Receives <c>Rows · RowLength</c> codes.</param>
    /// <exception cref="ArgumentException"><paramref name="codes"/> is too short.</exception>
    public void Unpack(Span<sbyte> codes)
    {
        if (codes.Length < (long)Rows * RowLength)
        {
            throw new ArgumentException($"[{Rows}, {RowLength}] holds {(long)Rows * RowLength} codes, the destination has room for {codes.Length}", nameof(codes));
        }

        int rowBytes = RowBytes;
        for (int r = 0; r < Rows; r++)
        {
            ReadOnlySpan<byte> row = _bytes.AsSpan(r * rowBytes, rowBytes);
            Span<sbyte> destination = codes.Slice(r * RowLength, RowLength);
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = (sbyte)Read(row, i, Bits);
            }
        }
    }

    private static int Read(ReadOnlySpan<byte> row, int index, int bits)
    {
        int bit = index * bits, at = bit >> 3, shift = bit & 7;
        int word = row[at] | (shift + bits > 8 ? row[at + 1] << 8 : 0);
        int field = (word >> shift) & ((1 << bits) - 1);
        return bits == 1 ? (field * 2) - 1 : (field << (32 - bits)) >> (32 - bits);
    }

    private static void CheckSizes(int rows, int rowLength, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(rowLength);
        if (bits is < 1 or > 8)
        {
            throw new ArgumentOutOfRangeException(nameof(bits), bits, "a weight code has 1 to 8 bits");
        }

        // Bit positions inside a row are ints.
        if ((long)rowLength * bits > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(rowLength), rowLength, $"a row of {bits}-bit codes may hold at most {int.MaxValue / bits} of them");
        }
    }
}
