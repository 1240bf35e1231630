using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;
using LowBit.Methods.Allocation;
using LowBit.Methods.GradFreeBits;
using LowBit.Methods.Recipes;
using LowBit.Nn;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Models;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.TestKit;

namespace LowBit.Methods.Tests;

/// <summary>Small models and searches that several tests share.</summary>
internal static class Samples
{
    /// <summary>A search over a ResNet-8 of width 4 on 8×8 images, seconds long.</summary>
    public static SearchRecipe Recipe(params string[] settings) => SearchRecipeReader.Parse(
        """
        {
          "name": "tiny",
          "train": {
            "data": { "batch": 8 },
            "model": { "kind": "resnet", "depth": 8, "width": 4 },
            "quantization": { "method": "lsq", "weightBits": 4, "activationBits": 4, "widths": [2, 3, 4, 6] },
            "optimizer": { "learningRate": 0.05 },
            "training": { "epochs": 1, "seed": 3 },
          },
          "budget": { "bytes": "w3a3", "bitOperations": "w3a3" },
          "alternation": { "warmUpEpochs": 2, "rounds": 2, "epochsPerRound": 1, "finalEpochs": 1 },
          "cma": { "generations": 3, "population": 6 },
          "evaluation": { "batch": 8, "batches": 2, "moved": 1, "finalists": 3, "finalBatches": 2 },
        }
        """, "tiny", settings);

    public static PatternSource Train() => new(count: 40, batchSize: 8, size: 8, channels: 2);

    public static PatternSource Test() => new(count: 12, batchSize: 6, size: 8, channels: 2, seed: 6);

    public static DataFacts Facts { get; } = new()
    {
        Classes = 4,
        Height = 8,
        Width = 8,
        Channels = 2,
        Mean = [0.5f, 0.5f],
        Deviation = [0.5f, 0.5f],
    };

    /// <summary>A trained model whose quantizers know all their widths, and what can be chosen in it.</summary>
    public static (Checkpoint Checkpoint, BitSpace Space) Model(string model = """{ "kind": "resnet", "depth": 8, "width": 4 }""")
    {
        Recipe recipe = Recipe($"train.model={model}", "train.training.epochs=2").Train with { Name = "tiny" };
        using var folder = new TemporaryFolder();
        using (TrainingRun run = TrainingRun.Start(CpuDevice.Shared, recipe, Facts, new TrainingSources(Train(), Test()), folder.Path))
        {
            run.Run();
            return (CheckpointFile.Read(folder.File(TrainingRun.LastFile)), BitSpace.Of(run.Model, LayerShapes.Of(CpuDevice.Shared, recipe.Model, Facts)));
        }
    }

    public static Device[] Workers(int count) => [.. Enumerable.Range(0, count).Select(static _ => new CpuDevice(new WorkerPool(1)))];

    /// <summary>Some different allocations of a space, the corners first.</summary>
    public static IReadOnlyList<BitAllocation> Allocations(BitSpace space, int count)
    {
        var random = new Random(7);
        var list = new List<BitAllocation>
        {
            BitAllocation.Of([.. space.Variables.Select(static v => v.Widths[0])]),
            BitAllocation.Of([.. space.Variables.Select(static v => v.Widths[^1])]),
        };
        while (list.Count < count)
        {
            list.Add(BitAllocation.Of([.. space.Variables.Select(v => v.Widths[random.Next(v.Widths.Count)])]));
        }

        return list;
    }

    /// <summary>Images of patterns for searches.</summary>
    internal sealed class PatternData : ISearchData
    {
        public DataFacts Facts => Samples.Facts;

        public Action<Module, string>? LoadForeign => null;

        /// <summary>Called before each batch of candidates or of training is read.</summary>
        public Action? OnFill { get; set; }

        public TrainingSources ForTraining(Recipe recipe) => new(Told(Train()), Test());

        public IBatchSource ForCandidates(Recipe recipe, int batch)
            => batch <= 40 ? Told(new PatternSource(count: 40, batchSize: batch, size: 8, channels: 2)) : throw new ArgumentException($"no batch of {batch} is complete", nameof(batch));

        private PatternSource Told(PatternSource source)
        {
            source.OnFill = (_, _) => OnFill?.Invoke();
            return source;
        }
    }
}
