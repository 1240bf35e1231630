using Xunit;
using Xunit.Abstractions;

namespace LowBit.Architecture.Tests.Rules;

/// <summary>Size budget: printed always, failing on the hard limits.</summary>
public class SizeBudget(ITestOutputHelper output)
{
    private const int FileLimit = 600;
    private const int FileLimitKernelsAndTests = 800;
    private const int MethodLimit = 120;
    private const int MethodLimitKernels = 160;
    private const int FolderLimit = 40;

    [Fact]
    public void Files_stay_small()
    {
        var sizes = new List<int>();
        foreach (string file in SourceTree.CSharpFiles())
        {
            int lines = SourceTree.Lines(file).Length;
            sizes.Add(lines);
            int limit = IsKernelOrTest(file) ? FileLimitKernelsAndTests : FileLimit;
            Assert.True(lines <= limit, $"{file} has {lines} lines, the limit is {limit}");
        }

        sizes.Sort();
        output.WriteLine($"{sizes.Count} files, {sizes.Sum()} lines, median {Quantile(sizes, 0.5)}, p90 {Quantile(sizes, 0.9)}, max {sizes[^1]}");
        Assert.NotEmpty(sizes);
    }

    [Fact]
    public void Methods_stay_small()
    {
        var sizes = new List<int>();
        foreach (string file in SourceTree.CSharpFiles())
        {
            int limit = file.StartsWith("kernels/", StringComparison.Ordinal) ? MethodLimitKernels : MethodLimit;
            foreach ((string name, int lines) in MethodReader.Methods(SourceTree.Lines(file)))
            {
                sizes.Add(lines);
                Assert.True(lines <= limit, $"{file}: {name} has {lines} lines, the limit is {limit}");
            }
        }

        sizes.Sort();
        output.WriteLine($"{sizes.Count} methods, median {Quantile(sizes, 0.5)}, p90 {Quantile(sizes, 0.9)}, p99 {Quantile(sizes, 0.99)}, max {sizes[^1]}");
        Assert.NotEmpty(sizes);
    }

    [Fact]
    public void Folders_stay_small()
    {
        foreach (IGrouping<string, string> folder in SourceTree.CSharpFiles().GroupBy(file => file[..file.LastIndexOf('/')]))
        {
            Assert.True(folder.Count() <= FolderLimit, $"{folder.Key} holds {folder.Count()} files, the limit is {FolderLimit}");
        }
    }

    private static bool IsKernelOrTest(string file)
        => file.StartsWith("kernels/", StringComparison.Ordinal) || file.StartsWith("tests/", StringComparison.Ordinal);

    private static int Quantile(List<int> sorted, double q) => sorted[(int)(q * (sorted.Count - 1))];
}
