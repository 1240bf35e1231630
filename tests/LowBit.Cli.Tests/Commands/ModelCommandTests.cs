using System.Text.Json;
using LowBit.Nn.Checkpoints;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

/// <summary>train, eval, export, run and verify on one small model: the JSON that they promise, and that they agree.</summary>
public class ModelCommandTests(TrainedFixture trained) : IClassFixture<TrainedFixture>
{
    [Fact]
    public void Eval_gives_the_same_accuracy_for_checkpoint_and_engine_as_verify()
    {
        (int code, JsonElement verified) = Cli.Json("verify", trained.RunFolder, "--images", "300");
        Assert.Equal(0, code);
        Assert.All(verified.GetProperty("nodes").EnumerateArray(), node => Assert.Equal(0, node.GetProperty("mismatches").GetInt64()));
        Assert.True(verified.GetProperty("nodes").GetArrayLength() >= 6);
        (_, JsonElement integers) = Cli.Json("eval", trained.ModelFile, "--images", "300");
        double accuracy = integers.GetProperty("accuracy").GetDouble();
        Assert.Equal(300, integers.GetProperty("images").GetInt32());
        Assert.True(integers.GetProperty("imagesPerSecond").GetDouble() > 0);
        Assert.Equal(accuracy, verified.GetProperty("accuracyInteger").GetDouble());
        Assert.Equal(accuracy, verified.GetProperty("accuracySimulated").GetDouble());

        // Well above chance (0.1 ± 0.017 for 300 images), so that agreement means something.
        Assert.InRange(accuracy, 0.4, 1);
        (_, JsonElement floats) = Cli.Json("eval", trained.RunFolder, "--images", "300");
        Assert.InRange(Math.Abs(floats.GetProperty("accuracy").GetDouble() - accuracy), 0, 0.02);
    }

    [Theory]
    [InlineData("all", 1)]
    [InlineData("scalar", 2)]
    public void Verify_finds_no_mismatch_on_any_instruction_set(string isa, int threads)
    {
        (int code, JsonElement verified) = Cli.Json("verify", trained.RunFolder, "--images", "60", "--isa", isa, "--threads", $"{threads}");
        Assert.Equal((0, 0L), (code, verified.GetProperty("mismatches").GetInt64()));
    }

    [Fact]
    public void Export_lists_the_layers_with_weights()
    {
        using var folder = new TemporaryFolder();
        (int code, JsonElement exported) = Cli.Json("export", trained.RunFolder, "-o", folder.File("m.lbq"));
        Assert.Equal(0, code);
        Assert.Equal(new FileInfo(folder.File("m.lbq")).Length, exported.GetProperty("bytes").GetInt64());
        Assert.Equal(File.ReadAllBytes(trained.ModelFile), File.ReadAllBytes(folder.File("m.lbq")));
        List<JsonElement> layers = [.. exported.GetProperty("layers").EnumerateArray()];
        Assert.Equal(["conv1", "conv2", "fc1", "fc2"], layers.Select(layer => layer.GetProperty("name").GetString()));
        Assert.Equal([8, 4, 4, 8], layers.Select(layer => layer.GetProperty("weightBits").GetInt32()));
        Assert.Equal([8, 4, 4, 8], layers.Select(layer => layer.GetProperty("activationBits").GetInt32()));
        Assert.All(layers, layer => Assert.Contains("_w", layer.GetProperty("kernel").GetString(), StringComparison.Ordinal));
        Assert.True(exported.GetProperty("folds").GetArrayLength() > layers.Count);
    }

    [Fact]
    public void Export_writes_float_weights_for_other_tools()
    {
        using var folder = new TemporaryFolder();
        (int code, JsonElement exported) = Cli.Json("export", trained.RunFolder, "-o", folder.File("m.safetensors"));
        Assert.Equal(0, code);
        using var file = LowBit.Interchange.Safetensors.SafetensorsReader.Open(folder.File("m.safetensors"));
        Assert.Equal([8, 4, 5, 5], file.Find("conv2.weight").Shape);
        Assert.Equal(new FileInfo(folder.File("m.safetensors")).Length, exported.GetProperty("bytes").GetInt64());
        Assert.Equal(file.Entries.Sum(entry => 4L * entry.Length), exported.GetProperty("weightBytes").GetInt64());
    }

    [Fact]
    public void Export_refuses_what_it_cannot_do_and_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        Cli.Fails(2, ".lbq", "export", trained.RunFolder, "-o", folder.File("m.onnx"));
        Cli.Fails(3, "no folder", "export", trained.RunFolder, "-o", folder.File("none/m.lbq"));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Run_answers_pictures_and_records()
    {
        using var folder = new TemporaryFolder();
        byte[] blank = LowBit.Data.Images.PngWriter.Encode(new LowBit.Data.Images.RasterImage(28, 28, 1, new byte[784]));
        byte[] large = LowBit.Data.Images.PngWriter.Encode(new LowBit.Data.Images.RasterImage(40, 50, 3, new byte[6000]));
        byte[] idx = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[2 * 784]];
        string picture = folder.Write("a.png", blank);
        string records = folder.Write("b.idx3", idx);
        (int code, JsonElement ran) = Cli.Json("run", trained.ModelFile, picture, records + "#1", records, "--profile");
        Assert.Equal(0, code);
        List<JsonElement> outputs = [.. ran.GetProperty("outputs").EnumerateArray()];
        Assert.Equal([picture, records + "#1", records + "#0", records + "#1"], outputs.Select(output => output.GetProperty("image").GetString()));

        // All four are the same black picture.
        Assert.All(outputs, output => Assert.Equal(outputs[0].GetProperty("logits").ToString(), output.GetProperty("logits").ToString()));
        Assert.True(ran.GetProperty("millisecondsPerImage").GetDouble() > 0);
        Assert.True(ran.GetProperty("layers").GetArrayLength() >= 6);
        string[] profile = Cli.Run("run", trained.ModelFile, picture, "--profile").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ran.GetProperty("layers").GetArrayLength() + 2, profile.Length);
        Cli.Fails(3, "--resize", "run", trained.ModelFile, folder.Write("c.png", large));
        Assert.Equal(0, Cli.Run("run", trained.ModelFile, folder.File("c.png"), "--resize").Code);
        Cli.Fails(2, "no record 2", "run", trained.ModelFile, records + "#2");
        Cli.Fails(2, "leave #3 out", "run", trained.ModelFile, picture + "#3");
        byte[] empty = [.. idx[..4], 0, 0, 0, 0, .. idx[8..16]];
        Cli.Fails(3, "holds no image", "run", trained.ModelFile, folder.Write("e.idx3", empty));
        Cli.Fails(3, "holds no image", "run", trained.ModelFile, folder.File("e.idx3") + "#0");
        Cli.Fails(3, "truncated", "run", trained.ModelFile, folder.Write("d.png", blank[..60]));
    }

    [Fact]
    public void Counts_of_images_outside_their_range_are_refused()
    {
        Cli.Fails(2, "--batch is 1000000", "eval", trained.RunFolder, "--batch", "1000000");
        Cli.Fails(2, "--batch is 0", "eval", trained.ModelFile, "--batch", "0");
        Cli.Fails(2, "--images is -5", "eval", trained.ModelFile, "--images", "-5");
        Cli.Fails(2, "--images is -5", "verify", trained.RunFolder, "--images", "-5");
    }

    [Fact]
    public void Data_of_another_size_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("a"));
        for (int i = 0; i < 10; i++)
        {
            folder.Write($"a/{i}.png", LowBit.Data.Images.PngWriter.Encode(new LowBit.Data.Images.RasterImage(8, 8, 1, new byte[64])));
        }

        Cli.Fails(2, "28x28x1", "eval", trained.RunFolder, "--data", "folder:" + folder.Path);
        Cli.Fails(2, "28x28x1", "eval", trained.ModelFile, "--data", "folder:" + folder.Path);
        Cli.Fails(2, "28x28x1", "verify", trained.RunFolder, "--data", "folder:" + folder.Path);
    }

    [Fact]
    public void Weights_that_are_no_numbers_are_refused_by_every_command()
    {
        using var folder = new TemporaryFolder();
        Checkpoint checkpoint = CheckpointFile.Read(Path.Combine(trained.RunFolder, "last.lbc"));
        checkpoint.Tensors["model/conv2.weight"].Data[7] = float.NaN;
        string file = folder.File("nan.lbc");
        CheckpointFile.Write(file, checkpoint);
        foreach (string command in new[] { "eval", "export", "verify" })
        {
            Cli.Fails(3, "conv2.weight", command, file);
        }

        Assert.Equal([file], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_float_model_has_no_integer_form()
    {
        using var folder = new TemporaryFolder();
        string output = folder.File("float");
        Assert.Equal(0, Cli.Run("train", trained.RecipeFile, "--set", "quantization=null", "--set", "training.epochs=1", "--output", output).Code);
        Cli.Fails(2, "quantization", "export", output);
        Cli.Fails(2, "quantization", "verify", output);
    }

    [Fact]
    public void A_run_is_not_overwritten_unawares()
    {
        Cli.Fails(2, "--resume", "train", trained.RecipeFile, "--output", trained.RunFolder);
        Cli.Fails(2, "not both", "train", trained.RecipeFile, "--resume", trained.RunFolder);
    }

    [Fact]
    public void An_interrupted_run_is_saved_and_ends_like_an_uninterrupted_one()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        using var error = new CancellingWriter("epoch 1/2", stop);
        var host = new LowBit.Cli.Hosting.CliHost(TextWriter.Null, error, false, false, false, stop.Token);
        string output = folder.File("run");
        Assert.Equal(130, LowBit.Cli.Hosting.CliApplication.Run(["train", trained.RecipeFile, "--output", output, "--threads", "1"], host));
        Assert.Equal(1, CheckpointFile.Read(Path.Combine(output, "last.lbc")).Position!.Epoch);
        (int code, JsonElement resumed) = Cli.Json("train", "--resume", output, "--threads", "2");
        Assert.Equal((0, 2), (code, resumed.GetProperty("epochs").GetInt32()));
        Assert.InRange(resumed.GetProperty("bestAccuracy").GetDouble(), resumed.GetProperty("finalAccuracy").GetDouble(), 1);
        Assert.True(File.Exists(resumed.GetProperty("checkpoint").GetString()));
        Checkpoint whole = CheckpointFile.Read(Path.Combine(trained.RunFolder, "last.lbc"));
        Checkpoint parts = CheckpointFile.Read(Path.Combine(output, "last.lbc"));
        Assert.Equal(whole.Tensors.Keys, parts.Tensors.Keys);
        Assert.All(whole.Tensors, tensor => Assert.Equal(tensor.Value.Data, parts.Tensors[tensor.Key].Data));
        Assert.Equal(2, File.ReadAllLines(Path.Combine(output, "metrics.jsonl")).Length);
    }

    [Fact]
    public void A_file_gets_no_escape_sequences()
    {
        foreach (string[] args in new string[][] { ["doctor"], ["export", trained.RunFolder, "-o", trained.ModelFile], ["eval", trained.ModelFile, "--images", "50"] })
        {
            (int code, string output, string error) = Cli.Run(args);
            Assert.Equal(0, code);
            Assert.NotEmpty(output);
            Assert.DoesNotContain('\u001b', output + error);
        }
    }
}
