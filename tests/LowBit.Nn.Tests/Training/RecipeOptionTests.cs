using LowBit.Kernels.Devices;
using LowBit.Kernels.Threading;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Layers;
using LowBit.Nn.Recipes;
using LowBit.Nn.TensorBoard;
using LowBit.Nn.Tests.TensorBoard;
using LowBit.Nn.Training;
using LowBit.Quantization;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Training;

/// <summary>MixUp, a teacher, progressive lowering and TensorBoard as recipes use them: the same bits on any number of threads, interrupted or not.</summary>
public class RecipeOptionTests
{
    private const string Progressive = """{ "weightBits": 2, "activationBits": 3, "progressive": [{ "epoch": 0, "bits": 8 }, { "epoch": 1, "bits": 4 }, { "epoch": 2, "bits": 2 }] }""";

    public static TheoryData<string, int, int> Interruptions
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (string option in new[] { "mixUp", "teacher", "progressive", "all" })
            {
                data.Add(option, 0, 3);
                data.Add(option, 1, 1);
            }

            // In front of, at and behind the change of bits between epochs 0 and 1.
            data.Add("progressive", 0, 4);
            data.Add("progressive", 1, 0);
            data.Add("all", 2, 0);
            foreach (string method in QuantizerFactory.Methods)
            {
                data.Add(method, 1, 0);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Interruptions))]
    public void An_interrupted_run_ends_with_the_same_bits_on_any_number_of_threads(string option, int atEpoch, int atBatch)
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = WithOption(option, folder);
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        using var three = new WorkerPool(3);
        using TrainingRun whole = Samples.Start(new CpuDevice(one), recipe, Samples.Train(), folder.File("whole"));
        TrainingResult expected = whole.Run();
        Checkpoint saved = Samples.Interrupt(new CpuDevice(two), recipe, atEpoch, atBatch, folder.File("parts"));
        using (Module model = saved.BuildModel(CpuDevice.Shared))
        {
            Assert.NotEmpty(model.Quantizers());
        }

        using TrainingRun second = TrainingRun.Resume(new CpuDevice(three), saved, new TrainingSources(Samples.Train(), Samples.Test()), folder.File("parts"));
        TrainingResult actual = second.Run();
        Samples.AssertSameState(whole.Model, second.Model);
        Assert.Equal((expected.FinalAccuracy, expected.BestAccuracy, expected.BestEpoch), (actual.FinalAccuracy, actual.BestAccuracy, actual.BestEpoch));
        IReadOnlyList<EpochMetrics> a = MetricsWriter.Read(folder.File("whole/metrics.jsonl")), b = MetricsWriter.Read(folder.File("parts/metrics.jsonl"));
        Assert.Equal(3, a.Count);
        Assert.Equal(a.Select(m => m with { ImagesPerSecond = 0, Seconds = 0 }), b.Select(m => m with { ImagesPerSecond = 0, Seconds = 0 }));
        AssertSameEvents(folder.File("whole"), folder.File("parts"));
    }

    [Fact]
    public void Every_option_changes_the_result()
    {
        var seen = new HashSet<string>();
        foreach (string option in new[] { "none", "mixUp", "teacher", "progressive", "all" })
        {
            using var folder = new TemporaryFolder();
            using TrainingRun run = Samples.Start(CpuDevice.Shared, WithOption(option, folder), Samples.Train());
            run.Run();
            float[] weights = run.Model.Parameters().Single(p => p.Name == "conv1.weight").Tensor.ToArray();
            Assert.True(seen.Add(string.Join(" ", weights)), option);
        }
    }

    [Fact]
    public void Progressive_lowering_carries_weights_over_and_finds_new_steps()
    {
        Recipe recipe = Samples.Recipe("stages", Progressive);
        using var folder = new TemporaryFolder();
        PatternSource source = Samples.Train();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, source, folder.Path);
        var bits = new List<(int Weights, int Activations, int First, int Residual)>();
        float[] weights = [], kept = [], changed = [];
        source.OnFill = (epoch, batch) =>
        {
            if (batch == 0)
            {
                Dictionary<string, int> widths = run.Model.Quantizers().ToDictionary(q => q.Path, q => q.Quantizer.Bits);
                bits.Add((widths["layer1.0.conv1.weight_quantizer"], widths["layer1.0.quant_inner.quantizer"], widths["conv1.weight_quantizer"], widths["quant_stream.quantizer"]));
            }

            if ((epoch, batch) == (1, 0))
            {
                // The first batch of the new stage: the weights are those that the checkpoint of the old one holds, and so are unchanged steps.
                Checkpoint old = CheckpointFile.Read(folder.File(TrainingRun.LastFile));
                Assert.Equal((1, 0, 0), (old.Position!.Epoch, old.Position.Batch, old.Position.Stage));
                weights = old.Tensors["model/layer1.0.conv1.weight"].Data;
                Assert.Equal(weights, Values(run.Model, "layer1.0.conv1.weight"));
                kept = old.Tensors["model/conv1.weight_quantizer.step"].Data;
                Assert.Equal(kept, Values(run.Model, "conv1.weight_quantizer.step"));
                changed = old.Tensors["model/layer1.0.quant_inner.quantizer.step"].Data;
                Assert.NotEqual(changed, Values(run.Model, "layer1.0.quant_inner.quantizer.step"));
                Assert.False(run.Model.Quantizers().Single(q => q.Path == "layer1.0.quant_inner.quantizer").Quantizer.IsInitialized);
            }
        };
        TrainingResult result = run.Run();
        Assert.Equal([(8, 8, 8, 8), (4, 4, 8, 8), (2, 3, 8, 8)], bits);
        Assert.Equal(3, result.BestEpoch);
        Assert.NotEmpty(changed);
        string[] lines = ["w8a8", "w4a4", "w2a3"];
        Assert.Equal(lines.Select(w => w + ", first layer w8a8, last layer w8a8, residual 8"), MetricsWriter.Read(folder.File("metrics.jsonl")).Select(m => m.Bits!));
        using Module finished = CheckpointFile.Read(folder.File(TrainingRun.BestFile)).BuildModel(CpuDevice.Shared);
        Assert.Equal(2, finished.Modules().Select(m => m.Module).OfType<BasicBlock>().First().Conv1.Quantizer!.Bits);
    }

    [Fact]
    public void A_stage_that_shares_a_quantizer_hands_over_to_one_that_does_not()
    {
        // 4 residual bits: at 8 bits the shortcut has a quantizer of its own, at 4 it shares the convolution's.
        Recipe recipe = Samples.Recipe("shared", """{ "weightBits": 4, "activationBits": 4, "residualBits": 4, "progressive": [{ "epoch": 0, "bits": 8 }, { "epoch": 1, "bits": 4 }] }""", epochs: 2);
        recipe.Optimizer.Kind = "adamw";
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, Samples.Train());
        Assert.NotNull(run.Model.Modules().Select(m => m.Module).OfType<BasicBlock>().First().ResidualQuant);
        Assert.Equal(2, run.Run().Epochs);
        Assert.Null(run.Model.Modules().Select(m => m.Module).OfType<BasicBlock>().First().ResidualQuant);
    }

    [Fact]
    public void TensorBoard_shows_what_the_metrics_hold()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Samples.Recipe();
        (recipe.Training.TensorBoard, recipe.Training.TensorBoardSteps) = (true, true);
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, Samples.Train(), folder.Path);
        run.Run();
        List<EventReader.Event> events = EventReader.Read(folder.File(EventWriter.FileName));
        IReadOnlyList<EpochMetrics> metrics = MetricsWriter.Read(folder.File("metrics.jsonl"));
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.Equal(metrics.Select(m => m.Step), events.Skip(1).Select(e => e.Step));
        foreach ((EpochMetrics line, EventReader.Event e) in metrics.Zip(events.Skip(1)))
        {
            Dictionary<string, float> scalars = e.Scalars.ToDictionary(s => s.Tag, s => s.Value);
            Assert.Equal((float)line.TrainLoss, scalars["loss/train"]);
            Assert.Equal((float)line.TestLoss!, scalars["loss/test"]);
            Assert.Equal((float)line.TrainAccuracy, scalars["accuracy/train"]);
            Assert.Equal((float)line.TestAccuracy!, scalars["accuracy/test"]);
            Assert.Equal((float)line.LearningRate, scalars["learning_rate"]);
            Assert.Equal((float)line.ImagesPerSecond, scalars["images_per_second"]);
            Assert.Equal(6 + run.Model.Quantizers().Count, scalars.Count);
        }

        float step = run.Model.Quantizers().Single(q => q.Path == "quant_pool.quantizer").Quantizer.Step.Item();
        Assert.Equal(step, events[^1].Scalars.Single(s => s.Tag == "step/quant_pool.quantizer").Value);

        // Without the option, a new run in the folder does not leave the curves of the old one behind.
        using TrainingRun plain = Samples.Start(CpuDevice.Shared, Samples.Recipe(), Samples.Train(), folder.Path);
        plain.Run();
        Assert.False(File.Exists(folder.File(EventWriter.FileName)));
    }

    [Fact]
    public void The_record_tells_recipe_seed_code_and_machine_of_every_session()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Samples.Recipe();
        Checkpoint saved = Samples.Interrupt(CpuDevice.Shared, recipe, 1, 2, folder.Path);
        using TrainingRun second = TrainingRun.Resume(CpuDevice.Shared, saved, new TrainingSources(Samples.Train(), Samples.Test()), folder.Path);
        second.Run();
        RunRecord record = RunRecord.Read(folder.Path)!;
        Assert.Equal((recipe.Name, recipe.Hash(), 3UL, 3), (record.Recipe, record.RecipeHash, record.Seed, record.Epochs));
        Assert.Equal((second.Model.CountParameters(), "w8a8", "w8a8", null), (record.Parameters, record.FirstLayer, record.LastLayer, record.Teacher));
        Assert.Contains("w3a3", record.Quantization, StringComparison.Ordinal);
        Assert.Equal([(0, 0), (1, 3)], record.Sessions.Select(s => (s.FromEpoch, s.FromBatch)));
        Assert.All(record.Sessions, s =>
        {
            Assert.Matches("^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$", s.Started);
            Assert.NotEmpty(s.Machine);
            Assert.Equal(CpuDevice.Shared.Name, s.Device);
            Assert.True(s.Commit is null || s.Commit.Length == 40, s.Commit);
        });

        // A new start forgets the sessions of the old run.
        using TrainingRun third = Samples.Start(CpuDevice.Shared, recipe, Samples.Train(), folder.Path);
        third.Run();
        Assert.Single(RunRecord.Read(folder.Path)!.Sessions);
        File.WriteAllText(folder.File(RunRecord.FileName), """{ "sessions": [null] }""");
        Assert.Contains("run.json", Assert.ThrowsAny<Exception>(() => RunRecord.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static Recipe WithOption(string option, TemporaryFolder folder)
    {
        string quantization = option switch
        {
            "progressive" or "all" => Progressive,
            "none" or "mixUp" or "teacher" => """{ "weightBits": 3, "activationBits": 3 }""",
            _ => $$"""{ "method": "{{option}}", "weightBits": 2, "activationBits": 2, "progressive": [{ "epoch": 0, "bits": 4 }, { "epoch": 1, "bits": 2 }] }""",
        };
        Recipe recipe = Samples.Recipe("option", quantization);
        recipe.Training.TensorBoard = true;
        recipe.Data.MixUp = option is "mixUp" or "all" ? 0.4 : 0;
        if (option is "teacher" or "all")
        {
            recipe.Distillation = new DistillationSection { Teacher = TeacherTests.Train(folder), Temperature = 3, Weight = 0.6 };
        }

        return recipe;
    }

    private static void AssertSameEvents(string a, string b)
    {
        List<EventReader.Event> left = EventReader.Read(Path.Combine(a, EventWriter.FileName)), right = EventReader.Read(Path.Combine(b, EventWriter.FileName));
        Assert.Equal(left.Select(e => e.Step), right.Select(e => e.Step));
        foreach ((EventReader.Event x, EventReader.Event y) in left.Zip(right))
        {
            Assert.Equal(x.Scalars.Where(s => s.Tag != "images_per_second"), y.Scalars.Where(s => s.Tag != "images_per_second"));
        }
    }

    private static float[] Values(Module model, string name) => model.Parameters().Single(p => p.Name == name).Tensor.ToArray();
}
