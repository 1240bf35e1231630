using System.Runtime.CompilerServices;
using Xunit;

namespace LowBit.Search.Tests;

public class SearchExampleTests
{
    [Fact]
    public void The_example_finds_the_optimum_and_leaves_a_file_that_loads()
    {
        string file = Path.Combine(Path.GetTempPath(), $"lowbit-search-example-{Environment.ProcessId}.bin");
        try
        {
            double[] best = SearchExample.Run(x => x.Take(3).Sum(v => (v - 2) * (v - 2)) + Math.Abs(x[3] - 3) + Math.Abs(x[4] - 8) + Math.Abs(x[5] - 2), file);
            Assert.Equal([3.0, 8, 2], best[3..]);
            Assert.All(best[..3], v => Assert.Equal(2, v, 4));
            Assert.Equal(best, OptimizerFile.Load(file).BestPoint);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_page_shows_the_program_that_is_tested()
    {
        string source = File.ReadAllText(Path.Combine(Folder(), "SearchExample.cs"));
        int from = source.IndexOf("// example begin", StringComparison.Ordinal), to = source.IndexOf("// example end", StringComparison.Ordinal);
        string page = File.ReadAllText(Path.Combine(Folder(), "..", "..", "docs", "search.md"));
        foreach (string line in source[from..to].Split('\n').Skip(1).Select(text => text.Trim()).Where(text => text.Length > 0))
        {
            Assert.Contains(line, page, StringComparison.Ordinal);
        }
    }

    private static string Folder([CallerFilePath] string self = "") => Path.GetDirectoryName(self)!;
}
