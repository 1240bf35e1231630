using System.Text.Json;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

public class BenchCeilingsCommandTests
{
    [Fact]
    public void Every_ceiling_is_measured_for_one_thread_and_for_all()
    {
        (int code, JsonElement document) = Cli.Json("bench", "ceilings", "--seconds", "0.01", "--threads", "2");
        Assert.Equal((0, 2), (code, document.GetProperty("threads").GetInt32()));
        foreach (string name in new[] { "fmaGflops", "int8Gops", "int8Int16Gops", "shuffleGlookups", "popcountGbits" })
        {
            Assert.True(document.GetProperty(name).GetProperty("oneThread").GetDouble() > 0.01, name);
            Assert.True(document.GetProperty(name).GetProperty("allThreads").GetDouble() > 0.01, name);
        }

        Assert.Equal(["l1", "l2", "l3", "memory"], document.GetProperty("readGBs").EnumerateObject().Select(level => level.Name));
    }

    [Fact]
    public void An_interrupt_ends_the_measurement()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        (int code, string output, string error) = Cli.Run(stop.Token, "bench", "ceilings", "--seconds", "60", "--threads", "1");
        Assert.Equal((130, "", "interrupted"), (code, output, error.Trim()));
    }

    [Fact]
    public void An_absurd_time_is_refused() => Cli.Fails(2, "--seconds", "bench", "ceilings", "--seconds", "0");
}
