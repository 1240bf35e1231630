using System.Text.Json;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

public class BenchTrainCommandTests
{
    [Fact]
    public void A_step_is_measured_in_float_and_quantized_and_its_time_explained()
    {
        (int code, JsonElement document) = Cli.Json("bench", "train", "resnet8", "--batch", "4", "--rounds", "5", "--pairs", "w2a3", "--threads", "2", "--profile");
        Assert.Equal((0, 2, 4), (code, document.GetProperty("threads").GetInt32(), document.GetProperty("batch").GetInt32()));
        JsonElement[] rows = [.. document.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["fp32", "lsq w2a3"], rows.Select(row => row.GetProperty("mode").GetString()));
        foreach (JsonElement row in rows)
        {
            Assert.True(row.GetProperty("imagesPerSecond").GetDouble() >= row.GetProperty("medianImagesPerSecond").GetDouble());
            Assert.True(row.GetProperty("peakMiB").GetDouble() > 0.1);
            Assert.Contains(row.GetProperty("operations").EnumerateArray(), o => o.GetProperty("operation").GetString()!.StartsWith("conv+bn+", StringComparison.Ordinal));
            double share = row.GetProperty("operations").EnumerateArray().Sum(o => o.GetProperty("percentOfStep").GetDouble());
            Assert.InRange(share, 97, 103);
        }

        // Forward once, backward twice but to the picture: the arithmetic that a ResNet-8 has, whoever measures it.
        const double Stem = 2.0 * 32 * 32 * 16 * 27, First = 2.0 * 32 * 32 * 16 * 144, Down = 2.0 * 16 * 16 * 32 * 144, Second = 2.0 * 16 * 16 * 32 * 288;
        double forward = Stem + (2 * First) + Down + Second + (2.0 * 8 * 8 * 64 * 288) + (2.0 * 8 * 8 * 64 * 576) + (2.0 * 64 * 10);
        double step = 4 * ((3 * forward) - Stem) / 1e9;
        Assert.All(rows, row => Assert.Equal(step, row.GetProperty("stepGflop").GetDouble(), 0.001 + (1e-3 * step)));
    }

    [Theory]
    [InlineData("resnet21", "6n + 2")]
    [InlineData("lenet", "lenet5")]
    public void An_unknown_model_is_refused(string model, string hint) => Cli.Fails(2, hint, "bench", "train", model);

    [Fact]
    public void Threads_are_one_unless_asked_for_and_zero_is_one_on_each_processor()
    {
        string[] args = ["bench", "train", "mlp", "--batch", "2", "--rounds", "5"];
        Assert.Equal(1, Cli.Json(args).Document.GetProperty("threads").GetInt32());
        Assert.Equal(Environment.ProcessorCount, Cli.Json([.. args, "--threads", "0"]).Document.GetProperty("threads").GetInt32());
    }

    [Fact]
    public void An_absurd_batch_is_refused() => Cli.Fails(2, "--batch", "bench", "train", "resnet20", "--batch", "0");

    [Fact]
    public void Too_few_rounds_are_refused() => Cli.Fails(2, "--rounds", "bench", "train", "resnet20", "--rounds", "1");
}
