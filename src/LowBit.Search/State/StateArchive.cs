namespace LowBit.Search.State;

/// <summary>
/// Carries state out of an object or back into it. Every method takes the present value and returns the one to keep: the same when writing,
/// the stored one when reading. One method per class therefore describes both directions, and they cannot drift apart.
/// </summary>
internal sealed class StateArchive
{
    private readonly BinaryWriter? _writer;
    private readonly BinaryReader? _reader;

    private StateArchive(BinaryWriter? writer, BinaryReader? reader) => (_writer, _reader) = (writer, reader);

    public bool IsReading => _reader is not null;

    public static StateArchive To(Stream stream) => new(new BinaryWriter(stream), null);

    public static StateArchive From(Stream stream) => new(null, new BinaryReader(stream));

    public double Value(double value) => Move(value, static (w, v) => w.Write(v), static r => r.ReadDouble());

    public int Value(int value) => Move(value, static (w, v) => w.Write(v), static r => r.ReadInt32());

    public long Value(long value) => Move(value, static (w, v) => w.Write(v), static r => r.ReadInt64());

    public ulong Value(ulong value) => Move(value, static (w, v) => w.Write(v), static r => r.ReadUInt64());

    public bool Value(bool value) => Move(value, static (w, v) => w.Write(v), static r => r.ReadByte() != 0);

    public string Value(string value) => Move(value, static (w, v) => w.Write(v), static r => r.ReadString());

    public T Enumeration<T>(T value) where T : struct, Enum
    {
        int number = Value(Convert.ToInt32(value));
        return Enum.IsDefined(typeof(T), number) ? (T)Enum.ToObject(typeof(T), number) : throw Damaged($"{number} is no {typeof(T).Name}");
    }

    public double? Value(double? value) => Value(value is not null) ? Value(value ?? 0) : null;

    public int? Value(int? value) => Value(value is not null) ? Value(value ?? 0) : null;

    public long? Value(long? value) => Value(value is not null) ? Value(value ?? 0) : null;

    /// <summary>An array of any length, or null.</summary>
    public double[]? Array(double[]? values)
    {
        int count = Count(values?.Length ?? -1, sizeof(double));
        if (count < 0)
        {
            return null;
        }

        values = IsReading ? new double[count] : values!;
        for (int i = 0; i < count; i++)
        {
            values[i] = Value(values[i]);
        }

        return values;
    }

    /// <summary>The entries of an array whose length is known.</summary>
    public void Fill(double[] values)
    {
        double[] moved = Array(values) ?? [];
        if (moved.Length != values.Length)
        {
            throw Damaged($"{moved.Length} numbers where {values.Length} belong");
        }

        moved.CopyTo(values, 0);
    }

    /// <summary>An array of arrays, each of which may be null, or null.</summary>
    public double[]?[]? Arrays(double[]?[]? values)
    {
        int count = Count(values?.Length ?? -1, sizeof(int));
        if (count < 0)
        {
            return null;
        }

        values = IsReading ? new double[]?[count] : values!;
        for (int i = 0; i < count; i++)
        {
            values[i] = Array(values[i]);
        }

        return values;
    }

    public void List(List<double> values)
    {
        double[] moved = Array(IsReading ? null : values.ToArray()) ?? [];
        if (IsReading)
        {
            values.Clear();
            values.AddRange(moved);
        }
    }

    public static InvalidDataException Damaged(string what) => new($"the saved search is damaged: {what}; start it again or use an older copy");

    private int Count(int count, int bytesEach)
    {
        count = Value(count);
        if (IsReading && count > 0)
        {
            Stream stream = _reader!.BaseStream;
            if (count > (stream.Length - stream.Position) / bytesEach)
            {
                throw Damaged($"it announces {count} entries and ends before them");
            }
        }

        return count;
    }

    private T Move<T>(T value, Action<BinaryWriter, T> write, Func<BinaryReader, T> read)
    {
        if (_reader is not null)
        {
            try
            {
                return read(_reader);
            }
            catch (Exception error) when (error is EndOfStreamException or FormatException)
            {
                throw Damaged("it ends too early");
            }
        }

        write(_writer!, value);
        return value;
    }
}
