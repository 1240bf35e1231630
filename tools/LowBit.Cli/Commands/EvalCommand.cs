using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Data.Sets;
using LowBit.Kernels.Tuning;
using LowBit.Nn;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>eval: the accuracy of a checkpoint, an integer model or a state dictionary on test images.</summary>
internal static class EvalCommand
{
    private static readonly Argument<string> s_file = new("file") { Description = "Checkpoint (.lbc or a run's folder), integer model (.lbq) or .safetensors" };
    private static readonly Option<string?> s_data = new("--data") { Description = "Data set; else the one the model was trained on" };
    private static readonly Option<string?> s_model = ForeignModelOptions.Model();
    private static readonly Option<string?> s_mean = ForeignModelOptions.Mean();
    private static readonly Option<string?> s_std = ForeignModelOptions.Deviation();
    private static readonly Option<int> s_images = new("--images") { Description = "Use only the first N test images; 0 for all" };
    private static readonly Option<int> s_batch = new("--batch") { Description = "Images per run", DefaultValueFactory = _ => 100 };

    public static CommandDefinition Define()
    {
        var command = new Command("eval", "Measure the accuracy of a model on test images") { s_file, s_data, s_model, s_mean, s_std, s_images, s_batch };
        return new CommandDefinition(command, Run);
    }

    private static int Run(CommandContext context)
    {
        string path = ModelFiles.Locate(context.Parse.GetValue(s_file)!);
        int batch = context.Parse.GetValue(s_batch), images = context.Parse.GetValue(s_images);
        if (batch is < 1 or > DataSection.MostBatch)
        {
            throw new UsageException($"--batch is {batch}; it must be 1 to {DataSection.MostBatch}");
        }

        if (images < 0)
        {
            throw new UsageException($"--images is {images}; it must be 1 or more, or 0 for all");
        }

        EvalDocument document = ModelFiles.KindOf(path) switch
        {
            FileKind.Checkpoint => Checkpoint(context, path),
            FileKind.IntegerModel => Integers(context, path),
            _ => Safetensors(context, path),
        };
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.EvalDocument);
        }
        else
        {
            context.Console.Write(new Text(string.Create(
                CultureInfo.InvariantCulture,
                $"{document.Accuracy * 100:F2} % right ({document.Correct} of {document.Images} {document.Data} test images), {document.Arithmetic}, {document.ImagesPerSecond:N0} images per second\n")));
        }

        return ExitCode.Success;
    }

    private static EvalDocument Checkpoint(CommandContext context, string path)
    {
        using TrainedModel trained = TrainedModel.Open(context, path);
        ImageSet set = TestImages(context, trained.Recipe.Data.Set);
        return Floats(context, path, trained.Model, set, trained.Facts, trained.Recipe.Quantization is { } bits ? $"simulated {bits.ToPolicy()}" : "float32");
    }

    private static EvalDocument Safetensors(CommandContext context, string path)
    {
        string name = context.Parse.GetValue(s_data) ?? throw new UsageException("a .safetensors file does not say what it was trained on; name the data with --data, for example --data cifar10");
        ImageSet set = TestImages(context, name);
        DataFacts facts = ForeignModel.FactsOf(context, set, s_mean, s_std);
        using Module model = ForeignModel.Load(context, path, context.Parse.GetValue(s_model), facts);
        return Floats(context, path, model, set, facts, "float32");
    }

    private static EvalDocument Floats(CommandContext context, string path, Module model, ImageSet set, DataFacts facts, string arithmetic)
    {
        using TrainingImages images = Sources.Evaluation(set, facts, context.Parse.GetValue(s_batch));
        EvaluationResult result = Evaluator.Run(model, images, context.Stop);
        return new EvalDocument(path, set.Name, arithmetic, result.Accuracy, result.Correct, result.Images, result.ImagesPerSecond);
    }

    private static EvalDocument Integers(CommandContext context, string path)
    {
        IntegerModel model = LbqReader.Read(path);
        ImageSet set = TestImages(context, model.Properties.GetValueOrDefault(Lowered.DataProperty));
        IntegerInput.RequireFit(model, set);
        using Session session = ModelFiles.OpenSession(path, model, new SessionOptions { Batch = context.Parse.GetValue(s_batch), Threads = context.Threads, Costs = CostTable.LoadDefault() });
        long start = Stopwatch.GetTimestamp();
        int[] answers = IntegerInput.Classify(session, set, context.Stop);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int correct = IntegerInput.Correct(answers, set);
        return new EvalDocument(path, set.Name, "integers", (double)correct / set.Count, correct, set.Count, set.Count / seconds);
    }

    private static ImageSet TestImages(CommandContext context, string? known)
    {
        string name = context.Parse.GetValue(s_data) ?? known ?? throw new UsageException("the model does not say what it was trained on; name the data with --data");
        ImageSet set = Sources.Load(context, name, Split.Test);
        int limit = context.Parse.GetValue(s_images);
        return limit > 0 ? set.Take(limit) : set;
    }
}
