namespace LowBit.Cli.Tests;

/// <summary>A small quantized model, trained once by the command itself, for all tests that need one.</summary>
public sealed class TrainedFixture : IDisposable
{
    private const string Recipe = """
        {
          "name": "tiny",
          "data": { "set": "glyphs", "batch": 50, "trainImages": 1500, "testImages": 200 },
          "model": { "kind": "lenet5", "width": 4 },
          "quantization": { "method": "lsq", "weightBits": 4, "activationBits": 4 },
          "optimizer": { "kind": "adamw", "learningRate": 0.005 },
          "training": { "epochs": 2, "seed": 3 }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public TrainedFixture()
    {
        RecipeFile = _folder.Write("tiny.json", Recipe);
        RunFolder = _folder.File("tiny");
        ModelFile = _folder.File("tiny.lbq");
        (int trained, _, string error) = Cli.Run("train", RecipeFile, "--output", RunFolder);
        Xunit.Assert.True(trained == 0, error);
        (int exported, _, error) = Cli.Run("export", RunFolder, "-o", ModelFile);
        Xunit.Assert.True(exported == 0, error);
    }

    public string RecipeFile { get; }

    public string RunFolder { get; }

    public string ModelFile { get; }

    public void Dispose() => _folder.Dispose();
}
