using System.Globalization;
using System.Numerics;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LowBit.Kernels.Requantization;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Kernels.Tests.Requantization;

/// <summary>The rule against exact rows (made by tests/golden/make_golden.py) and against big integers.</summary>
public class RequantizerTests
{
    [Fact]
    public void Golden_rows_are_reproduced_exactly()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(RepositoryPaths.Golden, "requantize.json")));
        int rows = 0;
        foreach (JsonElement row in file.RootElement.GetProperty("rows").EnumerateArray())
        {
            int Int(string name) => row.GetProperty(name).GetInt32();
            long b = long.Parse(row.GetProperty("b").GetString()!, CultureInfo.InvariantCulture);
            Assert.Equal(Int("y"), Requantizer.Apply(Int("acc"), Int("m"), b, Int("n"), Int("low"), Int("high")));
            rows++;
        }

        Assert.Equal(400, rows);
    }

    [Fact]
    public void Residual_form_equals_big_integers()
    {
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            int acc = i % 3 == 0 ? (i % 2 == 0 ? int.MinValue : int.MaxValue) : random.Next(int.MinValue, int.MaxValue);
            int m = i % 5 == 0 ? int.MaxValue : random.Next(), r = i % 7 == 0 ? int.MaxValue : random.Next(), n = random.Next(63);
            byte code = (byte)random.Next(256);
            long b = i % 11 == 0 ? RequantizeTable.MaxOffset : random.NextInt64(-RequantizeTable.MaxOffset, RequantizeTable.MaxOffset);
            BigInteger exact = (((BigInteger)acc * m) + ((BigInteger)code * r) + b) >> n;
            int expected = (int)BigInteger.Max(-9, BigInteger.Min(300, exact));
            Assert.Equal(expected, Requantizer.Apply(acc, m, code, r, b, n, -9, 300));
        }
    }

    [Fact]
    public void Fixed_point_multipliers_are_normalised_and_nearest()
    {
        Prop.ForAll(
            ArbMap.Default.ArbFor<NormalFloat>().Filter(x => Math.Abs(x.Get) is > 1e-9 and < 1e9),
            x =>
            {
                double scale = Math.Abs(x.Get);
                (int m, int n) = Requantizer.FixedPoint(scale);
                bool normal = m >= Requantizer.MinMultiplier || n == Requantizer.MaxShift;
                return normal && Math.Abs(Math.ScaleB(scale, n) - m) <= 0.5;
            }).Check(Config.QuickThrowOnFailure.WithReplay(new Replay(new Rnd(20261121UL, 1UL), null)));
    }

    [Theory]
    [InlineData(0.75, 1610612736, 31)]
    [InlineData(1.0, 1073741824, 30)]
    [InlineData(0.99999999999, 1073741824, 30)]
    [InlineData(0.0, 0, 31)]
    public void Fixed_point_examples(double scale, int multiplier, int shift) => Assert.Equal((multiplier, shift), Requantizer.FixedPoint(scale));

    [Theory]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    [InlineData(1e12)]
    public void Fixed_point_refuses_what_has_no_form(double scale)
        => Assert.Throws<ArgumentOutOfRangeException>(() => Requantizer.FixedPoint(scale));

    [Fact]
    public void Tables_refuse_numbers_that_could_overflow()
    {
        Assert.Throws<ArgumentException>(() => new RequantizeTable([-1], [0], [1], 0, 1));
        Assert.Throws<ArgumentException>(() => new RequantizeTable([1], [long.MaxValue], [1], 0, 1));
        Assert.Throws<ArgumentException>(() => new RequantizeTable([1], [0], [63], 0, 1));
        Assert.Throws<ArgumentException>(() => new RequantizeTable([1, 2], [0], [1], 0, 1));
        Assert.Throws<ArgumentException>(() => new RequantizeTable([1], [0], [1], 2, 1));
        Assert.Throws<ArgumentException>(() => new RequantizeTable([1], [0], [1], 0, 1, [-1]));
    }
}
