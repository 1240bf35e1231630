using System.Text.RegularExpressions;
using Xunit;

namespace LowBit.Architecture.Tests.Rules;

/// <summary>Rules that a compiler does not check.</summary>
public partial class SourceRules
{
    [Fact]
    public void Unsafe_code_lives_in_the_kernels_only()
    {
        var guilty = SourceTree.CSharpFiles("src", "tools")
            .Where(file => SourceTree.Lines(file).Any(line => UnsafeCode().IsMatch(StripComment(line))))
            .ToList();
        Assert.True(guilty.Count == 0, $"unsafe code outside kernels/: {string.Join(", ", guilty)}");
    }

    [Fact]
    public void Folder_is_namespace()
    {
        foreach (string file in SourceTree.CSharpFiles())
        {
            Match match = NamespaceLine().Match(SourceTree.Text(file));
            if (!match.Success)
            {
                continue; // top-level statements
            }

            string[] parts = file.Split('/');
            string expected = string.Join('.', parts[1..^1]);
            Assert.True(match.Groups[1].Value == expected, $"{file} declares {match.Groups[1].Value}, its folder says {expected}");
        }
    }

    [Fact]
    public void Test_folders_mirror_product_folders()
    {
        foreach (string file in SourceTree.CSharpFiles("tests"))
        {
            string[] parts = file.Split('/');
            string project = parts[1].Replace(".Tests", "", StringComparison.Ordinal);
            if (!parts[1].EndsWith(".Tests", StringComparison.Ordinal) || project == "LowBit.Architecture" || parts.Length < 4)
            {
                continue;
            }

            string folder = string.Join('/', parts[2..^1]);
            bool exists = new[] { "kernels", "src", "tools" }.Any(area => SourceTree.Exists($"{area}/{project}/{folder}"));
            Assert.True(exists, $"{file} tests a folder '{folder}' that {project} does not have");
        }
    }

    [Fact]
    public void No_unfinished_words_in_product_code()
    {
        foreach (string file in SourceTree.CSharpFiles("kernels", "src", "tools"))
        {
            Assert.False(Unfinished().IsMatch(SourceTree.Text(file)), $"{file} holds an unfinished part");
        }
    }

    [Fact]
    public void One_public_type_per_file()
    {
        foreach (string file in SourceTree.CSharpFiles("kernels", "src"))
        {
            int count = PublicType().Count(SourceTree.Text(file));
            Assert.True(count <= 1, $"{file} declares {count} public types");
        }
    }

    [Fact]
    public void No_regions()
    {
        foreach (string file in SourceTree.CSharpFiles())
        {
            Assert.DoesNotContain(SourceTree.Lines(file), line => line.TrimStart().StartsWith("#region", StringComparison.Ordinal));
        }
    }

    private static string StripComment(string line)
    {
        int at = line.IndexOf("//", StringComparison.Ordinal);
        return at < 0 ? line : line[..at];
    }

    [GeneratedRegex(@"\bunsafe\b|\bUnsafe\.")]
    private static partial Regex UnsafeCode();

    [GeneratedRegex(@"^namespace ([A-Za-z0-9_.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^public [a-z ]*\b(class|struct|interface|enum|record|delegate)\b", RegexOptions.Multiline)]
    private static partial Regex PublicType();
}
