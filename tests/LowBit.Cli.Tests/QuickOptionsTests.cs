using LowBit.Bench.Quick;
using LowBit.Kernels.Isas;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Cli.Tests;

/// <summary>The arguments of the benchmark program's quick mode: whatever is wrong is one sentence, before anything is measured.</summary>
public class QuickOptionsTests
{
    private static readonly string s_list = Path.Combine(RepositoryPaths.Root, "bench", "shapes", "conv.txt");

    [Fact]
    public void Options_are_read()
    {
        QuickOptions options = QuickOptions.Parse(["conv", "--shapes", s_list, "--isa", "VECTOR128", "--threads", "3", "--rounds", "7"]);
        Assert.Equal(new QuickOptions("conv", s_list, Isa.Vector128, 3, 7), options);
    }

    [Theory]
    [InlineData("--isa is 'foo'", "--isa", "foo")]
    [InlineData("--isa is '7'", "--isa", "7")]
    [InlineData("--isa is '1'", "--isa", "1")]
    [InlineData("no scalar vectors", "--isa", "scalar")]
    [InlineData("--threads is '0'", "--threads", "0")]
    [InlineData("--threads is '-1'", "--threads", "-1")]
    [InlineData("--threads is '99999999999'", "--threads", "99999999999")]
    [InlineData("--rounds is '0'", "--rounds", "0")]
    [InlineData("--rounds is 'many'", "--rounds", "many")]
    [InlineData("no shape list 'none'", "--shapes", "none")]
    [InlineData("'--round' is not an option", "--round", "3")]
    [InlineData("usage", "--rounds")]
    public void Wrong_arguments_are_one_sentence(string words, params string[] wrong)
    {
        FormatException failure = Assert.Throws<FormatException>(() => QuickOptions.Parse(["conv", "--shapes", s_list, .. wrong]));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }
}
