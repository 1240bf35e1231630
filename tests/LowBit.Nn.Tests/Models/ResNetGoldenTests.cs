using System.Text.Json;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Layers;
using LowBit.Nn.Losses;
using LowBit.Nn.Models;
using LowBit.Nn.Optimisation;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Models;

/// <summary>Three SGD steps of ResNet-20 against PyTorch: logits, losses, first gradients, weights and statistics after, evaluation.</summary>
/// <remarks>
/// The tolerance is derived by backward error analysis. A dot product of K terms in float32 is the exact dot product of
/// weights perturbed by at most 3·√K·u each, with a probability of 1 − 2·exp(−9/2) per term (Higham and Mary 2019,
/// theorem 2.4), so two correct programs differ by about what such perturbations of the weights do to the results. That
/// sensitivity is measured: the same three steps run with weights perturbed at random by 3·√K·u, K = 576 the longest sum, and
/// the change of a tensor (Euclidean norm, because single elements jump when a ReLU switches), times <see cref="Safety"/> for the two programs and for directions the samples miss, is what
/// the tensor may differ by.
/// </remarks>
public class ResNetGoldenTests
{
    private const double Safety = 4;

    private static readonly double s_perturbation = 3 * Math.Sqrt(576) * Bounds.Unit;

    [Fact]
    public void Three_steps_equal_those_of_the_reference()
    {
        GoldenFile golden = GoldenFile.Open("resnet20");
        Dictionary<string, float[]> exact = Run(golden, perturbation: null);
        Dictionary<string, float[]>[] perturbed = [Run(golden, 1), Run(golden, 2)];
        var sharpness = new List<double>();
        int compared = 0;
        foreach ((string name, float[] actual) in exact)
        {
            double tolerance = 0;
            foreach (Dictionary<string, float[]> sample in perturbed)
            {
                tolerance = Math.Max(tolerance, Safety * Distance(actual, sample[name]));
            }

            float[] expected = golden[name].ChannelsLast().Floats;
            double scale = Distance(expected, new float[expected.Length]);
            tolerance += s_perturbation * scale;
            double difference = Distance(expected, actual);
            Assert.True(difference <= tolerance, $"{name}: differs by {difference:g3}, may differ by {tolerance:g3}");
            if (name.StartsWith("after3/", StringComparison.Ordinal))
            {
                sharpness.Add(tolerance / scale);
            }
            else
            {
                Assert.True(tolerance < 0.15 * scale, $"{name}: the tolerance {tolerance:g3} says nothing about values of {scale:g3}");
            }

            compared++;
        }

        // 59 gradients, 59 parameters and 38 statistics after the steps, 3 logits, 3 losses, 1 evaluation.
        Assert.Equal(59 + 97 + 7, compared);

        // Young biases, which started at 0, are loose after three steps; most tensors are not.
        sharpness.Sort();
        Assert.InRange(sharpness[sharpness.Count / 2], 0, 0.05);
    }

    private static Dictionary<string, float[]> Run(GoldenFile golden, int? perturbation)
    {
        CpuDevice device = CpuDevice.Shared;
        using var net = new ResNetCifar(device, Options());
        Load(net, golden, perturbation);
        JsonElement numbers = golden.Parameters("optimizer");
        float decay = (float)numbers.GetProperty("weight_decay").GetDouble();
        using var optimiser = new Sgd(
            ParameterGroup.Split(net, new GroupRules(decay, DecayNorms: true)), (float)numbers.GetProperty("momentum").GetDouble());
        var results = new Dictionary<string, float[]>();
        for (int step = 0; step < 3; step++)
        {
            using var scope = TensorScope.Begin();
            Tensor logits = net.Forward(Images(device, golden, $"step{step}/x"));
            Tensor loss = new CrossEntropyLoss().Of(logits, golden[$"step{step}/target"].Integers);
            results.Add($"step{step}/logits", logits.ToArray());
            results.Add($"step{step}/loss", loss.ToArray());
            optimiser.ZeroGradients();
            loss.Backward();
            foreach (Parameter parameter in step == 0 ? net.Parameters() : [])
            {
                results.Add($"step0/grad/{parameter.Name}", parameter.Tensor.Gradient!.ToArray());
            }

            optimiser.Step(numbers.GetProperty("lr").GetDouble());
        }

        foreach (NamedTensor tensor in State(net))
        {
            results.Add($"after3/{tensor.Name}", tensor.Tensor.ToArray());
        }

        net.Evaluate();
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            results.Add("after3_eval/logits", net.Forward(Images(device, golden, "step0/x")).ToArray());
        }

        return results;
    }

    private static void Load(Module net, GoldenFile golden, int? perturbation)
    {
        foreach (NamedTensor tensor in State(net))
        {
            float[] values = golden[$"before/{tensor.Name}"].ChannelsLast().Floats;
            if (perturbation is { } sample && tensor.Name.EndsWith("weight", StringComparison.Ordinal))
            {
                var noise = new float[values.Length];
                Philox.FillUniform(new PhiloxKey(77, (ulong)sample), 0, -1, 1, noise);
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] *= (float)(1 + (s_perturbation * noise[i]));
                }
            }

            tensor.Tensor.CopyFrom(values);
        }
    }

    private static List<NamedTensor> State(Module net)
        => [.. net.Parameters().Select(p => new NamedTensor(p.Name, p.Tensor)), .. net.Buffers()];

    private static Tensor Images(CpuDevice device, GoldenFile golden, string name)
        => Tensor.FromArray(device, golden[name].ChannelsLast().Floats, 8, 32, 32, 3);

    private static ModelOptions Options() => new()
    {
        Classes = 10,
        Height = 32,
        Width = 32,
        Channels = 3,
        Normalization = new InputNormalization([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]),
    };

    private static double Distance(float[] a, float[] b)
    {
        Assert.Equal(a.Length, b.Length);
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        return Math.Sqrt(sum);
    }
}
