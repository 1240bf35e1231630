using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;

namespace LowBit.Methods.GradFreeBits;

/// <summary>A stretch of training between gradient-free rounds: an ordinary run in a folder of its own, begun, gone on with or found finished.</summary>
internal sealed class TrainingPhase(Device device, ISearchData data, Recipe recipe, string folder)
{
    /// <summary>Trains to the end of the recipe.</summary>
    /// <returns>The last checkpoint of the run.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; the run is saved.</exception>
    /// <exception cref="LowBitFormatException">The folder holds a run of another recipe.</exception>
    public Checkpoint Run(IProgress<TrainingProgress>? progress, CancellationToken token)
    {
        string last = Path.Combine(folder, TrainingRun.LastFile);
        Checkpoint? saved = File.Exists(last) ? CheckpointFile.Read(last) : null;
        if (saved is not null && (saved.Recipe is null || saved.Position is null || Identity(saved.Recipe) != Identity(recipe)))
        {
            throw new LowBitFormatException(last, "recipe", -1, "this run belongs to a search with another recipe, or another version of lowbit began it; name another folder");
        }

        if (saved?.Position?.Epoch >= recipe.Training.Epochs)
        {
            return saved;
        }

        TrainingSources sources = data.ForTraining(recipe);
        using TrainingRun run = saved is null
            ? TrainingRun.Start(device, recipe, data.Facts, sources, folder, data.LoadForeign)
            : TrainingRun.Resume(device, saved, sources, folder, data.LoadForeign);
        if (run.Run(progress, token).IsInterrupted)
        {
            throw new OperationCanceledException(token);
        }

        return CheckpointFile.Read(last);
    }

    // Where the first weights came from is a path, which depends on the folder that the search was started in.
    private static string Identity(Recipe recipe) => (recipe with { Training = recipe.Training with { Init = null } }).Hash();
}
