using System.CommandLine;
using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Data.Sets;
using LowBit.Nn;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Recipes;
using LowBit.Nn.TensorBoard;
using LowBit.Nn.Training;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>train: from a JSON recipe, or on from where an interrupted run stopped.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string?> s_recipe = new("recipe")
    {
        Description = "Recipe file, or its name in recipes/",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string[]> s_set = new("--set") { Description = "Changes a value of the recipe, for example optimizer.learningRate=0.05; may be repeated" };
    private static readonly Option<string?> s_output = new("--output", "-o") { Description = "Folder of checkpoints and metrics; else lowbit-out/NAME" };
    private static readonly Option<string?> s_resume = new("--resume") { Description = "Folder of an interrupted run to go on with" };
    private static readonly Option<bool> s_overwrite = new("--overwrite") { Description = "Start anew in a folder that holds a run" };

    public static CommandDefinition Define()
        => new(new Command("train", "Train a model from a recipe") { s_recipe, s_set, s_output, s_resume, s_overwrite }, Run);

    private static int Run(CommandContext context)
    {
        string? resume = context.Parse.GetValue(s_resume);
        string? name = context.Parse.GetValue(s_recipe);
        if ((resume is null) == (name is null))
        {
            throw new UsageException("name a recipe to start, or a folder with --resume to go on, not both");
        }

        return resume is null ? Start(context, name!) : Resume(context, resume);
    }

    private static int Start(CommandContext context, string name)
    {
        var settings = new List<string>(context.Parse.GetValue(s_set) ?? []);
        if (context.Seed is { } seed)
        {
            settings.Add(string.Create(CultureInfo.InvariantCulture, $"training.seed={seed}"));
        }

        Recipe recipe = RecipeReader.Load(RecipeFiles.Find(name), settings);
        string folder = context.Parse.GetValue(s_output) ?? Path.Combine("lowbit-out", recipe.Name);
        if (File.Exists(Path.Combine(folder, TrainingRun.LastFile)) && !context.Parse.GetValue(s_overwrite))
        {
            throw new UsageException($"{folder} already holds a run; go on with --resume {folder}, start anew with --overwrite, or name another folder with --output");
        }

        ImageSet train = Sources.Load(context, recipe.Data.Set, Split.Train);
        DataFacts facts = Sources.Facts(train, recipe.Data);
        using TrainingImages training = Sources.Training(train, recipe, facts);
        using TrainingImages test = TestImages(context, recipe, facts);
        using TrainingRun run = TrainingRun.Start(context.Device, recipe, facts, new TrainingSources(training, test), folder, LoadForeign(context));
        foreach (string missing in run.NotInitialized)
        {
            context.Log($"note: {recipe.Training.Init} has no '{missing}'; it starts from the seed");
        }

        foreach (IGrouping<string, string> group in (run.Initial?.Anew ?? []).GroupBy(q => q.Why, q => q.Path))
        {
            context.Log($"note: quantizers begin anew ({group.Count()}, {group.First()} first), in {recipe.Training.Init} they differ: {group.Key}");
        }

        return Train(context, run, folder);
    }

    private static int Resume(CommandContext context, string folder)
    {
        if (context.Parse.GetValue(s_set) is { Length: > 0 })
        {
            throw new UsageException("--set cannot change a run that is resumed; a resumed run equals an uninterrupted one");
        }

        string file = Path.Combine(folder, TrainingRun.LastFile);
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"there is no {file} to go on from; name the folder of a run");
        }

        Checkpoint checkpoint = ModelFiles.ReadCheckpoint(file);
        Recipe recipe = checkpoint.Recipe!;
        ImageSet train = Sources.Load(context, recipe.Data.Set, Split.Train);
        Sources.RequireFit(train, checkpoint.Data!);
        using TrainingImages training = Sources.Training(train, recipe, checkpoint.Data!);
        using TrainingImages test = TestImages(context, recipe, checkpoint.Data!);
        using TrainingRun run = TrainingRun.Resume(context.Device, checkpoint, new TrainingSources(training, test), folder, LoadForeign(context));
        context.Log($"going on in epoch {run.Trainer.Position.Epoch + 1} of {recipe.Training.Epochs}");
        return Train(context, run, folder);
    }

    private static Action<Module, string> LoadForeign(CommandContext context) => (model, path) => ForeignModel.LoadWeights(context, model, path);

    private static TrainingImages TestImages(CommandContext context, Recipe recipe, DataFacts facts)
    {
        ImageSet set = Sources.Load(context, recipe.Data.Set, Split.Test);
        return Sources.Evaluation(recipe.Data.TestImages > 0 ? set.Take(recipe.Data.TestImages) : set, facts, recipe.Data.EvaluationBatch);
    }

    private static int Train(CommandContext context, TrainingRun run, string folder)
    {
        Recipe recipe = run.Recipe;
        string bits = recipe.Quantization?.ToPolicy().ToString() ?? "float32";
        context.Log($"{recipe.Name}: {run.Model.CountParameters():N0} parameters, {bits}, seed {recipe.Training.Seed}, {context.Device.Name}");
        TrainingResult result = run.Run(new TrainingLine(context.Host, recipe.Name), context.Stop);
        string best = Path.Combine(folder, TrainingRun.BestFile);
        string last = Path.Combine(folder, TrainingRun.LastFile);
        RunRecord? record = RunRecord.Read(folder);
        var document = new TrainDocument
        {
            Recipe = recipe.Name,
            RecipeHash = recipe.Hash(),
            Seed = recipe.Training.Seed,
            Parameters = run.Model.CountParameters(),
            Quantization = recipe.Quantization?.ToPolicy().ToString(),
            FirstLayer = record?.FirstLayer,
            LastLayer = record?.LastLayer,
            ResidualBits = recipe.Quantization?.ResidualBits,
            Commit = record?.Sessions.LastOrDefault()?.Commit,
            Machine = record?.Sessions.LastOrDefault()?.Machine,
            BestAccuracy = result.BestAccuracy < 0 ? null : result.BestAccuracy,
            FinalAccuracy = result.FinalAccuracy < 0 ? null : result.FinalAccuracy,
            Epochs = result.Epochs,
            ImagesPerSecond = result.ImagesPerSecond,
            Seconds = result.Seconds,
            Interrupted = result.IsInterrupted,
            Checkpoint = File.Exists(best) && !result.IsInterrupted ? best : last,
            Metrics = Path.Combine(folder, "metrics.jsonl"),
            TensorBoard = recipe.Training.TensorBoard ? Path.Combine(folder, EventWriter.FileName) : null,
        };
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.TrainDocument);
        }
        else
        {
            Show(context, document, result, folder);
        }

        if (result.IsInterrupted)
        {
            context.Log($"interrupted and saved; go on with: lowbit train --resume {folder}");
            return ExitCode.Interrupted;
        }

        return ExitCode.Success;
    }

    private static void Show(CommandContext context, TrainDocument document, TrainingResult result, string folder)
    {
        string best = document.BestAccuracy is { } accuracy
            ? string.Create(CultureInfo.InvariantCulture, $"best {accuracy * 100:F2} % (epoch {result.BestEpoch}), final {document.FinalAccuracy * 100:F2} %, ")
            : "";
        context.Console.Write(new Text(string.Create(
            CultureInfo.InvariantCulture,
            $"{document.Recipe}: {best}{document.Epochs} epochs in {TrainingLine.Duration(TimeSpan.FromSeconds(document.Seconds))}, {document.ImagesPerSecond:N0} images per second\n")));
        if (document.Quantization is not null)
        {
            context.Console.Write(new Text($"{document.Quantization}\n"));
        }

        context.Console.Write(new Text($"checkpoint {document.Checkpoint}, metrics {document.Metrics}\n"));
        if (document.Quantization is not null && !document.Interrupted)
        {
            context.Console.Write(new Text($"next: lowbit verify {folder}; lowbit export {folder} -o {document.Recipe}.lbq\n"));
        }
    }
}
