using LowBit.Cli.Hosting;
using LowBit.Nn.Training;
using Xunit;

namespace LowBit.Cli.Tests.Hosting;

public class TrainingLineTests
{
    [Fact]
    public void A_terminal_gets_a_bar_that_redraws_itself()
    {
        string text = Show(terminal: true);
        Assert.Contains("\rname  epoch 1/2 [############------------] loss 0.500  accuracy 75.0%  1000 img/s  1:05 left", text.Replace(" %", "%", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("test 80.00", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_gets_one_plain_line_per_epoch()
    {
        string text = Show(terminal: false);
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain('[', text);
        Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Show(bool terminal)
    {
        using var error = new StringWriter { NewLine = "\n" };
        var line = new TrainingLine(new CliHost(TextWriter.Null, error, terminal, terminal, false, default), "name");
        line.Report(new TrainingProgress(1, 2, 10, 10, 0.5, 0.75, 0.1, 1000, TimeSpan.FromSeconds(65), null));
        var finished = new EpochMetrics { Epoch = 1, TrainLoss = 0.5, TrainAccuracy = 0.75, TestAccuracy = 0.8, ImagesPerSecond = 1000 };
        line.Report(new TrainingProgress(1, 2, 10, 10, 0.5, 0.75, 0.1, 1000, TimeSpan.FromSeconds(65), finished));
        Assert.Same(finished, Assert.Single(line.Epochs));
        return error.ToString();
    }
}
