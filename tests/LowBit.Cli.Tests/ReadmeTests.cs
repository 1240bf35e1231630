using LowBit.TestKit;
using Xunit;

namespace LowBit.Cli.Tests;

public class ReadmeTests
{
    [Fact]
    public void The_program_learns_and_runs_as_integers()
    {
        using var folder = new TemporaryFolder();
        int correct = ReadmeProgram.Run(Path.Combine(folder.Path, "glyphs.lbq"));
        Assert.InRange(correct, 8_000 * 6 / 10, 8_000);
    }

    [Fact]
    public void The_readme_shows_the_program_that_is_tested()
    {
        string source = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "tests", "LowBit.Cli.Tests", "ReadmeProgram.cs"));
        int from = source.IndexOf("// README begin", StringComparison.Ordinal), to = source.IndexOf("// README end", StringComparison.Ordinal);
        string readme = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md"));
        foreach (string line in source[from..to].Split('\n').Skip(1).Select(text => text.Trim()).Where(text => text.Length > 0))
        {
            Assert.Contains(line, readme, StringComparison.Ordinal);
        }
    }
}
