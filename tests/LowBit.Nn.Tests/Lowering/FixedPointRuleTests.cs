using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using LowBit.Nn.Lowering;
using Xunit;

namespace LowBit.Nn.Tests.Lowering;

public class FixedPointRuleTests
{
    [Fact]
    public void Three_quarters_by_hand()
    {
        FixedPointRule rule = FixedPointRule.Create(0.75, 0, 0, 0, 0)!.Value;
        Assert.Equal(new FixedPointRule(1610612736, false, 0, 1L << 30, 31), rule);
    }

    [Fact]
    public void The_larger_of_the_two_multipliers_is_normalised()
    {
        FixedPointRule residualLarger = FixedPointRule.Create(0.001, 0.5, 3, 0, 0)!.Value;
        Assert.InRange(residualLarger.ResidualMultiplier, 1 << 30, int.MaxValue);
        Assert.Equal((int)Math.Round(0.001 * Math.Pow(2, residualLarger.Shift)), residualLarger.Multiplier);
        FixedPointRule sumLarger = FixedPointRule.Create(-2.5, 0.5, 3, 0, 0)!.Value;
        Assert.True(sumLarger.Negative);
        Assert.InRange(sumLarger.Multiplier, 1 << 30, int.MaxValue);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 40)]
    [InlineData(1e-30, 0.5)]
    [InlineData(1e-12, -200)]
    [InlineData(5e-10, 1e6)]
    public void Zero_and_tiny_scales_keep_the_offset(double scale, double offset)
    {
        FixedPointRule rule = FixedPointRule.Create(scale, 0, offset, 0, 0)!.Value;
        Assert.InRange(rule.Shift, 1, 62);
        Assert.Equal((long)Math.Floor(offset + 0.5), rule.Offset >> rule.Shift);
    }

    [Theory]
    [InlineData(double.NaN, 0, 0)]
    [InlineData(double.PositiveInfinity, 0, 0)]
    [InlineData(1, 0, double.NaN)]
    [InlineData(1e12, 0, 0)]
    [InlineData(1, 1e12, 0)]
    [InlineData(1e-3, 0, 1e25)]
    public void Numbers_beyond_the_form_have_no_rule(double scale, double residual, double offset)
        => Assert.Null(FixedPointRule.Create(scale, residual, offset, 0, 0));

    [Fact]
    public void Results_are_within_half_a_code_and_the_multiplier_error()
    {
        Gen<(double Scale, double Residual, double Offset, int Sum, int Code)> gen =
            from exponent in Gen.Choose(-60, 3)
            from mantissa in Gen.Choose(1 << 20, (1 << 21) - 1)
            from residual in Gen.Choose(0, 4_000_000)
            from offset in Gen.Choose(-400_000_000, 400_000_000)
            from sum in Gen.Choose(int.MinValue, int.MaxValue)
            from code in Gen.Choose(0, 255)
            select (Math.ScaleB(mantissa, exponent - 20), residual / 1e6, offset / 1e6, sum, code);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000).WithReplay(11, 21), Prop.ForAll(gen.ToArbitrary(), x =>
        {
            FixedPointRule? found = FixedPointRule.Create(x.Scale, x.Residual, x.Offset, 1000, 100);
            if (found is not { } rule)
            {
                return x.Scale >= 1 << 30;
            }

            BigInteger value = ((BigInteger)x.Sum * rule.Multiplier) + ((BigInteger)x.Code * rule.ResidualMultiplier) + rule.Offset;
            double got = (double)(long)(value >> rule.Shift), unit = Math.ScaleB(1, -rule.Shift);
            double exact = (x.Scale * x.Sum) + (x.Residual * x.Code) + x.Offset;
            // Each multiplier is off by half a unit of 2^-shift at most, the offset too; then half a code of rounding, and the doubles here.
            double bound = 0.5 + (0.5 * unit * (Math.Abs((double)x.Sum) + x.Code + 1)) + (Math.Abs(exact) * 1e-14) + 1e-9;
            return Math.Abs(got - exact) <= bound && rule.Multiplier >= 0 && rule.ResidualMultiplier >= 0;
        }));
    }
}
