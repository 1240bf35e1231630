using System.Text.Json;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

/// <summary>search from the command line: start, interruption, resumption, result, wrong usage.</summary>
public class SearchCommandTests
{
    private static readonly string[] s_short =
    [
        "--set", "train.data.trainImages=200", "--set", "train.data.testImages=100", "--set", "train.model.width=4", "--set", "alternation.warmUpEpochs=1",
        "--set", "alternation.finalEpochs=1", "--set", "cma.generations=2", "--set", "evaluation.finalBatches=1", "--set", "evaluation.batch=50", "--set", "train.data.batch=50", "--threads", "2",
    ];

    private static string Recipe => LowBit.TestKit.RecipeFiles.Search().Single(static path => path.Contains("glyphs", StringComparison.Ordinal));

    [Fact]
    public void A_search_ends_with_a_verified_model()
    {
        using var folder = new TemporaryFolder();
        (int code, JsonElement document) = Cli.Json(["search", Recipe, "-o", folder.File("search"), .. s_short]);
        Assert.Equal(0, code);
        Assert.Equal("gradfreebits", document.GetProperty("method").GetString());
        Assert.Equal(0, document.GetProperty("mismatches").GetInt64());
        Assert.True(document.GetProperty("compared").GetInt64() > 1000);
        Assert.Equal(document.GetProperty("accuracy").GetDouble(), document.GetProperty("integerAccuracy").GetDouble(), 0.02);
        Assert.Equal(3, document.GetProperty("epochs").GetInt32());
        JsonElement cost = document.GetProperty("cost"), budget = document.GetProperty("budget");
        Assert.True(cost.GetProperty("bytes").GetDouble() <= budget.GetProperty("bytes").GetDouble());
        Assert.True(cost.GetProperty("bitOperations").GetDouble() <= budget.GetProperty("bitOperations").GetDouble());
        Assert.Equal(["conv2", "fc1"], document.GetProperty("bits").EnumerateArray().Select(static layer => layer.GetProperty("layer").GetString()));
        Assert.NotEmpty(document.GetProperty("pareto").EnumerateArray());
        Assert.StartsWith("<svg", File.ReadAllText(document.GetProperty("picture").GetString()!), StringComparison.Ordinal);
        Assert.Equal(document.GetRawText(), JsonDocument.Parse(File.ReadAllText(folder.File("search/result.json"))).RootElement.GetRawText());

        // The final run is one like any other, and so is the model.
        Assert.Equal(0, Cli.Run("verify", folder.File("search/final"), "--images", "20").Code);
        Assert.Equal(0, Cli.Run("eval", document.GetProperty("model").GetString()!).Code);
        Cli.Fails(2, "--resume", ["search", Recipe, "-o", folder.File("search"), .. s_short]);
    }

    [Fact]
    public void An_interrupted_search_goes_on()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        (int code, string output, string error) = Cli.Run(stop.Token, ["search", Recipe, "-o", folder.File("search"), .. s_short]);
        Assert.Equal((130, ""), (code, output));
        Assert.Contains("--resume", error, StringComparison.Ordinal);
        (code, output, error) = Cli.Run("search", "--resume", folder.File("search"));
        Assert.True(code == 0, error);
        Assert.Contains("0 mismatches", output, StringComparison.Ordinal);
        Assert.Contains("round-1  generation 2/2", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_series_of_budgets_is_drawn()
    {
        using var folder = new TemporaryFolder();
        (int code, JsonElement document) = Cli.Json(
            ["search", Recipe, "-o", folder.File("search"), .. s_short, "--set", "budget={}", "--set", "train.quantization.widths=[2,3,4]",
             "--set", """pareto={"points":2,"from":"w2a2","to":"w4a4","generations":1}"""]);
        Assert.Equal(0, code);
        Assert.Equal(JsonValueKind.Null, document.GetProperty("accuracy").ValueKind);
        Assert.True(document.GetProperty("millisecondsMeasured").GetBoolean());
        Assert.Contains(document.GetProperty("pareto").EnumerateArray(), static point => point.GetProperty("onFront").GetBoolean());
        Assert.Contains("<circle", File.ReadAllText(folder.File("search/pareto.svg")), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_usage_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        Cli.Fails(2, "--resume", "search");
        Cli.Fails(2, "not both", "search", Recipe, "--resume", folder.Path);
        Cli.Fails(3, "recipe.json", "search", "--resume", folder.Path);
        Cli.Fails(3, "no recipe", "search", "nothing-like-it");
        Cli.Fails(2, "cma.generations", "search", Recipe, "--set", "cma.generation=3", "-o", folder.File("x"));
        (int code, string output, string error) = Cli.Run(["search", Recipe, "-o", folder.File("y"), .. s_short, "--set", "budget={\"bytes\":\"10\"}"]);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("raise the budget", error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("y/recipe.json")));
        File.WriteAllText(folder.File("recipe.json"), "{");
        Cli.Fails(3, "recipe.json", "search", "--resume", folder.Path);
        Cli.Fails(2, "--seed", "search", "--resume", folder.Path, "--seed", "2");
    }
}
