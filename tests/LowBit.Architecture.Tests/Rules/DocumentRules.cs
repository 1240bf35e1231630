using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace LowBit.Architecture.Tests.Rules;

/// <summary>Documents name files, and the files exist.</summary>
public partial class DocumentRules
{
    private static readonly string[] s_tops = ["kernels/", "src/", "tools/", "tests/", "bench/", "docs/", "recipes/", "eng/", ".ci/"];

    [Fact]
    public void Files_named_in_documents_exist()
    {
        int named = 0;
        foreach (string document in Documents())
        {
            foreach (Match match in Quoted().Matches(SourceTree.Text(document)))
            {
                string path = match.Groups[1].Value.TrimEnd('/');
                if (s_tops.Any(top => path.StartsWith(top, StringComparison.Ordinal)) && !path.Contains('*', StringComparison.Ordinal))
                {
                    named++;
                    Assert.True(SourceTree.Exists(path), $"{document} names `{path}`, which does not exist");
                }
            }
        }

        Assert.True(named > 0, "no document names a file");
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        foreach (string document in Documents())
        {
            string folder = Path.GetDirectoryName(document) ?? "";
            foreach (Match match in Link().Matches(SourceTree.Text(document)))
            {
                string target = match.Groups[1].Value;
                if (!target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
                {
                    string path = Path.Combine(folder, target.Split('#')[0]);
                    Assert.True(SourceTree.Exists(path), $"{document} links to {target}, which does not exist");
                }
            }
        }
    }

    [Fact]
    public void Test_settings_are_well_formed()
    {
        IReadOnlyList<string> files = SourceTree.Files("*.runsettings", "eng");
        Assert.Equal(2, files.Count);
        foreach (string file in files)
        {
            Assert.Equal("RunSettings", XDocument.Parse(SourceTree.Text(file)).Root!.Name.LocalName);
        }
    }

    private static List<string> Documents()
    {
        List<string> documents = [.. SourceTree.Files("*.md", "docs")];
        documents.AddRange(new[] { "README.md", "CONTRIBUTING.md" }.Where(SourceTree.Exists));
        return documents;
    }

    [GeneratedRegex("`([A-Za-z0-9_./*{}-]+/[A-Za-z0-9_./*{}-]*)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
