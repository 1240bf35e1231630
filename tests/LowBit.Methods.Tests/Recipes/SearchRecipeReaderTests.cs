using LowBit.Kernels.Files;
using LowBit.Methods.Recipes;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Methods.Tests.Recipes;

public sealed class SearchRecipeReaderTests
{
    public static TheoryData<string> Files => new(RecipeFiles.Search().Select(Path.GetFileName)!);

    [Theory]
    [MemberData(nameof(Files))]
    public void The_recipes_here_are_read(string file)
    {
        SearchRecipe recipe = SearchRecipeReader.Load(RecipeFiles.Search().Single(path => Path.GetFileName(path) == file));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), recipe.Name);
    }

    [Fact]
    public void What_is_written_reads_back()
    {
        foreach (SearchRecipe recipe in (SearchRecipe[])[Samples.Recipe("cma.integers=Rounding", "budget.milliseconds=1.5"), Samples.Recipe("budget={}", "pareto={\"points\":3}")])
        {
            SearchRecipe again = SearchRecipeReader.Parse(recipe.ToJson(), "again");
            Assert.Equal(recipe.ToJson(), again.ToJson());
            Assert.Equal(recipe.Hash(), again.Hash());
            Assert.NotEqual(Samples.Recipe().Hash(), again.Hash());
            Assert.Equal((recipe.Budget, recipe.Pareto), (again.Budget, again.Pareto));
        }
    }

    [Theory]
    [InlineData("cma.generation=3", "cma.generations")]
    [InlineData("train.optimizer.learnRate=0.1", "train.optimizer.learningRate")]
    [InlineData("budget.bytes=w9a3", "w3a3")]
    [InlineData("budget.bytes=-5", "above 0")]
    [InlineData("budget={}", "budget is empty")]
    [InlineData("alternation.warmUpEpochs=0", "alternation.warmUpEpochs")]
    [InlineData("alternation.rounds=0", "alternation.rounds")]
    [InlineData("evaluation.moved=3", "evaluation.moved")]
    [InlineData("cma.sigma=0", "cma.sigma")]
    [InlineData("cma.population=1", "cma.population")]
    [InlineData("cma.integers=Floor", "cma.integers: the value has the wrong kind, it takes Margin, Mutation or Rounding; ")]
    [InlineData("objective.bytesPenalty=-1", "objective.bytesPenalty")]
    [InlineData("objective.temperature=0", "objective.temperature is 0; it must be 0.01 to 1000")]
    [InlineData("objective.loss=KL", "objective.loss: the value has the wrong kind, it takes CrossEntropy or Divergence; ")]
    [InlineData("method=hawq", "gradfreebits")]
    [InlineData("train.quantization.widths=[]", "train.quantization.widths")]
    [InlineData("train.quantization=null", "train.quantization.widths")]
    [InlineData("train.quantization.layers=[{\"layer\":\"layer1.0.conv1\",\"weightBits\":2}]", "sets the bits itself")]
    [InlineData("pareto={\"from\":\"2\"}", "pareto.from")]
    [InlineData("pareto={}", "exclude each other")]
    [InlineData("alternation=null", "may be null")]
    [InlineData("train=null", "may be null")]
    [InlineData("name=", "name")]
    public void A_wrong_setting_is_one_sentence_that_names_it(string setting, string part)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Samples.Recipe(setting));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[1]", "one JSON object")]
    [InlineData("{ \"name\": \"a\", \"name\": \"b\" }", "twice")]
    [InlineData("{ \"name\": \"a\" }", "widths")]
    [InlineData("{ \"nam\": \"a\" }", "did you mean 'name'")]
    public void A_text_that_is_no_search_recipe_is_refused(string json, string part)
    {
        LowBitFormatException error = Assert.Throws<LowBitFormatException>(() => SearchRecipeReader.Parse(json, "test"));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_and_changed_texts_never_crash_the_reader()
    {
        string json = Samples.Recipe().ToJson();
        var random = new Random(11);
        for (int i = 0; i < 400; i++)
        {
            char[] text = json[..random.Next(json.Length + 1)].ToCharArray();
            for (int change = 0; change < random.Next(4) && text.Length > 0; change++)
            {
                text[random.Next(text.Length)] = (char)random.Next(32, 127);
            }

            try
            {
                SearchRecipeReader.Parse(new string(text), "fuzz");
            }
            catch (LowBitFormatException)
            {
            }
        }
    }

    [Fact]
    public void Limits_are_numbers_with_or_without_quotes()
    {
        Assert.Equal("20000", Samples.Recipe("budget={\"bytes\":20000}").Budget.Bytes);
        Assert.Equal("20000", Samples.Recipe("budget={\"bytes\":2e4}").Budget.Bytes);
        Assert.Equal("20000", Samples.Recipe("budget.bytes=20000").Budget.Bytes);
        string json = Samples.Recipe().ToJson().Replace("\"bytes\": \"w3a3\"", "\"bytes\": 20000.5", StringComparison.Ordinal);
        Assert.Equal("20000.5", SearchRecipeReader.Parse(json, "numbers").Budget.Bytes);
        Assert.Null(Samples.Recipe("budget.bytes=null").Budget.Bytes);
        Assert.Contains("budget.bytes: the value has the wrong kind; ", Assert.Throws<ArgumentException>(() => Samples.Recipe("budget={\"bytes\":[1]}")).Message, StringComparison.Ordinal);
        Assert.Contains("above 0", Assert.Throws<ArgumentException>(() => Samples.Recipe("budget={\"bytes\":0}")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("w3a3", 3, 3)]
    [InlineData("w8a1", 8, 1)]
    public void Pairs_are_widths(string text, int weights, int activations) => Assert.Equal((weights, activations), BudgetSection.Pair(text));
}
