using Xunit;

namespace LowBit.Cli.Tests.Hosting;

public class CliApplicationTests
{
    [Fact]
    public void Without_a_command_the_commands_are_named() => Cli.Fails(2, "quickstart");

    [Theory]
    [InlineData("quikstart", "'quickstart'")]
    [InlineData("verfy", "'verify'")]
    public void An_unknown_command_gets_the_nearest_name(string word, string nearest) => Cli.Fails(2, nearest, word);

    [Theory]
    [InlineData("--output", "quickstart", "--outptu", "x")]
    [InlineData("--threads", "doctor", "--thread", "2")]
    [InlineData("--resume", "train", "--resum", "x")]
    [InlineData("--profile", "run", "m.lbq", "--profil", "x.png")]
    [InlineData("--offline", "eval", "x.lbc", "--oflin")]
    [InlineData("--seconds", "bench", "ceilings", "--second", "1")]
    public void An_unknown_option_gets_the_nearest_name(string nearest, params string[] args) => Cli.Fails(2, $"'{nearest}'", args);

    [Theory]
    [InlineData("run lowbit bench train --help", "bench", "train")]
    [InlineData("lowbit bench ceilings does not expect 'stray'; run lowbit bench ceilings --help", "bench", "ceilings", "stray")]
    [InlineData("lowbit bench kernels has no option '--paris'; did you mean '--pairs'", "bench", "kernels", "--paris", "w2a2")]
    [InlineData("run lowbit bench --help", "bench")]
    [InlineData("lowbit doctor does not expect 'stray'; run lowbit doctor --help", "doctor", "--json", "--tune", "x", "stray")]
    public void A_command_is_named_with_all_its_words(string words, params string[] args) => Cli.Fails(2, words, args);

    [Theory]
    [InlineData("doctor")]
    [InlineData("bench", "ceilings")]
    public void A_wrong_environment_variable_is_two(params string[] args)
    {
        (int code, string output, string error) = Cli.RunAlone("LOWBIT_ISA", "avx", args);
        Assert.Equal((2, ""), (code, output));
        Assert.Equal("error: LOWBIT_ISA=avx names no instruction set; use scalar, vector128, avx2 or avx512", error.Trim());
    }

    [Theory]
    [InlineData("--threads is -1", "doctor", "--threads", "-1")]
    [InlineData("--device gpu", "doctor", "--device", "gpu")]
    [InlineData("no device 'tpu'", "doctor", "--device", "tpu")]
    [InlineData("--threads", "doctor", "--threads", "many")]
    [InlineData("quickstart", "quickstart", "stray")]
    [InlineData("name a recipe", "train")]
    [InlineData("Required", "eval")]
    public void Wrong_usage_is_one_sentence_and_two(string words, params string[] args)
    {
        (int code, string output, string error) = Cli.Run(args);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(words, error, StringComparison.OrdinalIgnoreCase);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("eval", "nothing.lbc")]
    [InlineData("export", "nothing.lbc")]
    [InlineData("verify", "nothing.lbc")]
    [InlineData("run", "nothing.lbq", "x.png")]
    [InlineData("train", "nothing-recipe")]
    [InlineData("train", "--resume", "nothing")]
    public void A_missing_file_is_three(params string[] args) => Cli.Fails(3, "nothing", args);

    [Fact]
    public void A_stack_trace_appears_only_when_asked_for()
    {
        (int code, _, string error) = Cli.Run("eval", "nothing.lbc", "--verbose");
        Assert.Equal(3, code);
        Assert.Contains("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_goes_to_stdout_with_zero()
    {
        (int code, string output, string error) = Cli.Run("train", "--help");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("--resume", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Offline_and_missing_data_is_three()
    {
        using var folder = new TemporaryFolder();
        string recipe = folder.Write("r.json", """{ "name": "r", "data": { "set": "mnist" } }""");
        Cli.Fails(3, "--offline", "train", recipe, "--offline", "--data-dir", folder.Path, "--output", folder.File("out"));
        Assert.False(Directory.Exists(folder.File("out")));
    }

    [Theory]
    [InlineData("damaged.lbq", "run")]
    [InlineData("damaged.lbq", "eval")]
    [InlineData("damaged.lbc", "eval")]
    [InlineData("damaged.lbc", "export")]
    [InlineData("damaged.lbc", "verify")]
    [InlineData("damaged.safetensors", "eval")]
    [InlineData("damaged.bin", "eval")]
    public void A_damaged_file_is_three(string name, string command)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write(name, [.. "LBQ or LBCHKPT1, but only almost"u8]);
        string[] rest = command == "run" ? ["x.png"] : name.EndsWith("tensors", StringComparison.Ordinal) ? ["--data", "glyphs", "--model", "resnet20", "--mean", "0.5", "--std", "0.2"] : [];
        Cli.Fails(3, name, [command, file, .. rest]);
    }

    [Fact]
    public void A_damaged_recipe_is_three_and_a_wrong_setting_two()
    {
        using var folder = new TemporaryFolder();
        Cli.Fails(3, "r.json", "train", folder.Write("r.json", "{ \"name\": "));
        string good = folder.Write("g.json", """{ "name": "g" }""");
        Cli.Fails(2, "learningRate", "train", good, "--set", "optimizer.learninRate=1");
        Cli.Fails(2, "weightBits", "train", good, "--set", "quantization.weightBits=9");
    }
}
