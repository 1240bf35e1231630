using FsCheck;
using FsCheck.Fluent;
using LowBit.Kernels.Files;
using LowBit.Nn.Recipes;
using LowBit.Quantization;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Nn.Tests.Recipes;

public class RecipeReaderTests
{
    private const string Small = """
        {
          // comments and trailing commas are fine
          "name": "small",
          "model": { "kind": "resnet", "depth": 8 },
          "quantization": { "weightBits": 2, "grid": "Full" },
          "optimizer": { "learningRate": 0.05, },
          "training": { "epochs": 3, "seed": 7 },
        }
        """;

    public static TheoryData<string> Files
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (string file in Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "recipes"), "*.json").Order(StringComparer.Ordinal))
            {
                data.Add(Path.GetFileName(file));
            }

            return data;
        }
    }

    [Fact]
    public void Keys_left_out_have_their_defaults()
    {
        Recipe recipe = RecipeReader.Parse(Small, "small.json");
        Assert.Equal("small", recipe.Name);
        Assert.Equal(8, recipe.Model.Depth);
        Assert.Equal(2, recipe.Quantization!.WeightBits);
        Assert.Equal(4, recipe.Quantization.ActivationBits);
        Assert.Equal(WeightGrid.Full, recipe.Quantization.Grid);
        Assert.Equal(8, recipe.Quantization.FirstLayerWeightBits);
        Assert.Equal(0.05, recipe.Optimizer.LearningRate);
        Assert.Equal(0.9, recipe.Optimizer.Momentum);
        Assert.Equal(128, recipe.Data.Batch);
        Assert.Equal(7ul, recipe.Training.Seed);
        Assert.Equal("cosine", recipe.Schedule.Kind);
    }

    [Fact]
    public void Written_recipes_read_back_equal()
    {
        Recipe recipe = RecipeReader.Parse(Small, "small.json");
        Recipe again = RecipeReader.Parse(recipe.ToJson(), "again");
        Assert.Equal(recipe.ToJson(), again.ToJson());
        Assert.Equal(recipe.Hash(), again.Hash());
        Assert.Equal(16, recipe.Hash().Length);
        Assert.NotEqual(recipe.Hash(), RecipeReader.Parse(Small, "small.json", "training.seed=8").Hash());
    }

    [Theory]
    [InlineData("optimizer.learningRate=0.25", 0.25)]
    [InlineData("optimizer.learningRate=1e-3", 1e-3)]
    public void Settings_override_numbers(string setting, double value)
        => Assert.Equal(value, RecipeReader.Parse(Small, "s", setting).Optimizer.LearningRate);

    [Fact]
    public void Settings_override_words_lists_and_null()
    {
        Recipe recipe = RecipeReader.Parse(Small, "s", "model.kind=mlp", "model.hidden=[10, 20]", "quantization=null", "name=other", "training.init=runs/a=b.lbc");
        Assert.Equal("mlp", recipe.Model.Kind);
        Assert.Equal([10, 20], recipe.Model.Hidden);
        Assert.Null(recipe.Quantization);
        Assert.Equal("other", recipe.Name);
        Assert.Equal("runs/a=b.lbc", recipe.Training.Init);
        Assert.Null(RecipeReader.Parse(Small, "s", "training.init=x", "training.init=null").Training.Init);
        Assert.Equal(3, RecipeReader.Parse("""{ "name": "f" }""", "s", "quantization.weightBits=3").Quantization!.WeightBits);
    }

    [Theory]
    [InlineData("optimizer.learnRate=1", "did you mean 'optimizer.learningRate'?")]
    [InlineData("optimiser.kind=sgd", "did you mean 'optimizer'?")]
    [InlineData("nonsense", "key=value")]
    [InlineData("optimizer.learningRate=fast", "optimizer.learningRate")]
    [InlineData("optimizer.learningRate=-1", "optimizer.learningRate is -1")]
    [InlineData("name.inner=1", "'name' has no keys inside")]
    [InlineData("quantization.weightBits=9", "quantization.weightBits is 9")]
    public void Wrong_settings_are_named(string setting, string part)
    {
        ArgumentException e = Assert.ThrowsAny<ArgumentException>(() => RecipeReader.Parse(Small, "s", setting));
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "name": "x", "modell": {} }""", "did you mean 'model'?")]
    [InlineData("""{ "name": "x", "model": { "kid": "mlp" } }""", "did you mean 'model.kind'?")]
    [InlineData("""{ "name": "x", "model": { "kind": "lenet" } }""", "did you mean 'lenet5'?")]
    [InlineData("""{ "name": "x", "model": null }""", "quantization")]
    [InlineData("""{ "name": "x", "training": { "epochs": "ten" } }""", "training.epochs")]
    [InlineData("""{ "name": "x", "training": { "epochs": 0 } }""", "training.epochs is 0")]
    [InlineData("""{ "name": "a/b" }""", "name is 'a/b'")]
    [InlineData("""{ "name": "x", "name": "y" }""", "name")]
    [InlineData("[1]", "JSON object")]
    [InlineData("{", "not JSON")]
    [InlineData("", "not JSON")]
    public void Wrong_files_are_described(string json, string part)
    {
        LowBitFormatException e = Assert.Throws<LowBitFormatException>(() => RecipeReader.Parse(json, "file.json"));
        Assert.Contains("file.json", e.Message, StringComparison.Ordinal);
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_recipes_give_one_kind_of_error()
    {
        Arbitrary<(int At, char To)> damage = Arb.From(
            from at in Gen.Choose(0, Small.Length - 1)
            from to in Gen.Elements("{}[],:\"0x-\0\uFFFF".ToCharArray())
            select (at, to));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20_261, 7), Prop.ForAll(damage, d =>
        {
            try
            {
                RecipeReader.Parse(Small[..d.At] + d.To + Small[(d.At + 1)..], "fuzz");
                return true;
            }
            catch (LowBitFormatException)
            {
                return true;
            }
        }));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Recipes_of_the_repository_are_valid(string file)
    {
        Recipe recipe = RecipeReader.Load(Path.Combine(RepositoryPaths.Root, "recipes", file));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), recipe.Name);
        Assert.NotEmpty(recipe.Description);
    }
}
