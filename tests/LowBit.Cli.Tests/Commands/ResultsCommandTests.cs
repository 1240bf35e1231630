using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using Xunit;

namespace LowBit.Cli.Tests.Commands;

/// <summary>Table and curves from small runs written by hand.</summary>
public class ResultsCommandTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void Rows_hold_what_the_runs_hold()
    {
        using var folder = new TemporaryFolder();
        Recipe baseline = Write(folder, "float", "null", [0.5, 0.75, 0.7]);
        Write(folder, "inner/w4a4", """{ "weightBits": 4, "activationBits": 4 }""", [0.4, 0.65, 0.7]);
        Write(folder, "empty", "null", []);
        (int code, JsonElement document) = Cli.Json("results", folder.Path);
        Assert.Equal(0, code);
        JsonElement[] rows = [.. document.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["float", "w4a4"], rows.Select(row => row.GetProperty("recipe").GetString()));
        Assert.Equal(["float32", "lsq w4a4"], rows.Select(row => row.GetProperty("bits").GetString()));
        Assert.Equal([0.75, 0.7], rows.Select(row => row.GetProperty("bestAccuracy").GetDouble()));
        Assert.Equal([2, 3], rows.Select(row => row.GetProperty("bestEpoch").GetInt32()));
        Assert.Equal([0.7, 0.7], rows.Select(row => row.GetProperty("finalAccuracy").GetDouble()));
        Assert.Equal(JsonValueKind.Null, rows[0].GetProperty("toFloat").ValueKind);
        Assert.Equal(-0.05, rows[1].GetProperty("toFloat").GetDouble(), 12);
        Assert.All(rows, row => Assert.Equal((200, 30.5, 3), (row.GetProperty("imagesPerSecond").GetInt32(), row.GetProperty("seconds").GetDouble(), row.GetProperty("epochs").GetInt32())));
        Assert.Equal(baseline.Hash(), rows[0].GetProperty("recipeHash").GetString());
        Assert.Equal("first layer w8a8, last layer w8a8, residual 8", rows[1].GetProperty("ends").GetString());
        Assert.Equal(JsonValueKind.Null, document.GetProperty("table").ValueKind);
    }

    [Fact]
    public void The_float_twin_has_the_same_normalisation_if_possible_the_same_start_and_else_the_best_accuracy()
    {
        using var folder = new TemporaryFolder();
        const string Own = """{ "mean": [0.4], "deviation": [0.2] }""", Other = """{ "mean": [0.5], "deviation": [0.2] }""", Start = "\"start.lbc\"";
        Write(folder, "a-scratch", "null", [0.5], data: Own);
        Write(folder, "b-started", "null", [0.75], data: Own, init: Start);
        Write(folder, "c-other", "null", [0.25], data: Other);
        Write(folder, "w4a4", "{}", [0.625], data: Own, init: Start);
        Write(folder, "w3a3", "{}", [0.625], data: Own, init: "\"elsewhere.lbc\"");
        Write(folder, "w2a2", "{}", [0.625], data: Other);
        (int code, JsonElement document) = Cli.Json("results", folder.Path);
        Assert.Equal(0, code);
        Dictionary<string, JsonElement> gaps = document.GetProperty("rows").EnumerateArray().ToDictionary(row => row.GetProperty("recipe").GetString()!, row => row.GetProperty("toFloat"));
        Assert.Equal(-0.125, gaps["w4a4"].GetDouble(), 12);
        Assert.Equal(-0.125, gaps["w3a3"].GetDouble(), 12);
        Assert.Equal(0.375, gaps["w2a2"].GetDouble(), 12);
    }

    [Fact]
    public void The_page_is_a_table_with_its_notes_and_picture()
    {
        using var folder = new TemporaryFolder();
        Recipe first = Write(folder, "runs/float", "null", [0.5, 0.75, 0.7]);
        Write(folder, "runs/w2a3", """{ "method": "pact", "weightBits": 2, "activationBits": 3, "lastLayerActivationBits": 5 }""", [0.4, 0.6], seconds: 4000);
        Directory.CreateDirectory(folder.File("docs"));
        string page = folder.File("docs/results.md");
        (int code, string output, _) = Cli.Run("results", folder.File("runs"), "-o", page);
        Assert.Equal(0, code);
        Assert.Contains("2 runs", output, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(page);
        string[] table = [.. lines.Where(line => line.StartsWith('|'))];
        Assert.Equal(4, table.Length);
        Assert.All(table, line => Assert.Equal(14, line.Count(c => c == '|')));
        Assert.Equal(
            $"| float | glyphs | float32 | 3 | 75.00 % (2) | 70.00 % |  | 200 | 0 min 30 s | 7 | `{first.Hash()[..8]}` | 01234567 | A |", table[2]);
        Assert.StartsWith("| w2a3 | glyphs | pact w2a3 | 2 of 3 | 60.00 % (2) | 60.00 % | -15.00 | 150 | 1 h 06 min | 7 | `", table[3], StringComparison.Ordinal);
        Assert.Contains("* All quantized runs: first layer w8a8, last layer w8a5, residual 8 bits; the image has 8.", lines);
        Assert.Contains("* Machine A: Test CPU, cpu (scalar, 1 thread).", lines);
        Assert.Equal("![Test accuracy and training loss by epoch](results.svg)", lines[^1]);

        // The same runs give the same files, byte for byte.
        string before = File.ReadAllText(page) + File.ReadAllText(folder.File("docs/results.svg"));
        Cli.Run("results", folder.File("runs"), "-o", page);
        Assert.Equal(before, File.ReadAllText(page) + File.ReadAllText(folder.File("docs/results.svg")));
        Assert.Equal(string.Join("\n", lines[..^2]) + "\n", Cli.Run("results", folder.File("runs")).Output);
    }

    [Fact]
    public void The_picture_has_a_line_for_each_run_and_value_and_tells_them_apart()
    {
        using var folder = new TemporaryFolder();
        for (int seed = 1; seed <= 11; seed++)
        {
            Write(folder, $"runs/{seed}", "null", [0.5, 0.6 + (0.01 * seed)], name: "many & more", seed: seed);
        }

        Write(folder, "runs/twin", "null", [0.5, 0.6], name: "many & more", seed: 11);
        Assert.Equal(0, Cli.Run("results", folder.File("runs"), "--curves", folder.File("c.svg")).Code);
        XElement svg = XElement.Load(folder.File("c.svg"));
        XElement[] lines = [.. svg.Descendants().Where(e => e.Name.LocalName == "polyline")];
        Assert.Equal(24, lines.Length);
        Assert.Equal(12, lines.Select(line => line.Attribute("class")!.Value).Distinct().Count());
        Assert.All(lines, line => Assert.InRange(line.Attribute("points")!.Value.Split(' ').Length, 2, 3));
        string[] names = [.. svg.Elements().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        IEnumerable<string> expected = Enumerable.Range(1, 10).Select(seed => $"many & more, seed {seed}");
        Assert.Equal(expected.Concat(["many & more, seed 11 (11)", "many & more, seed 11 (twin)"]).Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
        double height = (double)svg.Attribute("height")!;
        Assert.All(svg.Elements().Where(e => e.Name.LocalName == "text"), e => Assert.InRange((double)e.Attribute("y")!, 0, height));
        Assert.DoesNotContain("http", svg.ToString().Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Accuracies_of_earlier_stages_are_no_best_ones()
    {
        using var folder = new TemporaryFolder();
        Write(folder, "staged", """{ "weightBits": 2, "activationBits": 2, "progressive": [{ "epoch": 0, "bits": 8 }, { "epoch": 1, "bits": 2 }] }""", [0.9, 0.5, 0.6], bits: ["w8a8", "w2a2", "w2a2"]);
        (_, JsonElement document) = Cli.Json("results", folder.Path);
        Assert.Equal((0.6, 3), (document.GetProperty("rows")[0].GetProperty("bestAccuracy").GetDouble(), document.GetProperty("rows")[0].GetProperty("bestEpoch").GetInt32()));
    }

    [Fact]
    public void Runs_without_a_record_or_an_evaluation_have_rows_too()
    {
        using var folder = new TemporaryFolder();
        Recipe recipe = Write(folder, "old", "null", [0.5]);
        File.Delete(folder.File("old/run.json"));
        File.WriteAllText(folder.File("old/metrics.jsonl"), """{"epoch":1,"step":5,"trainLoss":1.5,"imagesPerSecond":10,"seconds":2}""" + "\n");
        (int code, JsonElement document) = Cli.Json("results", folder.Path);
        Assert.Equal(0, code);
        JsonElement row = document.GetProperty("rows")[0];
        Assert.Equal((recipe.Hash(), JsonValueKind.Null, 0), (row.GetProperty("recipeHash").GetString(), row.GetProperty("bestAccuracy").ValueKind, row.GetProperty("machines").GetArrayLength()));
        Assert.Contains("| old | glyphs | float32 | 1 of 3 |  |  |  | 10 |", Cli.Run("results", folder.Path, "--curves", folder.File("c.svg")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_run_is_described()
    {
        using var folder = new TemporaryFolder();
        Cli.Fails(3, "no folder", "results", folder.File("none"));
        Cli.Fails(3, "no run", "results", folder.Path);
        Write(folder, "a", "null", [0.5]);
        Cli.Fails(2, ".md", "results", folder.Path, "-o", folder.File("x.html"));
        Cli.Fails(2, ".svg", "results", folder.Path, "--curves", folder.File("x.png"));
        Cli.Fails(3, "no folder", "results", folder.Path, "-o", folder.File("none/x.md"));
        folder.Write("a/metrics.jsonl", """{"epoch":1,"trainLoss":1,"testAccuracy":7}""");
        Cli.Fails(3, "line 1", "results", folder.Path);
        Write(folder, "a", "null", [0.5]);
        folder.Write("a/run.json", "{");
        Cli.Fails(3, "run.json", "results", folder.Path);
        Write(folder, "a", "null", [0.5]);
        folder.Write("a/recipe.json", """{ "name": "a", "dat": {} }""");
        Cli.Fails(3, "did you mean 'data'", "results", folder.Path);
    }

    // A run as train leaves it: recipe, record and lines, with 100, 200 and 300 images per second in turn.
    private static Recipe Write(
        TemporaryFolder folder, string path, string quantization, double[] accuracies, string? name = null, int seed = 7, double seconds = 30.5, string[]? bits = null, string data = "{}",
        string init = "null")
    {
        name ??= Path.GetFileName(path);
        Recipe recipe = RecipeReader.Parse(
            $$"""{ "name": "run", "quantization": {{quantization}}, "data": {{data}}, "training": { "epochs": 3, "seed": {{seed}}, "init": {{init}} } }""", name);
        recipe.Name = name;
        string run = folder.File(path);
        Directory.CreateDirectory(run);
        File.WriteAllText(Path.Combine(run, "recipe.json"), recipe.ToJson());
        File.Delete(Path.Combine(run, "run.json"));
        var record = new RunRecord { Recipe = recipe.Name, RecipeHash = recipe.Hash(), Seed = (ulong)seed, Epochs = 3 };
        record.Write(run, new RunSession { Started = "2026-01-01T00:00:00Z", Commit = Commit, Machine = "Test CPU", Device = "cpu (scalar, 1 thread)" });
        var lines = new List<string>();
        for (int i = 0; i < accuracies.Length; i++)
        {
            string last = i == accuracies.Length - 1 ? seconds.ToString(CultureInfo.InvariantCulture) : $"{i}";
            string width = bits is null ? "null" : $"\"{bits[i]}\"";
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"epoch":{{i + 1}},"step":{{10 * (i + 1)}},"trainLoss":{{1.0 / (i + 1)}},"testAccuracy":{{accuracies[i]}},"bits":{{width}},"imagesPerSecond":{{100 * (i + 1)}},"seconds":{{last}}}"""));
        }

        File.WriteAllLines(Path.Combine(run, "metrics.jsonl"), lines);
        return recipe;
    }
}
