using System.Text.Json;
using LowBit.Kernels.Isas;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

public class DoctorCommandTests
{
    [Fact]
    public void The_document_names_the_instruction_set_and_the_kernels()
    {
        using var folder = new TemporaryFolder();
        (int code, JsonElement document) = Cli.Json("doctor", "--data-dir", folder.Path);
        Assert.Equal(0, code);
        string isa = CpuFeatures.Word(CpuFeatures.Best);
        Assert.Equal(isa, document.GetProperty("isa").GetString());
        Assert.True(document.GetProperty("features").GetArrayLength() > 0);
        Assert.True(document.GetProperty("warnings").GetArrayLength() > 0);
        Assert.Equal(folder.Path, document.GetProperty("dataFolder").GetString());
        Assert.False(document.GetProperty("data").GetProperty("mnist").GetBoolean());
        Assert.All(document.GetProperty("kernels").EnumerateObject(), kernel => Assert.EndsWith("__" + isa, kernel.Value.GetString(), StringComparison.Ordinal));
    }
}
