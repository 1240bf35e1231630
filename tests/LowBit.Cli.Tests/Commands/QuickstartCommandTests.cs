using System.Text.Json;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

public class QuickstartCommandTests
{
    /// <summary>Also the proof that Glyphs is learnable: a LeNet passes 98 %.</summary>
    [Fact]
    [Trait("Category", "Slow")]
    public void Quickstart_keeps_its_promises()
    {
        using var folder = new TemporaryFolder();
        (int code, JsonElement document) = Cli.Json("quickstart", "--output", folder.File("q"));
        double Number(string name) => document.GetProperty(name).GetDouble();
        Assert.Equal(0, code);
        Assert.InRange(Number("floatAccuracy"), 0.98, 1);
        Assert.InRange(Number("quantizedAccuracy"), Number("floatAccuracy") - 0.01, 1);
        Assert.Equal(Number("simulatedAccuracy"), Number("integerAccuracy"));
        Assert.Equal(0, Number("mismatches"));
        Assert.InRange(Number("integerBytes"), 1, Number("floatBytes") / 5);
        Assert.All(document.GetProperty("files").EnumerateArray(), file => Assert.True(File.Exists(file.GetString()), file.GetString()));
        Assert.Contains("<svg", File.ReadAllText(folder.File("q/report.html")), StringComparison.Ordinal);
    }
}
