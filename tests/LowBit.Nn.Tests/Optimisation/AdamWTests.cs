using LowBit.Kernels.Devices;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Optimisation;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Optimisation;

/// <summary>The steps of each parameter: PyTorch's count, from which the bias corrections follow.</summary>
public class AdamWTests
{
    private const float Rate = 1e-2f;

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void A_parameter_that_comes_late_moves_by_the_learning_rate(bool decoupled, bool amsGrad)
    {
        using Tensor early = Leaf(0.5f, -0.25f), late = Leaf(0.5f, -0.25f, 0.75f), alone = Leaf(0.5f, -0.25f);
        using AdamW optimiser = Make([new Parameter("early", early, ParameterRole.Weight), new Parameter("late", late, ParameterRole.Quantizer)], decoupled, amsGrad);
        using AdamW other = Make([new Parameter("alone", alone, ParameterRole.Weight)], decoupled, amsGrad);
        float[] gradient = [0.3f, -2f, 1e-3f];
        for (int step = 1; step <= 500; step++)
        {
            foreach (Tensor tensor in (Tensor[])[early, alone])
            {
                SetGradient(tensor, [MathF.Sin(step), MathF.Cos(3 * step)]);
            }

            if (step == 500)
            {
                Assert.Equal([0.5f, -0.25f, 0.75f], late.ToArray());
                SetGradient(late, gradient);
            }

            optimiser.Step(Rate);
            other.Step(Rate);
        }

        // The one that was there from the start does not see the other.
        Assert.Equal(alone.ToArray(), early.ToArray());
        float[] moved = late.ToArray(), before = [0.5f, -0.25f, 0.75f];
        for (int i = 0; i < moved.Length; i++)
        {
            // η·g/(|g| + ε), a few roundings of η and of the parameter.
            double exact = before[i] - (Rate * gradient[i] / (Math.Abs(gradient[i]) + 1e-8));
            Assert.InRange(moved[i] - exact, -Bounds.Gamma(20), Bounds.Gamma(20));
        }

        Assert.Equal((500f, 1f), (optimiser.StateFor("t/early")!.Item(), optimiser.StateFor("t/late")!.Item()));
        Assert.Equal(500, optimiser.Steps);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Saved_state_goes_on_with_the_same_bits_in_the_old_format_too(bool isOld)
    {
        using Tensor whole = Leaf(1f, -2f, 0.5f), part = Leaf(1f, -2f, 0.5f), idle = Leaf(1f);
        using AdamW expected = Make([new Parameter("p", whole, ParameterRole.Weight)]), first = Make([new Parameter("p", part, ParameterRole.Weight), new Parameter("idle", idle, ParameterRole.Weight)]);
        Run(expected, whole, 1, 12);
        Run(first, part, 1, 7);
        Dictionary<string, CheckpointTensor> saved = first.State().ToDictionary(s => Checkpoint.OptimiserPrefix + s.Name, s => new CheckpointTensor(s.Tensor.Shape, s.Tensor.ToArray()));
        Assert.Equal(["optimiser/m/p", "optimiser/v/p", "optimiser/t/p"], saved.Keys);
        Assert.Equal([7f], saved["optimiser/t/p"].Data);
        if (isOld)
        {
            saved.Remove("optimiser/t/p");
        }

        using AdamW second = Make([new Parameter("p", part, ParameterRole.Weight), new Parameter("idle", idle, ParameterRole.Weight)]);
        new Checkpoint(saved) { OptimiserSteps = 7 }.LoadOptimiser(second);
        Run(second, part, 8, 12);
        Assert.Equal(whole.ToArray(), part.ToArray());
        Assert.Equal(12, second.Steps);

        // What never had a gradient has no steps behind it.
        SetGradient(idle, [4f]);
        second.Step(Rate);
        Assert.InRange(idle.Item(), 1 - Rate - 1e-6f, 1 - Rate + 1e-6f);
    }

    private static AdamW Make(IReadOnlyList<Parameter> parameters, bool decoupled = true, bool amsGrad = false)
        => new([new ParameterGroup("all", parameters, 1, 0)], decoupled: decoupled, amsGrad: amsGrad);

    private static Tensor Leaf(params float[] values)
    {
        Tensor leaf = Tensor.FromArray(CpuDevice.Shared, values).Persist();
        leaf.RequiresGradient = true;
        return leaf;
    }

    private static void Run(AdamW optimiser, Tensor parameter, int from, int to)
    {
        for (int step = from; step <= to; step++)
        {
            SetGradient(parameter, [MathF.Sin(step), step % 3, -0.1f * step]);
            optimiser.Step(Rate);
        }
    }

    private static void SetGradient(Tensor parameter, float[] gradient)
    {
        using var scope = TensorScope.Begin();
        parameter.ZeroGradient();
        GradientCheck.Weigh(parameter, Tensor.FromArray(parameter.Device, gradient, parameter.Shape)).Backward();
    }
}
