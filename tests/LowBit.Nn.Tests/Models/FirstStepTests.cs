using LowBit.Kernels.Devices;
using LowBit.Kernels.Rng;
using LowBit.Nn.Layers;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Quantization;
using LowBit.Quantization.StepRules;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Models;

/// <summary>The rules for first steps that a recipe names reach every quantizer.</summary>
public class FirstStepTests
{
    [Theory]
    [InlineData("minmax", "mse")]
    [InlineData("mse", "minmax")]
    [InlineData("percentile", "lsq")]
    public void Weights_and_activations_start_by_the_rules_that_are_named(string weights, string activations)
    {
        Recipe recipe = RecipeReader.Parse(
            """{ "name": "starts", "model": { "kind": "resnet", "depth": 8, "width": 4 }, "quantization": { "weightBits": 3, "activationBits": 2 } }""", "t",
            $"quantization.weightInit={weights}", $"quantization.activationInit={activations}");
        var images = new PatternSource(count: 8, batchSize: 8, size: 8, channels: 2);
        using Module model = ModelFactory.Build(CpuDevice.Shared, RecipeReader.Parse(recipe.ToJson(), "again"), Samples.Facts(images));
        using TensorScope scope = TensorScope.Begin();
        model.Forward(Tensor.Uniform(CpuDevice.Shared, new Shape(8, 8, 8, 2), 0, 1, new PhiloxKey(1, 2)));
        foreach (QuantizedLayer layer in QuantizedLayers.Of(model))
        {
            Tensor w = layer.Layer is Conv2d convolution ? convolution.Weight : ((Linear)layer.Layer).Weight;
            int channels = layer.Weights.Step.Length;
            float[] values = w.ToArray(), steps = layer.Weights.Step.ToArray();
            int inner = values.Length / channels;
            for (int c = 0; c < channels; c++)
            {
                float expected = StepRuleFactory.Create(weights).Step(values.AsSpan(c * inner, inner), layer.Weights.Range, 0);
                Assert.Equal(expected, steps[c]);
            }
        }

        QuantizationPolicy policy = recipe.Quantization!.ToPolicy();
        foreach (QuantizerOptions options in (QuantizerOptions[])[policy.Activations(2), policy.Activations(8), policy.SignedActivations(3)])
        {
            using var edge = new ActivationQuant(CpuDevice.Shared, options);
            Tensor x = Tensor.Uniform(CpuDevice.Shared, new Shape(4, 100), options.Signed ? -1 : 0, 2, new PhiloxKey(1, 3));
            edge.Forward(x);
            Assert.Equal(StepRuleFactory.Create(activations).Step(x.ToArray(), edge.Quantizer.Range, edge.Quantizer.ZeroPoint), edge.Quantizer.Step.ToArray()[0]);
        }
    }

    [Theory]
    [InlineData("""{ "kind": "resnet", "depth": 8, "width": 4 }""")]
    [InlineData("""{ "kind": "resnet", "depth": 8, "width": 4, "shortcut": "B" }""")]
    [InlineData("""{ "kind": "mobilenetv2", "multiplier": 0.1 }""")]
    public void Every_edge_of_a_model_starts_by_the_named_rule(string kind)
    {
        Recipe recipe = RecipeReader.Parse($$"""{ "name": "starts", "model": {{kind}}, "quantization": { "weightBits": 3, "activationBits": 2 } }""", "t");
        DataFacts facts = Samples.Facts(new PatternSource(count: 8, batchSize: 8, size: 8, channels: 2));
        string[] paths;
        using (Module model = ModelFactory.Build(CpuDevice.Shared, recipe, facts))
        {
            paths = [.. model.Quantizers().Where(static entry => entry.Quantizer is ActivationQuantizer).Select(static entry => entry.Path)];
        }

        Assert.NotEmpty(paths);
        recipe.Quantization!.ActivationInit = "minmax";
        Recipe other = RecipeReader.Parse(recipe.ToJson(), "again", "quantization.activationInit=lsq");
        foreach (string path in paths)
        {
            // All others are off, so that both models give this edge the same values.
            Assert.NotEqual(FirstStep(recipe, facts, path), FirstStep(other, facts, path));
        }
    }

    private static float FirstStep(Recipe recipe, DataFacts facts, string path)
    {
        using Module model = ModelFactory.Build(CpuDevice.Shared, recipe, facts);
        using TensorScope scope = TensorScope.Begin();
        Quantizer one = model.Quantizers().Single(entry => entry.Path == path).Quantizer;
        foreach ((string _, Quantizer quantizer) in model.Quantizers())
        {
            quantizer.Enabled = ReferenceEquals(quantizer, one);
        }

        model.Forward(Tensor.Uniform(CpuDevice.Shared, new Shape(8, 8, 8, 2), 0, 1, new PhiloxKey(1, 2)));
        Assert.True(one.IsInitialized, path);
        return one.Step.ToArray()[0];
    }
}
