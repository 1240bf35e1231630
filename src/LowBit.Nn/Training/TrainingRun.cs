using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Losses;
using LowBit.Nn.Models;
using LowBit.Nn.Optimisation;
using LowBit.Nn.Recipes;

namespace LowBit.Nn.Training;

/// <summary>A recipe made into model, optimiser, schedule and trainer, with its output folder.</summary>
public sealed class TrainingRun : IDisposable
{
    /// <summary>Name of the newest checkpoint in an output folder.</summary>
    public const string LastFile = "last" + CheckpointFile.Extension;

    /// <summary>Name of the checkpoint with the best test accuracy in an output folder.</summary>
    public const string BestFile = "best" + CheckpointFile.Extension;

    private readonly Optimiser _optimiser;

    private TrainingRun(Device device, Recipe recipe, DataFacts data, in TrainingSources sources, string? outputFolder)
    {
        Recipe = recipe;
        Data = data;
        OutputFolder = outputFolder;
        Model = ModelFactory.Build(device, recipe, data);
        _optimiser = recipe.Optimizer.Build(Model);
        Trainer = new Trainer(
            Model, _optimiser, recipe.Schedule.Build(), new CrossEntropyLoss((float)recipe.Training.LabelSmoothing), sources.Train, sources.Test,
            new TrainerOptions
            {
                Epochs = recipe.Training.Epochs,
                LearningRate = recipe.Optimizer.LearningRate,
                EvaluateEvery = recipe.Training.EvaluateEvery,
                FreezeNormsFrom = recipe.Training.FreezeNormsFrom,
                OutputFolder = outputFolder,
                Recipe = recipe,
                Data = data,
            });
    }

    /// <summary>The recipe.</summary>
    public Recipe Recipe { get; }

    /// <summary>What the model knows about the data.</summary>
    public DataFacts Data { get; }

    /// <summary>The model in training.</summary>
    public Module Model { get; }

    /// <summary>The trainer.</summary>
    public Trainer Trainer { get; }

    /// <summary>Where checkpoints and metrics go; null for nowhere.</summary>
    public string? OutputFolder { get; }

    /// <summary>Weights that <c>training.init</c> did not have, to be shown; empty without it.</summary>
    public IReadOnlyList<string> NotInitialized { get; private set; } = [];

    /// <summary>Sets up a run from its start.</summary>
    /// <param name="device">Where to train.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">What the model needs to know about the data.</param>
    /// <param name="sources">Training and test images as the recipe's data part says.</param>
    /// <param name="outputFolder">For checkpoints and metrics; null to write nothing.</param>
    /// <exception cref="ArgumentException">Recipe, data and sources do not fit each other.</exception>
    /// <exception cref="LowBitFormatException">The checkpoint of <c>training.init</c> is damaged.</exception>
    public static TrainingRun Start(Device device, Recipe recipe, DataFacts data, in TrainingSources sources, string? outputFolder)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(data);
        if (recipe.Training.Init is null)
        {
            return new TrainingRun(device, recipe, data, sources, outputFolder);
        }

        if (!File.Exists(recipe.Training.Init))
        {
            throw new ArgumentException(
                $"training.init names {recipe.Training.Init}, which does not exist; train that model first, or use --set training.init=null to start from the seed");
        }

        Checkpoint start = CheckpointFile.Read(recipe.Training.Init);
        var run = new TrainingRun(device, recipe, data, sources, outputFolder);
        try
        {
            run.NotInitialized = start.InitializeModel(run.Model);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Sets up a run where a folder's last checkpoint left it.</summary>
    /// <param name="device">Where to train.</param>
    /// <param name="checkpoint">Read from <see cref="LastFile"/> of the folder.</param>
    /// <param name="sources">The same images as before.</param>
    /// <param name="outputFolder">The folder.</param>
    /// <exception cref="ArgumentException">The checkpoint holds no recipe or position, or does not fit the sources.</exception>
    public static TrainingRun Resume(Device device, Checkpoint checkpoint, in TrainingSources sources, string? outputFolder)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (checkpoint.Recipe is null || checkpoint.Data is null)
        {
            throw new ArgumentException("the checkpoint holds no recipe, so it cannot be resumed; use it as training.init of a recipe", nameof(checkpoint));
        }

        var run = new TrainingRun(device, checkpoint.Recipe, checkpoint.Data, sources, outputFolder);
        try
        {
            run.Trainer.Resume(checkpoint);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Trains to the end, or until cancelled.</summary>
    /// <param name="progress">Told about ten times a second, and after every epoch; or null.</param>
    /// <param name="token">Cancel to save and stop after the current step.</param>
    /// <exception cref="TrainingException">The loss is no finite number any more.</exception>
    public TrainingResult Run(IProgress<TrainingProgress>? progress = null, CancellationToken token = default)
    {
        if (OutputFolder is not null)
        {
            Directory.CreateDirectory(OutputFolder);
            AtomicFile.Write(Path.Combine(OutputFolder, "recipe.json"), System.Text.Encoding.UTF8.GetBytes(Recipe.ToJson() + "\n"));
        }

        return Trainer.Run(progress, token);
    }

    /// <summary>Releases model and optimiser.</summary>
    public void Dispose()
    {
        _optimiser.Dispose();
        Model.Dispose();
    }
}
