using System.Text.Json;
using LowBit.Nn.TensorBoard;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

/// <summary>What train prints and records, and the options that need the command line's readers.</summary>
public class TrainCommandTests(TrainedFixture trained) : IClassFixture<TrainedFixture>
{
    private static readonly string[] s_short = ["--set", "training.epochs=1", "--set", "data.trainImages=200", "--set", "data.testImages=100"];

    [Fact]
    public void The_document_tells_the_bits_of_the_ends_the_recipe_and_the_machine()
    {
        using var folder = new TemporaryFolder();
        (int code, JsonElement document) = Cli.Json(["train", trained.RecipeFile, "-o", folder.File("run"), .. s_short, "--set", "training.tensorBoard=true"]);
        Assert.Equal(0, code);
        Assert.Equal("w8a8", document.GetProperty("firstLayer").GetString());
        Assert.Equal("w8a8", document.GetProperty("lastLayer").GetString());
        Assert.Equal(8, document.GetProperty("residualBits").GetInt32());
        Assert.Equal(16, document.GetProperty("recipeHash").GetString()!.Length);
        Assert.Equal(3, document.GetProperty("seed").GetInt32());
        Assert.NotEmpty(document.GetProperty("machine").GetString()!);
        Assert.Equal(folder.File($"run/{EventWriter.FileName}"), document.GetProperty("tensorBoard").GetString());
        Assert.True(new FileInfo(folder.File($"run/{EventWriter.FileName}")).Length > 100);
        using JsonDocument record = JsonDocument.Parse(File.ReadAllText(folder.File("run/run.json")));
        Assert.Equal(document.GetProperty("recipeHash").GetString(), record.RootElement.GetProperty("recipeHash").GetString());
        (_, string output, _) = Cli.Run(["train", trained.RecipeFile, "-o", folder.File("again"), .. s_short]);
        Assert.Contains("lsq w4a4 per channel (Narrow grid), first/last: 8/8, last input: 8, residual: 8", output, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File($"again/{EventWriter.FileName}")));
    }

    [Fact]
    public void A_run_that_diverges_says_where_and_leaves_no_older_model()
    {
        using var folder = new TemporaryFolder();
        string output = folder.File("run");
        Assert.Equal(0, Cli.Run(["train", trained.RecipeFile, "-o", output, .. s_short]).Code);
        Assert.True(File.Exists(folder.File("run/best.lbc")));
        (int code, _, string error) = Cli.Run(["train", trained.RecipeFile, "-o", output, "--overwrite", .. s_short, "--set", "optimizer.learningRate=1e30"]);
        Assert.Equal(1, code);
        string line = Assert.Single(error.Split('\n'), text => text.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Contains("epoch 1, batch", line, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", line, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("run/best.lbc")) || File.Exists(folder.File("run/last.lbc")));
        Cli.Fails(3, "neither", "eval", output);
    }

    [Fact]
    public void A_run_that_would_only_warm_up_is_refused()
    {
        using var folder = new TemporaryFolder();
        Cli.Fails(2, "--set schedule.warmUp=0", ["train", trained.RecipeFile, "-o", folder.File("run"), .. s_short, "--set", "schedule.warmUp=1"]);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void Weights_of_another_tool_teach()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, Cli.Run(["train", trained.RecipeFile, "-o", folder.File("teacher"), .. s_short, "--set", "quantization=null"]).Code);
        string weights = folder.File("teacher.safetensors");
        Assert.Equal(0, Cli.Run("export", folder.File("teacher"), "-o", weights).Code);
        string Distillation(string teacher, string model) => $$"""distillation={"teacher":"{{teacher}}","weight":0.5{{model}}}""";
        string[] foreign = ["--set", Distillation(weights, ""","model":{"kind":"lenet5","width":4}""")];
        string[] own = ["--set", Distillation(folder.File("teacher/last.lbc"), "")];
        Assert.Equal(0, Cli.Run(["train", trained.RecipeFile, "-o", folder.File("a"), .. s_short, .. foreign]).Code);
        Assert.Equal(0, Cli.Run(["train", trained.RecipeFile, "-o", folder.File("b"), .. s_short, .. own]).Code);

        // The same teacher by two ways: the same weights.
        Assert.Equal(
            LowBit.Nn.Checkpoints.CheckpointFile.Read(folder.File("a/last.lbc")).Tensors["model/conv1.weight"].Data,
            LowBit.Nn.Checkpoints.CheckpointFile.Read(folder.File("b/last.lbc")).Tensors["model/conv1.weight"].Data);
        Cli.Fails(2, "distillation.teacher", ["train", trained.RecipeFile, "-o", folder.File("c"), .. s_short, "--set", Distillation("none.lbc", "")]);
        Cli.Fails(3, "conv1.weight", ["train", trained.RecipeFile, "-o", folder.File("c"), .. s_short, "--set", Distillation(weights, ""","model":{"kind":"lenet5","width":8}""")]);
    }

    [Fact]
    public void Weights_of_another_tool_start_a_run()
    {
        using var folder = new TemporaryFolder();
        string[] normalization = ["--set", "data.mean=[0.4]", "--set", "data.deviation=[0.3]"];
        Assert.Equal(0, Cli.Run(["train", trained.RecipeFile, "-o", folder.File("float"), .. s_short, .. normalization, "--set", "quantization=null"]).Code);
        string weights = folder.File("float.safetensors");
        Assert.Equal(0, Cli.Run("export", folder.File("float/last.lbc"), "-o", weights).Code);
        Assert.Equal(0, Cli.Run(["train", trained.RecipeFile, "-o", folder.File("a"), .. s_short, .. normalization, "--set", $"training.init={weights}"]).Code);
        Assert.Equal(0, Cli.Run(["train", trained.RecipeFile, "-o", folder.File("b"), .. s_short, .. normalization, "--set", $"training.init={folder.File("float/last.lbc")}"]).Code);

        // The same start by two ways: the same weights. Another normalisation: others.
        LowBit.Nn.Checkpoints.Checkpoint a = LowBit.Nn.Checkpoints.CheckpointFile.Read(folder.File("a/last.lbc"));
        Assert.Equal(a.Tensors["model/conv1.weight"].Data, LowBit.Nn.Checkpoints.CheckpointFile.Read(folder.File("b/last.lbc")).Tensors["model/conv1.weight"].Data);
        Assert.Equal([0.4f], a.Data!.Mean);
        Assert.Equal(0, Cli.Run(["train", trained.RecipeFile, "-o", folder.File("c"), .. s_short, "--set", $"training.init={weights}"]).Code);
        Assert.NotEqual(a.Tensors["model/conv1.weight"].Data, LowBit.Nn.Checkpoints.CheckpointFile.Read(folder.File("c/last.lbc")).Tensors["model/conv1.weight"].Data);
        Cli.Fails(2, "data.mean", ["train", trained.RecipeFile, "-o", folder.File("d"), .. s_short, "--set", "data.mean=[0.4]"]);
        Cli.Fails(2, "channels", ["train", trained.RecipeFile, "-o", folder.File("d"), .. s_short, "--set", "data.mean=[0.4,0.4]", "--set", "data.deviation=[0.4,0.4]"]);
    }

    [Fact]
    public void A_start_from_other_bits_tells_of_the_quantizers_that_begin_anew()
    {
        using var folder = new TemporaryFolder();
        string start = $"training.init={trained.RunFolder}/last.lbc";
        (int code, _, string error) = Cli.Run(["train", trained.RecipeFile, "-o", folder.File("two"), .. s_short, "--set", start, "--set", "quantization.weightBits=2"]);
        Assert.True(code == 0, error);
        Assert.Contains("note: quantizers begin anew (2, conv2.weight_quantizer first)", error, StringComparison.Ordinal);
        Assert.Contains("4 bit there, 2 bit here", error, StringComparison.Ordinal);
        (code, _, error) = Cli.Run(["train", trained.RecipeFile, "-o", folder.File("same"), .. s_short, "--set", start]);
        Assert.True(code == 0, error);
        Assert.DoesNotContain("anew", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_lowers_its_bits_ends_with_those_of_the_recipe()
    {
        using var folder = new TemporaryFolder();
        (int code, _, string error) = Cli.Run(
            ["train", trained.RecipeFile, "-o", folder.File("run"), .. s_short, "--set", "training.epochs=2",
             "--set", """quantization.progressive=[{"epoch":0,"bits":6},{"epoch":1,"bits":4}]"""]);
        Assert.True(code == 0, error);
        (_, JsonElement document) = Cli.Json("export", folder.File("run"), "-o", folder.File("m.lbq"));
        Assert.Equal([8, 4, 4, 8], document.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("weightBits").GetInt32()));
        Assert.Equal(
            ["w6a6, first layer w8a8, last layer w8a8, residual 8", "w4a4, first layer w8a8, last layer w8a8, residual 8"],
            LowBit.Nn.Training.MetricsWriter.Read(folder.File("run/metrics.jsonl")).Select(line => line.Bits!));
    }
}
