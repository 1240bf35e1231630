namespace LowBit.Data.Readers;

/// <summary>
/// Reads the binary CIFAR records: one label byte (CIFAR-10) or a coarse and a fine label byte (CIFAR-100), then 3072 bytes in
/// red, green and blue planes of 32×32. Krizhevsky 2009.
/// </summary>
public static class CifarReader
{
    /// <summary>Rows and columns of an image.</summary>
    public const int Side = 32;

    private const int Plane = Side * Side;
    private const int ImageBytes = 3 * Plane;

    /// <summary>Reads the records of one file and appends them as NHWC pixels and labels.</summary>
    /// <param name="path">A file such as data_batch_1.bin (CIFAR-10) or train.bin (CIFAR-100).</param>
    /// <param name="classes">10 or 100; decides the record form, and labels must lie below it.</param>
    /// <returns>Pixels [count, 32, 32, 3] and labels [count].</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is neither 10 nor 100.</exception>
    /// <exception cref="DataFormatException">The length is no multiple of the record, or a label is too large.</exception>
    public static CifarRecords Read(string path, int classes)
    {
        using BoundedFile file = BoundedFile.Open(path);
        return Parse(path, file.ReadArray(file.Remaining, "records"), classes);
    }

    /// <summary>Reads records from memory.</summary>
    /// <param name="name">Appears in messages.</param>
    /// <param name="records">The file's content.</param>
    /// <param name="classes">10 or 100.</param>
    /// <returns>Pixels [count, 32, 32, 3] and labels [count].</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classes"/> is neither 10 nor 100.</exception>
    /// <exception cref="DataFormatException">The length is no multiple of the record, or a label is too large.</exception>
    public static CifarRecords Parse(string name, ReadOnlySpan<byte> records, int classes)
    {
        if (classes is not (10 or 100))
        {
            throw new ArgumentOutOfRangeException(nameof(classes), classes, "CIFAR has 10 or 100 classes");
        }

        int labelBytes = classes == 10 ? 1 : 2;
        int record = labelBytes + ImageBytes;
        if (records.Length == 0 || records.Length % record != 0)
        {
            throw new DataFormatException(name, "length", records.Length, $"{records.Length} bytes are no whole number of {record}-byte records; the file is truncated or not CIFAR-{classes}");
        }

        int count = records.Length / record;
        var pixels = new byte[count * ImageBytes];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            int label = records[(i * record) + labelBytes - 1];
            if (label >= classes)
            {
                throw new DataFormatException(name, $"label of record {i}", ((long)i * record) + labelBytes - 1, $"{label} is outside 0..{classes - 1}");
            }

            labels[i] = label;
            PlanesToPixels(records.Slice((i * record) + labelBytes, ImageBytes), pixels.AsSpan(i * ImageBytes, ImageBytes));
        }

        return new CifarRecords(count, pixels, labels);
    }

    private static void PlanesToPixels(ReadOnlySpan<byte> planes, Span<byte> pixels)
    {
        for (int p = 0; p < Plane; p++)
        {
            pixels[3 * p] = planes[p];
            pixels[(3 * p) + 1] = planes[Plane + p];
            pixels[(3 * p) + 2] = planes[(2 * Plane) + p];
        }
    }
}
