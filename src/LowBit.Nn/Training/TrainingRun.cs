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

    private readonly Device _device;
    private readonly TrainingSources _sources;
    private readonly Teacher? _teacher;
    private Optimiser _optimiser;

    // True once what the folder holds is this run's own.
    private bool _ownsFolder;

    private TrainingRun(Device device, Recipe recipe, DataFacts data, in TrainingSources sources, string? outputFolder, Action<Module, string>? loadForeign, int stage)
    {
        (_device, Recipe, Data, _sources, OutputFolder) = (device, recipe, data, sources, outputFolder);
        recipe.Validate();
        _teacher = recipe.Distillation is { } distillation ? Teacher.Read(device, distillation, data, loadForeign) : null;
        try
        {
            (Model, _optimiser, Trainer) = Build(stage);
        }
        catch
        {
            _teacher?.Dispose();
            throw;
        }
    }

    /// <summary>The recipe.</summary>
    public Recipe Recipe { get; }

    /// <summary>What the model knows about the data.</summary>
    public DataFacts Data { get; }

    /// <summary>The model in training; another one after a stage of progressive lowering.</summary>
    public Module Model { get; private set; }

    /// <summary>The trainer of the model.</summary>
    public Trainer Trainer { get; private set; }

    /// <summary>Where checkpoints and metrics go; null for nowhere.</summary>
    public string? OutputFolder { get; }

    /// <summary>Weights that <c>training.init</c> did not have, to be shown; empty without it.</summary>
    public IReadOnlyList<string> NotInitialized => Initial?.Missing ?? [];

    /// <summary>What the run did not take from <c>training.init</c>; null without it and when the run was resumed.</summary>
    public InitialState? Initial { get; private set; }

    /// <summary>Sets up a run from its start.</summary>
    /// <param name="device">Where to train.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="data">What the model needs to know about the data.</param>
    /// <param name="sources">Training and test images as the recipe's data part says.</param>
    /// <param name="outputFolder">For checkpoints and metrics; null to write nothing.</param>
    /// <param name="loadForeign">Loads PyTorch's weights from a <c>.safetensors</c> file into a model, for a foreign teacher or start; null when there is no reader.</param>
    /// <exception cref="ArgumentException">Recipe, data and sources do not fit each other.</exception>
    /// <exception cref="LowBitFormatException">The checkpoint of <c>training.init</c> or of the teacher is damaged.</exception>
    public static TrainingRun Start(
        Device device, Recipe recipe, DataFacts data, in TrainingSources sources, string? outputFolder, Action<Module, string>? loadForeign = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(data);
        if (recipe.Training.Init is null)
        {
            return new TrainingRun(device, recipe, data, sources, outputFolder, loadForeign, 0);
        }

        if (!File.Exists(recipe.Training.Init))
        {
            throw new ArgumentException(
                $"training.init names {recipe.Training.Init}, which does not exist; train that model first, or use --set training.init=null to start from the seed");
        }

        Checkpoint start = ReadInit(device, recipe, data, loadForeign);
        var run = new TrainingRun(device, recipe, data, sources, outputFolder, loadForeign, 0);
        try
        {
            run.Initial = start.InitializeModel(run.Model);
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
    /// <param name="loadForeign">Loads PyTorch's weights from a <c>.safetensors</c> file into a model, for a foreign teacher; null when there is no reader.</param>
    /// <exception cref="ArgumentException">The checkpoint holds no recipe or position, or does not fit the sources or the teacher's file.</exception>
    public static TrainingRun Resume(Device device, Checkpoint checkpoint, in TrainingSources sources, string? outputFolder, Action<Module, string>? loadForeign = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (checkpoint.Recipe is null || checkpoint.Data is null)
        {
            throw new ArgumentException("the checkpoint holds no recipe, so it cannot be resumed; use it as training.init of a recipe", nameof(checkpoint));
        }

        var run = new TrainingRun(device, checkpoint.Recipe, checkpoint.Data, sources, outputFolder, loadForeign, checkpoint.Position?.Stage ?? 0) { _ownsFolder = true };
        try
        {
            if (run._teacher is { } teacher && teacher.Fingerprint != checkpoint.Teacher)
            {
                throw new ArgumentException(
                    $"distillation.teacher names {run.Recipe.Distillation!.Teacher}, whose weights are not those that the run was started with; put the old file back, or start anew");
            }

            run.Trainer.Resume(checkpoint);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Trains to the end, or until cancelled. A run that starts anew first removes what another one left in the folder.</summary>
    /// <param name="progress">Told about ten times a second, and after every epoch; or null.</param>
    /// <param name="token">Cancel to save and stop after the current step.</param>
    /// <exception cref="TrainingException">The loss, a weight or a quantizer's step is no finite number any more.</exception>
    public TrainingResult Run(IProgress<TrainingProgress>? progress = null, CancellationToken token = default)
    {
        if (OutputFolder is not null)
        {
            Directory.CreateDirectory(OutputFolder);
            if (!_ownsFolder)
            {
                RunOutput.Clear(OutputFolder);
                _ownsFolder = true;
            }

            AtomicFile.Write(Path.Combine(OutputFolder, "recipe.json"), System.Text.Encoding.UTF8.GetBytes(Recipe.ToJson() + "\n"));
            Record().Write(OutputFolder, RunSession.Here(_device, Trainer.Position));
        }

        while (true)
        {
            TrainingResult result = Trainer.Run(progress, token);
            if (result.IsInterrupted || Trainer.Position.Epoch >= Recipe.Training.Epochs)
            {
                return result;
            }

            NextStage();
        }
    }

    /// <summary>Releases model, optimiser and teacher.</summary>
    public void Dispose()
    {
        _optimiser.Dispose();
        Model.Dispose();
        _teacher?.Dispose();
    }

    // Foreign weights go through a float twin: its names are those of a checkpoint.
    private static Checkpoint ReadInit(Device device, Recipe recipe, DataFacts data, Action<Module, string>? loadForeign)
    {
        string path = recipe.Training.Init!;
        if (!path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            return CheckpointFile.Read(path);
        }

        if (loadForeign is null)
        {
            throw new ArgumentException($"training.init names {path}, but nothing reads .safetensors here; start the run with the lowbit command, or from a checkpoint");
        }

        using Module twin = ModelFactory.Build(device, recipe with { Quantization = null, Distillation = null }, data);
        loadForeign(twin, path);
        return new Checkpoint(Checkpoint.Capture(twin));
    }

    private RunRecord Record()
    {
        QuantizationPolicy? policy = Recipe.Quantization?.ToPolicy();

        // The model may be one of an earlier stage; the bits are those of the finished one.
        IReadOnlyList<QuantizedLayer> layers = policy is null ? [] : QuantizedLayers.Of(Model);
        return new RunRecord
        {
            Recipe = Recipe.Name,
            RecipeHash = Recipe.Hash(),
            Seed = Recipe.Training.Seed,
            Epochs = Recipe.Training.Epochs,
            Parameters = Model.CountParameters(),
            Quantization = policy?.ToString(),
            FirstLayer = policy is null ? null : $"w{policy.WeightBitsOf(layers[0].Path, LayerPlace.First)}a8",
            LastLayer = policy is null
                ? null
                : $"w{policy.WeightBitsOf(layers[^1].Path, LayerPlace.Last)}a{policy.ActivationBitsOf(layers[^1].Path, LayerPlace.Last)}",
            Teacher = _teacher?.Fingerprint,
        };
    }

    private (Module Model, Optimiser Optimiser, Trainer Trainer) Build(int stage)
    {
        TrainingSection training = Recipe.Training;
        Module model = ModelFactory.Build(_device, Recipe, Data, stage);
        Optimiser optimiser = Recipe.Optimizer.Build(model);
        var options = new TrainerOptions
        {
            Epochs = training.Epochs,
            LearningRate = Recipe.Optimizer.LearningRate,
            EvaluateEvery = training.EvaluateEvery,
            FreezeNormsFrom = training.FreezeNormsFrom,
            MixUp = Recipe.Data.MixUp > 0 ? new MixUp(Recipe.Data.MixUp, training.Seed) : null,
            WidthJitter = Recipe.Quantization is { WidthJitter: > 0 } section ? new WidthJitter(section.WidthJitter, training.Seed) : null,
            Teacher = _teacher,
            Stage = stage,
            Until = Recipe.Quantization?.EndOf(stage, training.Epochs),
            Bits = Recipe.Quantization?.ToPolicy(stage).Bits(),
            TensorBoard = training.TensorBoard,
            TensorBoardSteps = training.TensorBoardSteps,
            OutputFolder = OutputFolder,
            Recipe = Recipe,
            Data = Data,
        };
        try
        {
            return (model, optimiser, new Trainer(
                model, optimiser, Recipe.Schedule.Build(), new CrossEntropyLoss((float)training.LabelSmoothing), _sources.Train, _sources.Test, options));
        }
        catch
        {
            optimiser.Dispose();
            model.Dispose();
            throw;
        }
    }

    private void NextStage()
    {
        (Module model, Optimiser optimiser, Trainer trainer) = Build(Trainer.Position.Stage + 1);
        trainer.TakeOver(StageChange.Carry(Model, _optimiser, Trainer.Position, model));
        _optimiser.Dispose();
        Model.Dispose();
        (Model, _optimiser, Trainer) = (model, optimiser, trainer);
    }
}
