using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Data.Sets;
using LowBit.Nn;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Models;
using LowBit.Nn.PostTraining;
using LowBit.Nn.Recipes;
using LowBit.Nn.Training;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>quantize: a pretrained float model becomes a quantized checkpoint without training.</summary>
internal static class QuantizeCommand
{
    private static readonly Argument<string> s_file = new("model") { Description = "Float model: checkpoint (.lbc or a run's folder) or .safetensors" };
    private static readonly Option<string?> s_data = new("--data") { Description = "Data set whose training images calibrate; else the one the model was trained on" };
    private static readonly Option<string?> s_model = ForeignModelOptions.Model();
    private static readonly Option<string?> s_mean = ForeignModelOptions.Mean();
    private static readonly Option<string?> s_std = ForeignModelOptions.Deviation();
    private static readonly Option<int> s_weightBits = new("--weight-bits") { Description = "Bits of the weights between first and last layer, 1 to 8", DefaultValueFactory = _ => 8 };
    private static readonly Option<int> s_activationBits = new("--activation-bits") { Description = "Bits of the activations between first and last layer, 1 to 8", DefaultValueFactory = _ => 8 };
    private static readonly Option<int> s_residualBits = new("--residual-bits") { Description = "Bits of the residual stream, 1 to 8", DefaultValueFactory = _ => 8 };
    private static readonly Option<bool> s_perLayer = new("--per-layer") { Description = "One weight step for a layer instead of one for each output channel" };
    private static readonly Option<string> s_method = new("--method") { Description = "Rule of the steps: minmax, mse, percentile, kl, aciq-laplace, aciq-gauss", DefaultValueFactory = _ => "mse" };
    private static readonly Option<string?> s_activationMethod = new("--activation-method") { Description = "Rule of the activations' steps; else that of --method" };
    private static readonly Option<double> s_percentile = new("--percentile") { Description = "The percentile of the rule percentile", DefaultValueFactory = _ => 99.9 };
    private static readonly Option<bool> s_fold = new("--fold") { Description = "Fold batch norms into the weights first" };
    private static readonly Option<bool> s_equalize = new("--equalize") { Description = "Equalise the ranges of consecutive layers first" };
    private static readonly Option<bool> s_weightCorrection = new("--weight-correction") { Description = "Give quantized weights the deviation of the float ones" };
    private static readonly Option<bool> s_reestimate = new("--reestimate-norms") { Description = "Take the statistics of batch norms anew from the quantized layers" };
    private static readonly Option<bool> s_biasCorrection = new("--bias-correction") { Description = "Give each output channel the mean of the float model" };
    private static readonly Option<bool> s_adaRound = new("--adaround") { Description = "Learn the rounding of each weight" };
    private static readonly Option<int> s_iterations = new("--iterations") { Description = "Steps of --adaround for each layer", DefaultValueFactory = _ => new AdaRoundOptions().Iterations };
    private static readonly Option<int> s_images = new("--images") { Description = "Calibration images: the first N of the training images", DefaultValueFactory = _ => 1024 };
    private static readonly Option<int> s_batch = new("--batch") { Description = "Images per run", DefaultValueFactory = _ => 64 };
    private static readonly Option<string?> s_output = new("--output", "-o") { Description = "Checkpoint to write; else the model's name with bits, in this folder" };

    public static CommandDefinition Define()
    {
        var command = new Command("quantize", "Quantize a pretrained float model without training")
        {
            s_file, s_data, s_model, s_mean, s_std, s_weightBits, s_activationBits, s_residualBits, s_perLayer, s_method, s_activationMethod, s_percentile,
            s_fold, s_equalize, s_weightCorrection, s_reestimate, s_biasCorrection, s_adaRound, s_iterations, s_images, s_batch, s_output,
        };
        return new CommandDefinition(command, Run);
    }

    private static int Run(CommandContext context)
    {
        ParseResult parse = context.Parse;
        PostTrainingOptions options = Options(context);
        QuantizationSection bits = Bits(parse);
        string path = ModelFiles.Locate(parse.GetValue(s_file)!);
        (Module model, Recipe recipe, DataFacts facts, ImageSet set) = Open(context, path);
        using Module reference = model;
        Recipe quantized = recipe with
        {
            Name = $"{recipe.Name}-w{bits.WeightBits}a{bits.ActivationBits}",
            Description = $"post-training quantization of {Path.GetFileName(path)} on {set.Count} training images of {set.Name}: {options}",
            Data = recipe.Data with { Set = set.Name },
            Quantization = bits,
        };
        string output = parse.GetValue(s_output) ?? quantized.Name + CheckpointFile.Extension;
        RequireWritable(output);
        using Module target = ModelFactory.Build(context.Device, quantized, facts);
        using TrainingImages images = Sources.Evaluation(set, facts, parse.GetValue(s_batch));
        long start = Stopwatch.GetTimestamp();
        PostTrainingReport report = PostTrainingQuantizer.Run(reference, target, images, options, context.Log, context.Stop);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        CheckpointFile.Write(output, new Checkpoint(Checkpoint.Capture(target)) { Recipe = quantized, Data = facts });
        var document = new QuantizeDocument(
            output, path, set.Name, bits.ToPolicy().ToString(), options.ToString(), report.Images, seconds, report.FoldedChannels, report.EqualizedPairs, report.Layers);
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.QuantizeDocument);
        }
        else
        {
            Show(context, document);
        }

        return ExitCode.Success;
    }

    private static PostTrainingOptions Options(CommandContext context)
    {
        ParseResult parse = context.Parse;
        string method = Word("--method", parse.GetValue(s_method)!);
        var options = new PostTrainingOptions
        {
            WeightMethod = method,
            ActivationMethod = parse.GetValue(s_activationMethod) is { } other ? Word("--activation-method", other) : method,
            Percentile = parse.GetValue(s_percentile),
            Fold = parse.GetValue(s_fold),
            Equalize = parse.GetValue(s_equalize),
            CorrectWeights = parse.GetValue(s_weightCorrection),
            ReestimateNorms = parse.GetValue(s_reestimate),
            CorrectBias = parse.GetValue(s_biasCorrection),
            AdaRound = parse.GetValue(s_adaRound) ? new AdaRoundOptions { Iterations = parse.GetValue(s_iterations), Seed = context.Seed ?? 1 } : null,
        };
        options.Validate();
        if (options.AdaRound is null && parse.GetResult(s_iterations) is { Implicit: false })
        {
            throw new UsageException("--iterations belongs to --adaround; give both or none");
        }

        int images = parse.GetValue(s_images);
        if (images < PostTrainingOptions.FewestImages || parse.GetValue(s_batch) < 1)
        {
            throw new UsageException($"--images is {images} and --batch {parse.GetValue(s_batch)}; calibration needs {PostTrainingOptions.FewestImages} images or more and batches of 1 or more");
        }

        return options;
    }

    private static string Word(string option, string method)
    {
        string[] words = [.. PostTrainingOptions.Methods];
        return words.Contains(method, StringComparer.Ordinal) ? method : throw new UsageException($"{option} is '{method}'; did you mean '{NearestName.Find(method, words)}'?");
    }

    // LSQ quantizers keep the steps that they are given, so that training may go on from the checkpoint.
    private static QuantizationSection Bits(ParseResult parse)
    {
        var bits = new QuantizationSection
        {
            Method = "lsq",
            WeightBits = parse.GetValue(s_weightBits),
            ActivationBits = parse.GetValue(s_activationBits),
            ResidualBits = parse.GetValue(s_residualBits),
            PerChannel = !parse.GetValue(s_perLayer),
        };
        bits.ToPolicy().Validate();
        return bits;
    }

    private static (Module Model, Recipe Recipe, DataFacts Facts, ImageSet Set) Open(CommandContext context, string path)
    {
        string? data = context.Parse.GetValue(s_data);
        switch (ModelFiles.KindOf(path))
        {
            case FileKind.Checkpoint:
                TrainedModel trained = TrainedModel.Open(context, path);
                if (trained.Recipe.Quantization is not null)
                {
                    trained.Dispose();
                    throw new UsageException($"{path} holds a quantized model ({trained.Recipe.Quantization.ToPolicy()}); quantize needs a float one");
                }

                ImageSet images = Images(context, data ?? trained.Recipe.Data.Set);
                Sources.RequireFit(images, trained.Facts);
                return (trained.Model, trained.Recipe, trained.Facts, images);
            case FileKind.Safetensors:
                Recipe recipe = ForeignModel.RecipeOf(context.Parse.GetValue(s_model));
                ImageSet set = Images(context, data ?? throw new UsageException("a .safetensors file does not say what it was trained on; name the data with --data, for example --data cifar10"));
                DataFacts facts = ForeignModel.FactsOf(context, set, s_mean, s_std);
                return (ForeignModel.Load(context, path, recipe.Name, facts), recipe, facts, set);
            default:
                throw new UsageException($"{path} is an integer model already; quantize needs a float checkpoint (.lbc) or a .safetensors file");
        }
    }

    private static ImageSet Images(CommandContext context, string name)
    {
        int count = context.Parse.GetValue(s_images);
        ImageSet set = Sources.Load(context, name, Split.Train);
        return count <= set.Count ? set.Take(count) : throw new UsageException($"--images is {count}, but {set.Name} has {set.Count} training images");
    }

    private static void RequireWritable(string output)
    {
        if (Path.GetExtension(output) != CheckpointFile.Extension)
        {
            throw new UsageException($"--output is {output}; its name must end in {CheckpointFile.Extension}");
        }

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(output))))
        {
            throw new DirectoryNotFoundException($"there is no folder for {output}; make it first");
        }
    }

    private static void Show(CommandContext context, QuantizeDocument document)
    {
        bool isLearned = document.Layers.Any(layer => layer.RoundedLoss is not null);
        var table = context.NewTable();
        table.AddColumn("layer");
        string[] numbers = isLearned
            ? ["weights", "weight error", "output error, nearest", "learned", "codes moved", "largest shift"]
            : ["weights", "weight error", "largest shift"];
        foreach (string column in numbers)
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (LayerReport layer in document.Layers)
        {
            string[] start = [Markup.Escape(layer.Path), $"{layer.WeightBits} bit", Text($"{layer.WeightError * 100:F2} %")];
            string[] learned = isLearned ? [Text($"{layer.NearestLoss:G3}"), Text($"{layer.RoundedLoss:G3}"), Text($"{layer.CodesMoved:N0}")] : [];
            table.AddRow([.. start, .. learned, Text($"{layer.LargestShift:G3}")]);
        }

        context.Console.Write(table);
        context.Console.Write(new Text(Text($"wrote {document.File}: {document.Quantization}; {document.Method}; {document.Images} images of {document.Data}, {document.Seconds:F1} s\n")));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
