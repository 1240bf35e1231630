using System.Text.Json;
using LowBit.Data.Images;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Tuning;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

public class DoctorCommandTests(TrainedFixture trained) : IClassFixture<TrainedFixture>
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
        Assert.All(document.GetProperty("kernels").EnumerateObject(), kernel => Assert.Contains("__" + isa + " (", kernel.Value.GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Tuning_a_model_writes_a_table_that_run_follows()
    {
        using var folder = new TemporaryFolder();
        string? before = Environment.GetEnvironmentVariable(CostTable.FileVariable);
        Environment.SetEnvironmentVariable(CostTable.FileVariable, folder.File("costs.txt"));
        try
        {
            (int code, JsonElement tuned) = Cli.Json("doctor", "--tune", trained.ModelFile);
            Assert.Equal((0, folder.File("costs.txt")), (code, tuned.GetProperty("file").GetString()));
            Assert.Equal(4, tuned.GetProperty("layers").GetInt32());
            Assert.True(tuned.GetProperty("measurements").GetInt32() >= 4);
            Assert.Equal(tuned.GetProperty("measurements").GetInt32(), CostTable.Load(folder.File("costs.txt")).Count);
            string picture = folder.Write("a.png", PngWriter.Encode(new RasterImage(28, 28, 1, new byte[28 * 28])));
            (code, JsonElement ran) = Cli.Json("run", trained.ModelFile, picture, "--profile");
            Assert.Equal(0, code);
            List<string> reasons = [.. ran.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("reason").GetString()!).Where(reason => reason.Length > 0)];
            Assert.Equal(4, reasons.Count);
            Assert.All(reasons, reason => Assert.StartsWith("measured", reason, StringComparison.Ordinal));
            Cli.Fails(3, "nothing.lbq", "doctor", "--tune", folder.File("nothing.lbq"));
            Environment.SetEnvironmentVariable(CostTable.FileVariable, "off");
            Cli.Fails(2, CostTable.FileVariable, "doctor", "--tune", trained.ModelFile);
        }
        finally
        {
            Environment.SetEnvironmentVariable(CostTable.FileVariable, before);
        }
    }
}
