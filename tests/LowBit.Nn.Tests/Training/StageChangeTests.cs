using LowBit.Kernels.Devices;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Training;

/// <summary>What the optimiser knows behind a change of bits.</summary>
public class StageChangeTests
{
    [Theory]
    [InlineData("adamw")]
    [InlineData("adam")]
    public void Steps_that_begin_anew_move_by_the_learning_rate_at_most(string optimizer)
    {
        // Without memory of the gradient, a step is η·√(1 − β2^t)/√(1 − β2) for an optimiser that believes to be at step t.
        Recipe recipe = Progressive(optimizer);
        recipe.Optimizer.Beta1 = 0;
        recipe.Schedule.Kind = "constant";
        recipe.Schedule.WarmUp = 0;
        PatternSource source = Samples.Train();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, source);
        using Module found = ModelFactory.Build(CpuDevice.Shared, recipe, Samples.Facts(source));
        string[] changed = [];
        var started = new Dictionary<string, float[]>();
        double most = 0;
        source.OnFill = (epoch, batch) =>
        {
            if ((epoch, batch) == (2, 0))
            {
                // The steps that the first batch of the stage will find for these weights.
                changed = [.. QuantizedLayers.Of(run.Model).Where(layer => !layer.Weights.IsInitialized).Select(layer => layer.Path)];
                new Checkpoint(Checkpoint.Capture(run.Model)).InitializeModel(found);
                foreach (QuantizedLayer layer in QuantizedLayers.Of(found).Where(layer => changed.Contains(layer.Path)))
                {
                    layer.Weights.Apply(found.Parameters().Single(p => p.Name == $"{layer.Path}.weight").Tensor);
                    started.Add($"{layer.Path}.weight_quantizer.step", layer.Weights.Step.ToArray());
                }
            }
            else if ((epoch, batch) == (2, 1))
            {
                foreach (Parameter parameter in run.Model.Parameters().Where(p => started.ContainsKey(p.Name)))
                {
                    float[] before = started[parameter.Name], after = parameter.Tensor.ToArray();
                    most = Math.Max(most, before.Zip(after, (a, b) => Math.Abs((double)a - b)).Max());
                }
            }
        };
        run.Run();
        Assert.Contains("layer1.0.conv1", changed);
        double rate = recipe.Optimizer.LearningRate;
        Assert.InRange(most, 0.9 * rate, rate * (1 + 1e-3));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 0)]
    [InlineData(2, 2)]
    public void A_run_interrupted_near_the_border_ends_with_the_same_bits(int atEpoch, int atBatch)
    {
        Recipe recipe = Progressive("adamw");
        using TrainingRun whole = Samples.Start(CpuDevice.Shared, recipe, Samples.Train());
        whole.Run();
        using var folder = new TemporaryFolder();
        Checkpoint saved = Samples.Interrupt(CpuDevice.Shared, recipe, atEpoch, atBatch, folder.Path);
        if (atEpoch == 2)
        {
            // 10 steps in front of the border; the changed quantizer counts those behind it alone.
            Assert.Equal([11f + atBatch], saved.Tensors["optimiser/t/conv1.weight"].Data);
            Assert.Equal([11f + atBatch], saved.Tensors["optimiser/t/conv1.weight_quantizer.step"].Data);
            Assert.Equal([1f + atBatch], saved.Tensors["optimiser/t/layer1.0.conv1.weight_quantizer.step"].Data);
        }

        using TrainingRun second = TrainingRun.Resume(CpuDevice.Shared, saved, new TrainingSources(Samples.Train(), Samples.Test()), folder.Path);
        second.Run();
        Samples.AssertSameState(whole.Model, second.Model);
    }

    [Fact]
    public void A_checkpoint_of_an_older_version_goes_on_with_the_same_bits()
    {
        Recipe recipe = Samples.Recipe();
        recipe.Optimizer.Kind = "adamw";
        recipe.Optimizer.LearningRate = 0.002;
        using TrainingRun whole = Samples.Start(CpuDevice.Shared, recipe, Samples.Train());
        whole.Run();
        using var folder = new TemporaryFolder();
        Checkpoint saved = Samples.Interrupt(CpuDevice.Shared, recipe, 1, 2, folder.Path);

        // Older versions kept the steps of the optimiser alone.
        var tensors = saved.Tensors.Where(t => !t.Key.StartsWith("optimiser/t/", StringComparison.Ordinal)).ToDictionary(t => t.Key, t => t.Value);
        Assert.NotEqual(saved.Tensors.Count, tensors.Count);
        var old = new Checkpoint(tensors) { Recipe = saved.Recipe, Data = saved.Data, Position = saved.Position, OptimiserSteps = saved.OptimiserSteps };
        using TrainingRun second = TrainingRun.Resume(CpuDevice.Shared, old, new TrainingSources(Samples.Train(), Samples.Test()), null);
        second.Run();
        Samples.AssertSameState(whole.Model, second.Model);
    }

    private static Recipe Progressive(string optimizer)
    {
        Recipe recipe = Samples.Recipe("border", """{ "weightBits": 2, "activationBits": 2, "progressive": [{ "epoch": 0, "bits": 4 }, { "epoch": 2, "bits": 2 }] }""");
        recipe.Optimizer.Kind = optimizer;
        recipe.Optimizer.LearningRate = 0.002;
        return recipe;
    }
}
