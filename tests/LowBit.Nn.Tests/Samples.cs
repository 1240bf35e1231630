using LowBit.Kernels.Devices;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests;

/// <summary>Small runs that several tests share.</summary>
internal static class Samples
{
    /// <summary>A quantized ResNet-8 of width 4 on 8×8 images: every kind of layer and quantizer, milliseconds a step.</summary>
    public static Recipe Recipe(string name = "tiny", string quantization = """{ "weightBits": 3, "activationBits": 3 }""", int epochs = 3) => RecipeReader.Parse(
        $$"""
        {
          "name": "{{name}}",
          "data": { "batch": 8 },
          "model": { "kind": "resnet", "depth": 8, "width": 4, "shortcut": "B" },
          "quantization": {{quantization}},
          "optimizer": { "learningRate": 0.05 },
          "schedule": { "warmUp": {{(epochs > 1 ? "1" : "0.5")}} },
          "training": { "epochs": {{epochs}}, "seed": 3, "labelSmoothing": 0.1 },
        }
        """, name);

    public static DataFacts Facts(IBatchSource source) => new()
    {
        Classes = source.Classes,
        Height = source.Height,
        Width = source.Width,
        Channels = source.Channels,
        Mean = [.. Enumerable.Repeat(0.5f, source.Channels)],
        Deviation = [.. Enumerable.Repeat(0.5f, source.Channels)],
    };

    public static PatternSource Train() => new(count: 36, batchSize: 8, size: 8, channels: 2);

    public static PatternSource Test() => new(count: 12, batchSize: 5, size: 8, channels: 2, seed: 6);

    public static TrainingRun Start(Device device, Recipe recipe, PatternSource train, string? folder = null)
        => TrainingRun.Start(device, recipe, Facts(train), new TrainingSources(train, Test()), folder);

    /// <summary>A run in <paramref name="folder"/> that is interrupted while that batch is loaded, and what it saved behind it.</summary>
    public static Checkpoint Interrupt(Device device, Recipe recipe, int atEpoch, int atBatch, string folder)
    {
        PatternSource source = Train();
        using var cancel = new CancellationTokenSource();
        source.OnFill = (epoch, batch) =>
        {
            if ((epoch, batch) == (atEpoch, atBatch))
            {
                cancel.Cancel();
            }
        };
        using TrainingRun run = Start(device, recipe, source, folder);
        Assert.True(run.Run(token: cancel.Token).IsInterrupted);
        Assert.Equal((atEpoch, atBatch + 1), (run.Trainer.Position.Epoch, run.Trainer.Position.Batch));
        return CheckpointFile.Read(Path.Combine(folder, TrainingRun.LastFile));
    }

    public static void AssertSameState(Module expected, Module actual)
    {
        IReadOnlyDictionary<string, CheckpointTensor> a = Checkpoint.Capture(expected), b = Checkpoint.Capture(actual);
        Assert.Equal(a.Keys, b.Keys);
        foreach ((string name, CheckpointTensor tensor) in a)
        {
            Assert.True(tensor.Data.AsSpan().SequenceEqual(b[name].Data), $"{name} differs");
        }
    }
}
