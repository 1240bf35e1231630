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
        Assert.Contains("GPU", Assert.Single(document.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal(folder.Path, document.GetProperty("dataFolder").GetString());
        Assert.False(document.GetProperty("data").GetProperty("mnist").GetBoolean());
        Assert.All(document.GetProperty("kernels").EnumerateObject(), kernel => Assert.Contains("__" + isa + " (", kernel.Value.GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_so_by_design_does_not_stand_in_the_way()
    {
        using var folder = new TemporaryFolder();
        (_, JsonElement document) = Cli.Json("doctor", "--data-dir", folder.Path);
        (_, string output, _) = Cli.Run("doctor", "--data-dir", folder.Path);
        Assert.DoesNotContain(document.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("GPU", StringComparison.Ordinal));
        Assert.Equal(document.GetProperty("warnings").GetArrayLength() == 0, output.Contains("nothing stands in the way", StringComparison.Ordinal));
        Assert.Contains("note: this build has no GPU device", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_a_limit_that_limits_is_warned_of()
    {
        using var folder = new TemporaryFolder();
        string Doctor(Isa isa)
        {
            (int code, string output, string error) = Cli.RunAlone(CpuFeatures.LimitVariable, CpuFeatures.Word(isa), "doctor", "--data-dir", folder.Path);
            Assert.True(code == 0, error);
            return output;
        }

        Assert.DoesNotContain(CpuFeatures.LimitVariable, Doctor(CpuFeatures.Widest), StringComparison.Ordinal);
        if (CpuFeatures.Widest > Isa.Scalar)
        {
            Assert.Contains("warning: LOWBIT_ISA=scalar limits", Doctor(Isa.Scalar), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Interrupted_tuning_keeps_what_was_measured()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        using var error = new CancellingWriter("[3/4]", stop);
        var host = new LowBit.Cli.Hosting.CliHost(TextWriter.Null, error, false, false, false, stop.Token);
        string? before = Environment.GetEnvironmentVariable(CostTable.FileVariable);
        Environment.SetEnvironmentVariable(CostTable.FileVariable, folder.File("costs.txt"));
        try
        {
            Assert.Equal(130, LowBit.Cli.Hosting.CliApplication.Run(["doctor", "--tune", trained.ModelFile], host));
            Assert.True(CostTable.Load(folder.File("costs.txt")).Count >= 2);
        }
        finally
        {
            Environment.SetEnvironmentVariable(CostTable.FileVariable, before);
        }
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
