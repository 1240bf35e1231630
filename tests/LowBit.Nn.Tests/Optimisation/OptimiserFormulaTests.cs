using LowBit.Kernels.Devices;
using LowBit.Nn.Optimisation;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Optimisation;

/// <summary>
/// Eight steps against the equations of PyTorch's documentation in double arithmetic (torch.optim.Adam, AdamW and RMSprop, "Algorithm"), in the variants that the
/// golden files leave out: decay in the gradient, AMSGrad with decoupled decay, centred RMSprop.
/// </summary>
public class OptimiserFormulaTests
{
    private const int Steps = 8;
    private const float Rate = 1e-2f;

    [Theory]
    [InlineData(false, false, 0.1f)]
    [InlineData(false, true, 0.1f)]
    [InlineData(true, true, 0.1f)]
    [InlineData(true, false, 0.1f)]
    public void Adam_follows_its_equations(bool decoupled, bool amsGrad, float decay)
    {
        const float beta1 = 0.8f, beta2 = 0.95f, epsilon = 1e-4f;
        double rest1 = 1 - (double)beta1, rest2 = 1 - (double)beta2, rate = Rate;
        Follow(
            groups => new AdamW(groups, beta1, beta2, epsilon, decoupled, amsGrad),
            decay,
            () =>
            {
                double m = 0, v = 0, largest = 0;
                return (p, g, t) =>
                {
                    p = decoupled ? p - (rate * decay * p) : p;
                    g = decoupled ? g : g + (decay * p);
                    m = (beta1 * m) + (rest1 * g);
                    v = (beta2 * v) + (rest2 * g * g);
                    double meanM = m / (1 - Math.Pow(beta1, t)), meanV = v / (1 - Math.Pow(beta2, t));

                    // The largest v, corrected afterwards, as the implementation has it: max(v̂) of the equations differs by the correction of an earlier step.
                    largest = Math.Max(largest, v);
                    meanV = amsGrad ? largest / (1 - Math.Pow(beta2, t)) : meanV;
                    return p - (rate * meanM / (Math.Sqrt(meanV) + epsilon));
                };
            });
    }

    [Theory]
    [InlineData(true, 0f, 0f)]
    [InlineData(true, 0.9f, 0f)]
    [InlineData(true, 0.9f, 0.1f)]
    [InlineData(true, 0f, 0.1f)]
    [InlineData(false, 0f, 0.1f)]
    [InlineData(false, 0.9f, 0.1f)]
    public void RmsProp_follows_its_equations(bool centered, float momentum, float decay)
    {
        const float alpha = 0.8f, epsilon = 1e-3f;
        double rest = 1 - (double)alpha, rate = Rate;
        Follow(
            groups => new RmsProp(groups, alpha, epsilon, momentum, centered),
            decay,
            () =>
            {
                double v = 0, mean = 0, b = 0;
                return (p, g, _) =>
                {
                    g += decay * p;
                    v = (alpha * v) + (rest * g * g);
                    mean = (alpha * mean) + (rest * g);
                    double variance = centered ? v - (mean * mean) : v;
                    double direction = g / (Math.Sqrt(variance) + epsilon);
                    b = (momentum * b) + direction;
                    return p - (rate * (momentum > 0 ? b : direction));
                };
            });
    }

    // Values and gradients of both signs and several sizes; the reference has a state for each element.
    private static void Follow(Func<IReadOnlyList<ParameterGroup>, Optimiser> make, float decay, Func<Func<double, double, int, double>> reference)
    {
        float[] start = [1f, -0.5f, 2f, 0.01f, -3f, 0.25f, 0f, 1.5f, -1f];
        using Tensor parameter = Tensor.FromArray(CpuDevice.Shared, start);
        parameter.RequiresGradient = true;
        using Optimiser optimiser = make([new ParameterGroup("all", [new Parameter("p", parameter, ParameterRole.Weight)], 1, decay)]);
        double[] exact = Array.ConvertAll(start, static value => (double)value);
        Func<double, double, int, double>[] rules = Array.ConvertAll(start, _ => reference());
        for (int step = 1; step <= Steps; step++)
        {
            float[] gradient = [.. start.Select((_, i) => MathF.Sin((2.3f * i) + (1.7f * step)) * MathF.Pow(3, (i % 5) - 2))];
            using (TensorScope.Begin())
            {
                parameter.ZeroGradient();
                GradientCheck.Weigh(parameter, Tensor.FromArray(CpuDevice.Shared, gradient, parameter.Shape)).Backward();
            }

            optimiser.Step(Rate);
            float[] actual = parameter.ToArray();
            for (int i = 0; i < exact.Length; i++)
            {
                exact[i] = rules[i](exact[i], gradient[i], step);

                // 20 roundings a step of numbers no larger than the parameters, 3 in size here; a step's direction has a size of a few, times the rate.
                double tolerance = Bounds.Gamma(20 * step) * 3;
                Assert.True(Math.Abs(exact[i] - actual[i]) <= tolerance, $"step {step}, element {i}: {actual[i]} instead of {exact[i]}");
            }
        }
    }
}
