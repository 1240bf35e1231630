using LowBit.Kernels.Devices;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Checkpoints;

public class CheckpointTests
{
    [Fact]
    public void A_checkpoint_rebuilds_its_model()
    {
        using var folder = new TemporaryFolder();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, Samples.Recipe(epochs: 1), Samples.Train(), folder.Path);
        run.Run();
        Checkpoint checkpoint = CheckpointFile.Read(folder.File(TrainingRun.LastFile));
        using Module model = checkpoint.BuildModel(CpuDevice.Shared);
        Assert.False(model.Training);
        Samples.AssertSameState(run.Model, model);
        PatternSource test = Samples.Test();
        Assert.Equal(Evaluator.Run(run.Model, test).Loss, Evaluator.Run(model, test).Loss);
    }

    [Fact]
    public void A_quantized_model_starts_from_its_float_twin()
    {
        using var folder = new TemporaryFolder();
        PatternSource train = Samples.Train();
        using TrainingRun floating = Samples.Start(CpuDevice.Shared, Samples.Recipe("float", "null", 1), train, folder.Path);
        floating.Run();
        Recipe recipe = Samples.Recipe();
        recipe.Training.Init = folder.File(TrainingRun.LastFile);
        using TrainingRun quantized = Samples.Start(CpuDevice.Shared, recipe, train);
        Assert.Empty(quantized.NotInitialized);
        IReadOnlyDictionary<string, CheckpointTensor> expected = Checkpoint.Capture(floating.Model), actual = Checkpoint.Capture(quantized.Model);
        Assert.True(actual.Count > expected.Count);
        foreach ((string name, CheckpointTensor tensor) in expected)
        {
            Assert.Equal(tensor.Data, actual[name].Data);
        }

        Assert.All(quantized.Model.Quantizers(), q => Assert.False(q.Quantizer.IsInitialized, q.Path));
        quantized.Trainer.Step(0, 0);
        Assert.All(quantized.Model.Quantizers(), q => Assert.True(q.Quantizer.IsInitialized, q.Path));
    }

    [Fact]
    public void Other_models_are_refused_and_unchanged()
    {
        PatternSource train = Samples.Train();
        DataFacts facts = Samples.Facts(train);
        Recipe wide = Samples.Recipe();
        wide.Model.Width = 8;
        Recipe mlp = Samples.Recipe();
        mlp.Model.Kind = "mlp";
        using Module small = ModelFactory.Build(CpuDevice.Shared, Samples.Recipe(), facts);
        using Module large = ModelFactory.Build(CpuDevice.Shared, wide, facts);
        using Module floating = ModelFactory.Build(CpuDevice.Shared, Samples.Recipe("float", "null"), facts);
        using Module other = ModelFactory.Build(CpuDevice.Shared, mlp, facts);
        using Module twin = ModelFactory.Build(CpuDevice.Shared, Samples.Recipe(), facts);
        var checkpoint = new Checkpoint(Checkpoint.Capture(floating));
        Assert.Contains("has no", Assert.Throws<ArgumentException>(() => checkpoint.LoadModel(small)).Message, StringComparison.Ordinal);
        Assert.Contains("shape", Assert.Throws<ArgumentException>(() => checkpoint.InitializeModel(large)).Message, StringComparison.Ordinal);
        Assert.Contains("in common", Assert.Throws<ArgumentException>(() => checkpoint.InitializeModel(other)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => checkpoint.BuildModel(CpuDevice.Shared));
        Samples.AssertSameState(twin, small);
    }

    [Fact]
    public void A_missing_start_says_what_to_do()
    {
        Recipe recipe = Samples.Recipe();
        recipe.Training.Init = "no/such/file.lbc";
        ArgumentException e = Assert.Throws<ArgumentException>(() => Samples.Start(CpuDevice.Shared, recipe, Samples.Train()));
        Assert.Contains("train that model first", e.Message, StringComparison.Ordinal);
    }
}
