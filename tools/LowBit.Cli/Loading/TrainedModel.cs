using LowBit.Cli.Hosting;
using LowBit.Kernels.Files;
using LowBit.Nn;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;

namespace LowBit.Cli.Loading;

/// <summary>A model rebuilt from a checkpoint, with what it was trained on.</summary>
internal sealed class TrainedModel : IDisposable
{
    private TrainedModel(string path, Module model, Checkpoint checkpoint)
    {
        Path = path;
        Model = model;
        Recipe = checkpoint.Recipe!;
        Facts = checkpoint.Data!;
        Stage = checkpoint.Position?.Stage;
    }

    public string Path { get; }

    public Module Model { get; }

    public Recipe Recipe { get; }

    public DataFacts Facts { get; }

    /// <summary>Stage of progressive lowering; null when the checkpoint does not say.</summary>
    public int? Stage { get; }

    /// <summary>Reads a checkpoint file, or the best checkpoint of a folder.</summary>
    public static TrainedModel Open(CommandContext context, string path)
    {
        string file = ModelFiles.Locate(path);
        Checkpoint checkpoint = ModelFiles.ReadCheckpoint(file);
        try
        {
            return new TrainedModel(file, checkpoint.BuildModel(context.Device), checkpoint);
        }
        catch (ArgumentException failure)
        {
            // The file passed its checksum and still contradicts itself: bad data, not bad usage.
            throw new LowBitFormatException(file, "model", -1, failure.Message, failure);
        }
    }

    public void Dispose() => Model.Dispose();
}
