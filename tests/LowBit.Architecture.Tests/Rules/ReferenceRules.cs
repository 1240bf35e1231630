using System.Xml.Linq;
using Xunit;

namespace LowBit.Architecture.Tests.Rules;

/// <summary>A project exists only where a dependency rule must be enforced; these are the rules.</summary>
public class ReferenceRules
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["LowBit.Kernels"] = [],
        ["LowBit.Runtime"] = ["LowBit.Kernels"],
        ["LowBit.Tensors"] = ["LowBit.Kernels"],
        ["LowBit.Quantization"] = ["LowBit.Tensors"],
        ["LowBit.Nn"] = ["LowBit.Quantization", "LowBit.Runtime"],
        ["LowBit.Data"] = [],
        ["LowBit.Search"] = [],
        ["LowBit.Methods"] = ["LowBit.Nn", "LowBit.Search"],
        ["LowBit.Interchange"] = ["LowBit.Nn", "LowBit.Runtime"],
    };

    private static readonly Dictionary<string, string[]> s_packages = new()
    {
        ["LowBit.Kernels"] = [],
        ["LowBit.Runtime"] = [],
        ["LowBit.Data"] = [],
        ["LowBit.Search"] = [],
    };

    [Fact]
    public void Projects_reference_only_what_the_design_allows()
    {
        foreach ((string name, string[] allowed) in s_allowed)
        {
            string[] actual = [.. Items(name, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];
            Assert.True(actual.All(allowed.Contains), $"{name} references {string.Join(", ", actual)}; allowed are {string.Join(", ", allowed)}");
        }
    }

    [Fact]
    public void The_lowest_layers_need_no_package()
    {
        foreach ((string name, string[] allowed) in s_packages)
        {
            string[] actual = [.. Items(name, "PackageReference")];
            Assert.True(actual.All(allowed.Contains), $"{name} needs the packages {string.Join(", ", actual)}; it must do without");
        }
    }

    [Fact]
    public void Every_library_of_the_table_is_in_the_solution()
    {
        string solution = SourceTree.Text("LowBit.sln");
        foreach (string project in SourceTree.Projects())
        {
            Assert.Contains(Path.GetFileName(project), solution, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> Items(string project, string item)
    {
        string file = SourceTree.Projects().Single(path => Path.GetFileNameWithoutExtension(path) == project);
        return XDocument.Parse(SourceTree.Text(file)).Descendants(item).Select(element => (string?)element.Attribute("Include") ?? "");
    }
}
