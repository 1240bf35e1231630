using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Losses;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Tensors;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Training;

public class TeacherTests
{
    /// <summary>Trains a float teacher for the images of <see cref="Samples"/>.</summary>
    /// <returns>Its checkpoint.</returns>
    internal static string Train(TemporaryFolder folder)
    {
        using TrainingRun run = Samples.Start(CpuDevice.Shared, Samples.Recipe("teacher", "null", epochs: 2), Samples.Train(), folder.File("teacher"));
        run.Run();
        return folder.File("teacher/last.lbc");
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(1)]
    public void The_loss_holds_the_divergence_from_the_teacher(double weight)
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Samples.Recipe("pupil");
        recipe.Distillation = new DistillationSection { Teacher = Train(folder), Temperature = 2, Weight = weight };
        PatternSource source = Samples.Train();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, source);
        using Module teacher = CheckpointFile.Read(recipe.Distillation.Teacher).BuildModel(CpuDevice.Shared);
        var images = new float[8 * 8 * 8 * 2];
        var labels = new int[8];
        source.Fill(0, 0, images, labels);
        double expected;
        using (TensorScope.Begin())
        {
            Tensor x = Tensor.FromArray(CpuDevice.Shared, images, 8, 8, 8, 2);
            Tensor logits = run.Model.Forward(x);
            double divergence = Divergence(teacher.Forward(x).ToArray(), logits.ToArray(), 4, 2);
            expected = (weight * divergence) + ((1 - weight) * new CrossEntropyLoss(0.1f).Of(logits, labels).Item());
        }

        // The divergence is a small difference of logarithms in float: 2^-20 of the logits' size, times T².
        Assert.InRange(run.Trainer.Step(0, 0), expected - 1e-5, expected + 1e-5);
        Assert.True(expected > 0.01);
    }

    [Fact]
    public void The_teacher_stays_as_it_is_and_gets_no_gradient()
    {
        using var folder = new TemporaryFolder();
        Module model = CheckpointFile.Read(Train(folder)).BuildModel(CpuDevice.Shared);
        using var teacher = new Teacher(model, 4, 0.5);
        using TrainingRun pupil = Samples.Start(CpuDevice.Shared, Samples.Recipe(), Samples.Train());
        IReadOnlyDictionary<string, CheckpointTensor> before = Checkpoint.Capture(model);
        var images = new float[8 * 8 * 8 * 2];
        var labels = new int[8];
        Samples.Train().Fill(0, 0, images, labels);
        using (TensorScope.Begin())
        {
            Tensor x = Tensor.FromArray(CpuDevice.Shared, images, 8, 8, 8, 2);
            Tensor logits = pupil.Model.Forward(x);
            teacher.Blend(new CrossEntropyLoss().Of(logits, labels), x, logits).Backward();
        }

        Assert.All(model.Parameters(), p => Assert.Null(p.Tensor.Gradient));
        Assert.All(pupil.Model.Parameters(), p => Assert.NotNull(p.Tensor.Gradient));
        foreach ((string name, CheckpointTensor tensor) in Checkpoint.Capture(model))
        {
            Assert.Equal(before[name].Data, tensor.Data);
        }
    }

    [Fact]
    public void A_pupil_learns_from_the_teacher_alone()
    {
        using var folder = new TemporaryFolder();
        using TrainingRun run = Samples.Start(CpuDevice.Shared, Samples.Recipe("teacher", "null", epochs: 8), Samples.Train(), folder.File("teacher"));
        Assert.True(run.Run().FinalAccuracy > 0.9);
        Recipe recipe = Samples.Recipe("pupil", epochs: 8);
        recipe.Distillation = new DistillationSection { Teacher = folder.File("teacher/best.lbc"), Weight = 1 };
        using TrainingRun pupil = Samples.Start(CpuDevice.Shared, recipe, Samples.Train());
        TrainingResult result = pupil.Run();
        Assert.True(result.FinalAccuracy > 0.9, $"accuracy {result.FinalAccuracy}");
    }

    [Fact]
    public void A_run_is_not_resumed_with_another_teacher()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Samples.Recipe("pupil");
        recipe.Distillation = new DistillationSection { Teacher = Train(folder) };
        using (TrainingRun run = Samples.Start(CpuDevice.Shared, recipe, Samples.Train(), folder.Path))
        {
            run.Run();
        }

        Checkpoint saved = CheckpointFile.Read(folder.File(TrainingRun.LastFile));
        Checkpoint teacher = CheckpointFile.Read(recipe.Distillation.Teacher);
        teacher.Tensors["model/conv1.weight"].Data[0] += 1;
        CheckpointFile.Write(recipe.Distillation.Teacher, teacher);
        Assert.Contains("distillation.teacher", Assert.Throws<ArgumentException>(
            () => TrainingRun.Resume(CpuDevice.Shared, saved, new TrainingSources(Samples.Train(), null), null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_teacher_that_does_not_fit_is_refused_by_its_key()
    {
        using var folder = new TemporaryFolder();
        string file = Train(folder);
        DataFacts facts = Samples.Facts(Samples.Train());
        var section = new DistillationSection { Teacher = file };
        void Refused(string words, DistillationSection wrong, DataFacts data)
        {
            ArgumentException e = Assert.Throws<ArgumentException>(() => Teacher.Read(CpuDevice.Shared, wrong, data, null));
            Assert.Contains("distillation.teacher", e.Message, StringComparison.Ordinal);
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
        }

        Refused("does not exist", section with { Teacher = folder.File("none.lbc") }, facts);
        Refused("of 5", section, facts with { Classes = 5 });
        File.WriteAllText(folder.File("w.safetensors"), "");
        Refused("command line", section with { Teacher = folder.File("w.safetensors"), Model = new ModelSection() }, facts);
        Checkpoint read = CheckpointFile.Read(file);
        CheckpointFile.Write(folder.File("bare.lbc"), new Checkpoint(read.Tensors));
        Refused("no recipe", section with { Teacher = folder.File("bare.lbc") }, facts);
        File.WriteAllBytes(folder.File("cut.lbc"), File.ReadAllBytes(file)[..100]);
        Assert.Throws<LowBitFormatException>(() => Teacher.Read(CpuDevice.Shared, section with { Teacher = folder.File("cut.lbc") }, facts, null));
    }

    [Fact]
    public void A_teacher_sees_images_as_it_knows_them()
    {
        using var folder = new TemporaryFolder();
        var section = new DistillationSection { Teacher = Train(folder), Temperature = 1, Weight = 1 };
        DataFacts own = Samples.Facts(Samples.Train()), other = own with { Mean = [0.25f, 0.75f], Deviation = [0.125f, 0.5f] };
        using Teacher teacher = Teacher.Read(CpuDevice.Shared, section, other, null);
        using Module model = CheckpointFile.Read(section.Teacher).BuildModel(CpuDevice.Shared);
        var pixels = new float[4 * 8 * 8 * 2];
        LowBit.Kernels.Rng.Philox.FillUniform(new LowBit.Kernels.Rng.PhiloxKey(3, 3), 0, 0, 1, pixels);
        Tensor Images(DataFacts facts) => Tensor.FromArray(
            CpuDevice.Shared, [.. pixels.Select((p, i) => (p - facts.Mean[i % 2]) / facts.Deviation[i % 2])], 4, 8, 8, 2);
        using (TensorScope.Begin())
        {
            Tensor answers = model.Forward(Images(own));

            // The divergence of a model from itself is 0 but for rounding; from its answers to wrongly normalised images it is not.
            Assert.InRange(teacher.Blend(answers, Images(other), answers).Item(), -1e-5, 1e-5);
            Assert.True(teacher.Blend(answers, Images(own), answers).Item() > 1e-3);
        }
    }

    [Fact]
    public void A_foreign_teacher_is_built_from_the_recipe_and_loaded_by_the_caller()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("w.safetensors"), "");
        var section = new DistillationSection { Teacher = folder.File("w.safetensors"), Model = new ModelSection { Kind = "mlp", Hidden = [7] } };
        string? loaded = null;
        using Teacher teacher = Teacher.Read(CpuDevice.Shared, section, Samples.Facts(Samples.Train()), (model, path) =>
        {
            loaded = path;
            Assert.Equal([7, 128], model.Parameters()[0].Tensor.Shape.ToArray());
        });
        Assert.Equal(section.Teacher, loaded);
    }

    private static double Divergence(float[] teacher, float[] pupil, int classes, double temperature)
    {
        double sum = 0;
        for (int r = 0; r < teacher.Length; r += classes)
        {
            double[] p = Softmax(teacher[r..(r + classes)], temperature), q = Softmax(pupil[r..(r + classes)], temperature);
            sum += p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();
        }

        return sum * temperature * temperature / (teacher.Length / classes);
    }

    private static double[] Softmax(float[] logits, double temperature)
    {
        double[] powers = [.. logits.Select(x => Math.Exp(x / temperature))];
        return [.. powers.Select(x => x / powers.Sum())];
    }
}
