using LowBit.Data.Readers;
using Xunit;

namespace LowBit.Data.Tests.Readers;

public class CifarReaderTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    public void Planes_become_pixels(int classes)
    {
        byte[] file = Records(classes, 3);
        CifarRecords records = CifarReader.Parse("x", file, classes);
        Assert.Equal(3, records.Count);
        Assert.Equal(new[] { 0, 1, 2 }, records.Labels);
        int start = (2 * (file.Length / 3)) + (classes == 10 ? 1 : 2);
        for (int p = 0; p < 1024; p++)
        {
            for (int c = 0; c < 3; c++)
            {
                Assert.Equal(file[start + (c * 1024) + p], records.Pixels[(2 * 3072) + (3 * p) + c]);
            }
        }
    }

    [Fact]
    public void A_truncated_file_is_refused()
        => Assert.Contains("3073-byte records", Assert.Throws<DataFormatException>(() => CifarReader.Parse("x", Records(10, 2).AsSpan()[..^1], 10)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_empty_file_is_refused() => Assert.Throws<DataFormatException>(() => CifarReader.Parse("x", [], 10));

    [Fact]
    public void A_label_outside_the_classes_is_refused()
    {
        byte[] file = Records(10, 2);
        file[3073] = 10;
        DataFormatException failure = Assert.Throws<DataFormatException>(() => CifarReader.Parse("x", file, 10));
        Assert.Equal((3073L, "label of record 1"), (failure.Offset, failure.Field));
    }

    [Fact]
    public void Other_numbers_of_classes_do_not_exist() => Assert.Throws<ArgumentOutOfRangeException>(() => CifarReader.Parse("x", [], 20));

    [Fact]
    public void Damaged_files_give_one_sentence() => Damage.OnlyFormatErrors(Records(10, 2), bytes => CifarReader.Parse("fuzz", bytes, 10));

    internal static byte[] Records(int classes, int count)
    {
        int labels = classes == 10 ? 1 : 2;
        var file = new byte[count * (3072 + labels)];
        for (int i = 0; i < file.Length; i++)
        {
            file[i] = (byte)((i * 31) + (i / 251));
        }

        for (int r = 0; r < count; r++)
        {
            file[(r * (3072 + labels)) + labels - 1] = (byte)r;
        }

        return file;
    }
}
