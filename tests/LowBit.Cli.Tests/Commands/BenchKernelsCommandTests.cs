using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

public class BenchKernelsCommandTests
{
    [Fact]
    public void Every_row_is_measured_against_int8_float_and_the_ceiling()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("s.txt"), "small 1 6 6 8 16 3 1 1 1\nother 1 1 1 32 10 1 1 0 1\n");
        (int code, JsonElement document) = Cli.Json(
            "bench", "kernels", "--shapes", folder.File("s.txt"), "--pairs", "w8a8,w2a2", "--rounds", "20", "--layers", "small", "--chart", folder.File("c.svg"));
        Assert.Equal(0, code);
        List<JsonElement> rows = [.. document.GetProperty("rows").EnumerateArray()];
        Assert.All(rows, row => Assert.Equal(("small", 36, 16, 72), (Text(row, "layer"), row.GetProperty("m").GetInt32(), row.GetProperty("n").GetInt32(), row.GetProperty("k").GetInt32())));
        Assert.All(rows, row => Assert.True(row.GetProperty("gops").GetDouble() > 0 && row.GetProperty("percentOfCeiling").GetDouble() > 0, row.ToString()));
        Assert.Equal(1.0, rows.Single(row => Text(row, "pair") == "fp32").GetProperty("ratioToFp32").GetDouble());
        Assert.Equal(1.0, rows.Single(row => Text(row, "pair") == "int8").GetProperty("ratioToInt8").GetDouble());
        foreach (string pair in new[] { "w8a8", "w2a2" })
        {
            Assert.Single(rows, row => Text(row, "pair") == pair && row.GetProperty("chosen").GetBoolean());
        }

        XElement chart = XDocument.Load(folder.File("c.svg")).Root!;
        Assert.Equal(rows.Count(row => Text(row, "pair") == "fp32" || row.GetProperty("chosen").GetBoolean()) + 1, chart.Descendants().Count(e => e.Name.LocalName == "rect"));
    }

    [Fact]
    public void The_table_names_its_machine_and_units()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("s.txt"), "small 1 6 6 8 16 3 1 1 1\n");
        (int code, string output, _) = Cli.Run("bench", "kernels", "--shapes", folder.File("s.txt"), "--pairs", "w4a4", "--rounds", "20");
        Assert.Equal(0, code);
        Assert.Contains("median ms", output, StringComparison.Ordinal);
        Assert.Contains("GOP/s (int8, widened at once)", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_matrix_has_a_ratio_for_every_pair_that_was_measured()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("s.txt"), "small 1 6 6 8 16 3 1 1 1\n");
        (int code, string output, _) = Cli.Run("bench", "kernels", "--shapes", folder.File("s.txt"), "--pairs", "w4a4,w4a8,w1a1", "--rounds", "20", "--matrix");
        Assert.Equal(0, code);
        Assert.Contains("small", output, StringComparison.Ordinal);
        string[] lines = output.Split('\n');
        Assert.Matches(@"w1\s*\|\s*\d+\.\d\d", lines.Single(line => line.StartsWith("| w1 ", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Single(line => line.StartsWith("| w4 ", StringComparison.Ordinal)).Count(c => c == '.'));
        Assert.DoesNotContain(lines.Single(line => line.StartsWith("| w2 ", StringComparison.Ordinal)), c => c == '.');
    }

    [Theory]
    [InlineData()]
    [InlineData("--matrix")]
    public void A_name_with_brackets_is_shown_as_it_is(params string[] how)
    {
        using var folder = new TemporaryFolder();
        string shapes = folder.Write("s.txt", "a[0].b 1 6 6 8 16 3 1 1 1\n");
        (int code, string output, string error) = Cli.Run(["bench", "kernels", "--shapes", shapes, "--pairs", "w4a4", "--rounds", "20", .. how]);
        Assert.True(code == 0, error);
        Assert.Contains("a[0].b", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_are_one_unless_asked_for_and_zero_is_one_on_each_processor()
    {
        using var folder = new TemporaryFolder();
        string[] args = ["bench", "kernels", "--shapes", folder.Write("s.txt", "small 1 6 6 8 16 3 1 1 1\n"), "--pairs", "w4a4", "--rounds", "20"];
        Assert.Equal(1, Cli.Json(args).Document.GetProperty("threads").GetInt32());
        Assert.Equal(Environment.ProcessorCount, Cli.Json([.. args, "--threads", "0"]).Document.GetProperty("threads").GetInt32());
    }

    [Fact]
    public void More_threads_than_processors_do_not_raise_the_ceiling()
    {
        using var folder = new TemporaryFolder();
        string[] args = ["bench", "kernels", "--shapes", folder.Write("s.txt", "small 1 6 6 8 16 3 1 1 1\n"), "--pairs", "w4a4", "--rounds", "20", "--threads"];
        double Ceiling(int threads) => Cli.Json([.. args, $"{threads}"]).Document.GetProperty("fmaCeilingGflops").GetDouble();

        // Four times the threads would be four times the ceiling; half of that is far above what a busy machine changes.
        Assert.InRange(Ceiling(4 * Environment.ProcessorCount), 0.01, 2.5 * Ceiling(Environment.ProcessorCount));
    }

    [Fact]
    public void The_folder_of_the_chart_is_looked_for_before_anything_is_measured()
    {
        using var folder = new TemporaryFolder();
        Cli.Fails(3, "no folder", "bench", "kernels", "--chart", folder.File("none/c.svg"));
    }

    [Fact]
    public void Wrong_input_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("s.txt"), "small 1 6 6 8\n");
        Cli.Fails(2, "w9a1", "bench", "kernels", "--pairs", "w9a1");
        Cli.Fails(2, "--rounds", "bench", "kernels", "--rounds", "3");
        Cli.Fails(2, "nowhere", "bench", "kernels", "--layers", "nowhere");
        Cli.Fails(3, "line 1", "bench", "kernels", "--shapes", folder.File("s.txt"));
        Cli.Fails(3, "missing.txt", "bench", "kernels", "--shapes", folder.File("missing.txt"));
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;
}
