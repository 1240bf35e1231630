using LowBit.Quantization.Methods;
using LowBit.Quantization.StepRules;
using LowBit.Tensors;
using Xunit;

namespace LowBit.Quantization.Tests.StepRules;

public sealed class StepRuleFactoryTests
{
    public static TheoryData<string> Names => [.. StepRuleFactory.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_name_gives_its_rule_for_every_range(string name)
    {
        StepRule rule = StepRuleFactory.Create(name);
        Assert.Equal(name, rule.Name);
        float[] x = Samples.Normal(500, 4);
        for (int bits = 1; bits <= 8; bits++)
        {
            foreach (CodeRange range in new[] { CodeRange.NarrowSigned(bits), CodeRange.Unsigned(bits) })
            {
                float step = rule.Step(x, range), twice = rule.Step([.. x.Select(static v => 2 * v)], range);
                Assert.True(step > 0 && step * range.High <= 30, $"{name} {range}: {step}");
                Assert.Equal(2 * step, twice, 1e-5f * twice);
            }
        }
    }

    [Fact]
    public void An_unknown_name_is_rejected()
    {
        var error = Assert.Throws<ArgumentException>(() => StepRuleFactory.Create("median"));
        Assert.Contains("'median'; use lsq, minmax, mse", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Uniform.Weight(new QuantizerOptions { Init = "median" }, Samples.Device, 1));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Calibrated_weights_keep_the_rules_steps(string name)
    {
        float[] x = Samples.Normal(60, 8);
        x.AsSpan(20, 20).Clear();
        using Tensor weights = Tensor.FromArray(Samples.Device, x, 3, 20);
        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Bits = 4, PerChannel = true }, Samples.Device, weights.Shape);
        StepRule rule = StepRuleFactory.Create(name);
        quantizer.Calibrate(weights, rule);
        float[] expected = [rule.Step(x.AsSpan(0, 20), quantizer.Range), rule.Step(x, quantizer.Range), rule.Step(x.AsSpan(40, 20), quantizer.Range)];
        Assert.Equal(expected, quantizer.Step.ToArray());
        using Tensor other = Tensor.FromArray(Samples.Device, [.. x.Select(static v => 3 * v)], 3, 20);
        Assert.Equal(expected, quantizer.Export(other).Steps);
    }

    [Fact]
    public void Steps_that_cannot_be_kept_are_refused()
    {
        using Tensor weights = Tensor.FromArray(Samples.Device, Samples.Normal(60, 8), 3, 20);
        foreach (string method in new[] { "uniform", "dorefa" })
        {
            using WeightQuantizer fixedSteps = QuantizerFactory.Weight(new QuantizerOptions { Method = method, Bits = 4 }, Samples.Device, weights.Shape);
            Assert.Throws<InvalidOperationException>(() => fixedSteps.Calibrate(weights, new MinMaxStep()));
        }

        using WeightQuantizer quantizer = QuantizerFactory.Weight(new QuantizerOptions { Bits = 4 }, Samples.Device, weights.Shape);
        Assert.Throws<ArgumentException>(() => quantizer.SetSteps([1, 1]));
        Assert.Throws<ArgumentException>(() => quantizer.SetSteps([0]));
        Assert.Throws<ArgumentException>(() => quantizer.SetSteps([float.NaN]));
        Assert.False(quantizer.IsInitialized);
    }
}
