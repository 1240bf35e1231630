using LowBit.Kernels.Devices;
using LowBit.Nn.Lowering;
using LowBit.Nn.Recipes;
using LowBit.Nn.Simulation;
using LowBit.Nn.Training;
using LowBit.Quantization;
using LowBit.Runtime.Sessions;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Recipes;

/// <summary>Every quantized recipe of the repository trains a few steps on small images, and what it trained runs as integers without a mismatch.</summary>
public class RecipeTrainingTests
{
    private const int Size = 16;

    public static TheoryData<string> Files
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (string file in RecipeFiles.Training())
            {
                Recipe recipe = RecipeReader.Load(file);
                if (recipe.Quantization is not null && recipe.Distillation is null)
                {
                    data.Add(Path.GetFileName(file));
                }
            }

            return data;
        }
    }

    public static TheoryData<string, int> MethodsAndBits
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string method in QuantizerFactory.Methods)
            {
                data.Add(method, 2);
                data.Add(method, 4);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_recipe_trains_and_its_integers_agree(string file)
    {
        Recipe recipe = RecipeReader.Load(Path.Combine(RepositoryPaths.Root, "recipes", file));
        recipe.Quantization!.Progressive = [];
        recipe.Data.Batch = 8;
        bool isMobile = recipe.Model.Kind == "mobilenetv2";
        recipe.Model.Width = isMobile ? 0 : 4;
        recipe.Model.Multiplier = isMobile ? 0.1 : 1;
        recipe.Model.Depth = 8;
        recipe.Schedule.WarmUp = 0.5;
        recipe.Training.Epochs = 1;
        recipe.Training.Init = null;
        Assert.True(TrainAndCompare(recipe) > 0);
    }

    [Theory]
    [MemberData(nameof(MethodsAndBits))]
    public void A_method_learns_patterns_and_its_integers_agree(string method, int bits)
    {
        Recipe recipe = Samples.Recipe("method", $$"""{ "method": "{{method}}", "weightBits": {{bits}}, "activationBits": {{bits}} }""", epochs: 6);

        // Four classes: guessing gives a quarter.
        double accuracy = TrainAndCompare(recipe);
        Assert.True(accuracy >= 0.6, $"{accuracy:P0} of the patterns are recognised");
    }

    private static double TrainAndCompare(Recipe recipe)
    {
        var train = new PatternSource(count: 64, batchSize: recipe.Data.Batch, size: Size, channels: 2);
        var test = new PatternSource(count: 40, batchSize: 20, size: Size, channels: 2, seed: 6);
        using TrainingRun run = TrainingRun.Start(CpuDevice.Shared, recipe, Samples.Facts(train), new TrainingSources(train, test), null);
        TrainingResult result = run.Run();
        Assert.All(run.Model.Parameters(), static p => Assert.All(p.Tensor.ToArray(), static v => Assert.True(float.IsFinite(v))));
        Assert.All(run.Model.Quantizers(), static q => Assert.True(q.Quantizer.IsInitialized));

        run.Model.Evaluate();
        LoweringResult lowering = ModelLowering.Lower(
            run.Model, new LoweringOptions { Height = Size, Width = Size, Channels = 2, Name = recipe.Name, ClassNames = ["a", "b", "c", "d"] });
        var images = new byte[6 * Size * Size * 2];
        new Random(4).NextBytes(images);
        using var verifier = new Verifier(lowering, new SessionOptions { Threads = 2, Batch = 4 });
        verifier.Compare(images);
        Assert.All(verifier.Report().Nodes, static node => Assert.True(node.Mismatches == 0 && node.Compared > 0, node.ToString()));
        return result.BestAccuracy;
    }
}
