using System.Text.Json;
using LowBit.Kernels.Devices;
using LowBit.Nn.Optimisation;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Optimisation;

public class OptimiserGoldenTests
{
    private const int Steps = 6;

    [Theory]
    [InlineData("sgd")]
    [InlineData("sgd_nesterov")]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("amsgrad")]
    [InlineData("rmsprop")]
    public void Six_steps_equal_those_of_the_reference(string name)
    {
        GoldenFile golden = GoldenFile.Open("optimizers");
        JsonElement options = golden.Parameters(name);
        using Tensor p = Tensor.FromArray(CpuDevice.Shared, golden[$"{name}/p0"].Floats);
        p.RequiresGradient = true;
        float decay = (float)options.GetProperty("weight_decay").GetDouble();
        using Optimiser optimiser = Make(name, options, [new ParameterGroup("all", [new Parameter("p", p, ParameterRole.Weight)], 1, decay)]);
        double rate = options.GetProperty("lr").GetDouble();
        double largest = 0;
        for (int step = 0; step < Steps; step++)
        {
            SetGradient(p, golden[$"{name}/g{step}"].Floats);
            optimiser.Step(rate);
            double[] expected = golden[$"{name}/p{step + 1}"].Values;
            largest = Math.Max(largest, MaxMagnitude(expected));

            // Each step rounds at most 20 times numbers no larger than the parameter or the momentum sum |g|/(1 − μ) ≤ 10·|g|·rate.
            double scale = largest + (10 * rate * MaxMagnitude(golden[$"{name}/g{step}"].Values));
            double tolerance = Bounds.Gamma(20 * (step + 1)) * scale;
            float[] actual = p.ToArray();
            for (int i = 0; i < actual.Length; i++)
            {
                Assert.InRange(Math.Abs(expected[i] - actual[i]), 0, tolerance);
            }
        }
    }

    [Fact]
    public void Groups_have_their_own_rate_and_decay()
    {
        using Tensor a = Tensor.FromArray(CpuDevice.Shared, [1f]), b = Tensor.FromArray(CpuDevice.Shared, [1f]), idle = Tensor.FromArray(CpuDevice.Shared, [1f]);
        a.RequiresGradient = b.RequiresGradient = idle.RequiresGradient = true;
        using var optimiser = new Sgd(
        [
            new ParameterGroup("decayed", [new Parameter("a", a, ParameterRole.Weight), new Parameter("idle", idle, ParameterRole.Weight)], 1, 0.5f),
            new ParameterGroup("slow", [new Parameter("b", b, ParameterRole.Quantizer)], 0.1f, 0),
        ], momentum: 0);
        SetGradient(a, [1f]);
        SetGradient(b, [1f]);
        optimiser.Step(0.125);
        Assert.Equal(1 - (0.125f * 1.5f), a.Item());
        Assert.Equal(1 - (float)(0.125 * 0.1f), b.Item());
        Assert.Equal(1, idle.Item());
        Assert.Empty(optimiser.State());
    }

    [Fact]
    public void Wrong_options_are_rejected()
    {
        using Tensor a = Tensor.FromArray(CpuDevice.Shared, [1f]);
        var parameter = new Parameter("a", a, ParameterRole.Weight);
        var group = new ParameterGroup("g", [parameter], 1, 0);
        Assert.Throws<ArgumentException>(() => new Sgd([]));
        Assert.Throws<ArgumentException>(() => new Sgd([group, group]));
        Assert.Throws<ArgumentException>(() => new Sgd([group with { WeightDecay = -1 }]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([group], momentum: 1));
        Assert.Throws<ArgumentException>(() => new Sgd([group], momentum: 0, nesterov: true));
        Assert.Throws<ArgumentException>(() => new AdamW([group], beta1: 1));
        Assert.Throws<ArgumentException>(() => new RmsProp([group], alpha: 1));
        Assert.Throws<ArgumentException>(() => new RmsProp([group], epsilon: 0));
        using var sgd = new Sgd([group]);
        Assert.Throws<ArgumentOutOfRangeException>(() => sgd.Step(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => sgd.Step(-1));
    }

    private static Optimiser Make(string name, JsonElement options, IReadOnlyList<ParameterGroup> groups)
    {
        if (name.StartsWith("sgd", StringComparison.Ordinal))
        {
            return new Sgd(groups, (float)options.GetProperty("momentum").GetDouble(), options.GetProperty("nesterov").GetBoolean());
        }

        if (name == "rmsprop")
        {
            return new RmsProp(
                groups, (float)options.GetProperty("alpha").GetDouble(), (float)options.GetProperty("eps").GetDouble(),
                (float)options.GetProperty("momentum").GetDouble(), options.GetProperty("centered").GetBoolean());
        }

        JsonElement betas = options.GetProperty("betas");
        return new AdamW(
            groups, (float)betas[0].GetDouble(), (float)betas[1].GetDouble(), (float)options.GetProperty("eps").GetDouble(), name == "adamw",
            options.GetProperty("amsgrad").GetBoolean());
    }

    private static void SetGradient(Tensor parameter, float[] gradient)
    {
        using var scope = TensorScope.Begin();
        parameter.ZeroGradient();
        GradientCheck.Weigh(parameter, Tensor.FromArray(parameter.Device, gradient, parameter.Shape)).Backward();
    }

    private static double MaxMagnitude(double[] values)
    {
        double max = 0;
        foreach (double value in values)
        {
            max = Math.Max(max, Math.Abs(value));
        }

        return max;
    }
}
