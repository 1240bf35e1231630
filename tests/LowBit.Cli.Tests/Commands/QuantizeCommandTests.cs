using System.Text.Json;
using LowBit.Nn.Checkpoints;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

/// <summary>quantize: a float checkpoint becomes a quantized one that eval, export and verify take.</summary>
public sealed class QuantizeCommandTests : IDisposable
{
    private const string Recipe = """
        {
          "name": "plain",
          "data": { "set": "glyphs", "batch": 50, "trainImages": 1500, "testImages": 200 },
          "model": { "kind": "lenet5", "width": 4 },
          "optimizer": { "kind": "adamw", "learningRate": 0.005 },
          "training": { "epochs": 2, "seed": 3 }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _float;

    public QuantizeCommandTests()
    {
        _float = _folder.File("plain");
        (int code, _, string error) = Cli.Run("train", _folder.Write("plain.json", Recipe), "--output", _float);
        Assert.True(code == 0, error);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_float_model_becomes_integers_without_training()
    {
        double wanted = Accuracy(_float);
        foreach (string[] options in new string[][]
        {
            ["--method", "percentile", "--fold", "--per-layer", "--weight-correction"],
            ["--equalize", "--reestimate-norms", "--bias-correction", "--adaround", "--iterations", "100", "--activation-method", "aciq-laplace"],
        })
        {
            string file = _folder.File("q.lbc"), integers = _folder.File("q.lbq");
            (int code, JsonElement document) = Cli.Json(["quantize", _float, "--weight-bits", "5", "--activation-bits", "6", "--images", "200", "-o", file, .. options]);
            Assert.Equal(0, code);
            Assert.Equal((200, "glyphs", file), (document.GetProperty("images").GetInt32(), document.GetProperty("data").GetString(), document.GetProperty("file").GetString()));
            Assert.Contains("w5a6", document.GetProperty("quantization").GetString(), StringComparison.Ordinal);
            List<JsonElement> layers = [.. document.GetProperty("layers").EnumerateArray()];
            Assert.Equal(["conv1", "conv2", "fc1", "fc2"], layers.Select(layer => layer.GetProperty("path").GetString()));
            Assert.Equal([8, 5, 5, 8], layers.Select(layer => layer.GetProperty("weightBits").GetInt32()));
            Assert.Contains(options[0] == "--method" ? "percentile 99.9 weights" : "AdaRound 100", CheckpointFile.Read(file).Recipe!.Description, StringComparison.Ordinal);

            Assert.Equal(0, Cli.Run("export", file, "-o", integers).Code);
            (int verified, JsonElement report) = Cli.Json("verify", file, "--images", "200");
            Assert.Equal((0, 0L), (verified, report.GetProperty("mismatches").GetInt64()));

            // 400 images: a standard deviation of at most 2.5 points each.
            Assert.InRange(Accuracy(integers), wanted - 0.08, 1);
        }
    }

    [Fact]
    public void Training_goes_on_from_the_checkpoint()
    {
        string file = _folder.File("q.lbc"), run = _folder.File("tuned");
        Assert.Equal(0, Cli.Run("quantize", _float, "--weight-bits", "3", "--activation-bits", "3", "--images", "100", "-o", file).Code);
        (int code, _, string error) = Cli.Run(
            "train", _folder.File("plain.json"), "--set", "quantization.method=lsq", "--set", "quantization.weightBits=3", "--set", "quantization.activationBits=3",
            "--set", $"training.init={file}", "--set", "training.epochs=1", "--output", run);
        Assert.True(code == 0, error);
        Assert.DoesNotContain("note:", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_names_every_layer()
    {
        (int code, string output, string error) = Cli.Run("quantize", _float, "--images", "64", "-o", _folder.File("q.lbc"), "--adaround", "--iterations", "5");
        Assert.Equal(0, code);
        Assert.Contains("learned", output, StringComparison.Ordinal);
        Assert.Contains("conv2", output, StringComparison.Ordinal);
        Assert.Contains("4/4 fc2", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_is_said_in_one_sentence()
    {
        string file = _folder.File("q.lbc");
        Cli.Fails(2, "did you mean 'minmax'", "quantize", _float, "--method", "minmx", "-o", file);
        Cli.Fails(2, "did you mean 'kl'", "quantize", _float, "--activation-method", "k", "-o", file);
        Cli.Fails(2, "weightBits is 9", "quantize", _float, "--weight-bits", "9", "-o", file);
        Cli.Fails(2, "activationBits is 0", "quantize", _float, "--activation-bits", "0", "-o", file);
        Cli.Fails(2, "16 images or more", "quantize", _float, "--images", "3", "-o", file);
        Cli.Fails(2, "training images", "quantize", _float, "--images", "100000000", "-o", file);
        Cli.Fails(2, "--iterations belongs to --adaround", "quantize", _float, "--iterations", "10", "-o", file);
        Cli.Fails(2, "iterations is 0", "quantize", _float, "--adaround", "--iterations", "0", "-o", file);
        Cli.Fails(2, "percentile", "quantize", _float, "--percentile", "0", "-o", file);
        Cli.Fails(2, "AdaRound", "quantize", _float, "--adaround", "--weight-correction", "-o", file);
        Cli.Fails(2, ".lbc", "quantize", _float, "-o", _folder.File("q.lbq"));
        Cli.Fails(3, "no folder", "quantize", _float, "-o", _folder.File("none/q.lbc"));
        Cli.Fails(3, "no file", "quantize", _folder.File("nothing.lbc"), "-o", file);
        Cli.Fails(2, "--model", "quantize", _folder.Write("w.safetensors", "x"), "-o", file);
        Assert.Equal(0, Cli.Run("quantize", _float, "--images", "64", "-o", file).Code);
        Cli.Fails(2, "needs a float one", "quantize", file, "-o", _folder.File("again.lbc"));
        Assert.Equal(0, Cli.Run("export", file, "-o", _folder.File("q.lbq")).Code);
        Cli.Fails(2, "integer model already", "quantize", _folder.File("q.lbq"), "-o", file);
        Assert.False(File.Exists(_folder.File("again.lbc")));
    }

    private static double Accuracy(string file)
    {
        (int code, JsonElement document) = Cli.Json("eval", file, "--images", "400");
        Assert.Equal(0, code);
        return document.GetProperty("accuracy").GetDouble();
    }
}
