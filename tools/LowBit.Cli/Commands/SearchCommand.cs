using System.CommandLine;
using System.Globalization;
using System.Text;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Cli.Pictures;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Kernels.Threading;
using LowBit.Methods.Allocation;
using LowBit.Methods.GradFreeBits;
using LowBit.Methods.Recipes;
using LowBit.Nn.Lowering;
using LowBit.Nn.Simulation;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>search: bits for every layer under a budget; the chosen model is trained, exported, verified and run as integers.</summary>
internal static class SearchCommand
{
    private const string ResultFile = "result.json";
    private const string PictureFile = "pareto.svg";
    private const string ModelFile = "model.lbq";
    private const int VerifiedImages = 1000;
    private const int EngineBatch = 50;

    private static readonly Argument<string?> s_recipe = new("recipe") { Description = "Search recipe, or its name in recipes/", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string[]> s_set = new("--set") { Description = "Changes a value of the recipe, for example cma.generations=10; may be repeated" };
    private static readonly Option<string?> s_output = new("--output", "-o") { Description = "Folder of the search; else lowbit-out/NAME" };
    private static readonly Option<string?> s_resume = new("--resume") { Description = "Folder of an interrupted search to go on with" };

    public static CommandDefinition Define()
        => new(new Command("search", "Search bits for every layer under a budget") { s_recipe, s_set, s_output, s_resume }, Run);

    private static int Run(CommandContext context)
    {
        string? resume = context.Parse.GetValue(s_resume), name = context.Parse.GetValue(s_recipe);
        if ((resume is null) == (name is null))
        {
            throw new UsageException("name a search recipe to start, or a folder with --resume to go on, not both");
        }

        (SearchRecipe recipe, string folder) = resume is null ? Start(context, name!) : Resume(context, resume);
        using var images = new SearchImages(context, recipe.Train);
        int threads = context.Threads > 0 ? context.Threads : Environment.ProcessorCount;
        WorkerPool[] pools = [.. Enumerable.Range(0, threads).Select(static _ => new WorkerPool(1))];
        Device[] workers = [.. pools.Select(static pool => new CpuDevice(pool))];
        try
        {
            var search = new GradFreeBitsSearch(recipe, images, context.Device, workers, folder);
            context.Log($"{recipe.Name}: {search.Space.Variables.Count} variables in {search.Space.Layers.Count} layers, {Epochs(recipe)} epochs of training, seed {recipe.Train.Training.Seed}, {context.Device.Name}");
            GradFreeBitsResult result = search.Run(new SearchLine(context.Host), context.Stop);
            SearchDocument document = Document(recipe, result, folder);
            document = recipe.Pareto is null ? Deploy(context, document, images, folder) : document;
            AtomicFile.Write(document.Picture, Encoding.UTF8.GetBytes(FrontChart.Draw($"{recipe.Name}: bytes and accuracy", result.Judged, result.Front, result.Bits)));
            AtomicFile.Write(Path.Combine(folder, ResultFile), System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(document, JsonDocuments.Default.SearchDocument));
            Show(context, document, result);
            return document.Mismatches is > 0 ? throw new CheckFailedException($"simulation and engine differ in {document.Mismatches} integers; run lowbit verify {document.Checkpoint}") : ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            context.Log($"interrupted and saved; go on with: lowbit search --resume {folder}");
            return ExitCode.Interrupted;
        }
        finally
        {
            foreach (Device worker in workers)
            {
                worker.Dispose();
            }

            foreach (WorkerPool pool in pools)
            {
                pool.Dispose();
            }
        }
    }

    private static (SearchRecipe Recipe, string Folder) Start(CommandContext context, string name)
    {
        var settings = new List<string>(context.Parse.GetValue(s_set) ?? []);
        if (context.Seed is { } seed)
        {
            settings.Add(string.Create(CultureInfo.InvariantCulture, $"train.training.seed={seed}"));
        }

        SearchRecipe recipe = SearchRecipeReader.Load(RecipeFiles.Find(name), settings);
        string folder = context.Parse.GetValue(s_output) ?? Path.Combine("lowbit-out", recipe.Name);
        return File.Exists(Path.Combine(folder, GradFreeBitsSearch.RecipeFile))
            ? throw new UsageException($"{folder} already holds a search; go on with --resume {folder}, or name another folder with --output")
            : (recipe, folder);
    }

    private static (SearchRecipe Recipe, string Folder) Resume(CommandContext context, string folder)
    {
        if (context.Parse.GetValue(s_set) is { Length: > 0 } || context.Parse.GetValue(s_output) is not null || context.Seed is not null)
        {
            throw new UsageException("--set, --seed and --output cannot change a search that is resumed; a resumed search equals an uninterrupted one");
        }

        string path = Path.Combine(folder, GradFreeBitsSearch.RecipeFile);
        return File.Exists(path) ? (SearchRecipeReader.Load(path), folder) : throw new FileNotFoundException($"there is no {path} to go on from; name the folder of a search");
    }

    private static SearchDocument Document(SearchRecipe recipe, GradFreeBitsResult result, string folder) => new()
    {
        Method = recipe.Method,
        Recipe = recipe.Name,
        RecipeHash = recipe.Hash(),
        Seed = recipe.Train.Training.Seed,
        Bits = [.. result.Layers.Select(static layer => new SearchLayerDocument(layer.Layer, layer.WeightBits, layer.ActivationBits))],
        Budget = new SearchCostDocument(result.Budget.Bytes, result.Budget.ActivationBytes, result.Budget.BitOperations, result.Budget.Milliseconds),
        Cost = Cost(result.Cost),
        MillisecondsMeasured = result.TimesAreMeasured,
        Accuracy = Known(result.FinalAccuracy),
        BestAccuracy = Known(result.BestAccuracy),
        Epochs = Epochs(recipe),
        Evaluations = result.Evaluations,
        ShareOfFullCost = Math.Round(result.ShareOfFullCost, 4),
        SearchSeconds = Math.Round(result.SearchSeconds, 1),
        TrainingSeconds = Math.Round(result.TrainingSeconds, 1),
        Pareto = [.. result.Judged.Select(point => new SearchPointDocument(
            point.Bits.Digits, point.Loss, point.Accuracy, Cost(point.Cost), result.Front.Any(front => front.Bits == point.Bits)))],
        Checkpoint = result.Checkpoint,
        Picture = Path.Combine(folder, PictureFile),
    };

    // A series of budgets trains no model at its end.
    private static int Epochs(SearchRecipe recipe) => recipe.Pareto is null ? recipe.Alternation.TotalEpochs() : recipe.Alternation.WarmUpEpochs;

    private static SearchCostDocument Cost(in AllocationCost cost) => new(cost.Bytes, cost.ActivationBytes, cost.BitOperations, Known(cost.Milliseconds));

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    // The model that was promised: as integers, checked against the simulation, with its own accuracy.
    private static SearchDocument Deploy(CommandContext context, SearchDocument document, SearchImages images, string folder)
    {
        string path = Path.Combine(folder, ModelFile);
        using TrainedModel trained = TrainedModel.Open(context, document.Checkpoint);
        LoweringResult lowered = Lowered.Lower(trained.Model, trained.Recipe, trained.Facts, trained.Stage);
        AtomicFile.Write(path, LbqWriter.ToBytes(lowered.Model));
        IntegerModel model = LbqReader.Read(path);
        var options = new SessionOptions { Batch = EngineBatch, Threads = context.Threads };
        using var verifier = new Verifier(lowered, model, options);
        VerificationReport report = VerifyCommand.Compare(verifier, images.Test.Take(Math.Min(VerifiedImages, images.Test.Count)), context.Stop);
        using Session session = ModelFiles.OpenSession(path, model, options);
        int correct = IntegerInput.Correct(IntegerInput.Classify(session, images.Test, context.Stop), images.Test);
        return document with
        {
            Model = path,
            IntegerAccuracy = correct / (double)images.Test.Count,
            Mismatches = report.Mismatches,
            Compared = report.Nodes.Sum(static node => node.Compared),
        };
    }

    private static void Show(CommandContext context, SearchDocument document, GradFreeBitsResult result)
    {
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.SearchDocument);
            return;
        }

        Table table = context.NewTable();
        table.AddColumn("layer");
        table.AddColumn(new TableColumn("weights").RightAligned());
        table.AddColumn(new TableColumn("input").RightAligned());
        foreach (SearchLayerDocument layer in document.Bits)
        {
            table.AddRow(Markup.Escape(layer.Layer), Bits(layer.WeightBits), Bits(layer.ActivationBits));
        }

        context.Console.Write(table);
        Line(context, $"costs {document.Cost.Bytes:N0} bytes of weights, {document.Cost.ActivationBytes:N0} bytes of activations, {document.Cost.BitOperations / 1e9:F3} GBOP, {document.Cost.Milliseconds:F3} ms {(document.MillisecondsMeasured ? "measured" : "estimated")} on one thread");
        Line(context, $"budget {Limit(document.Budget.Bytes, "N0", " bytes of weights")}, {Limit(document.Budget.ActivationBytes, "N0", " bytes of activations")}, {Limit(document.Budget.BitOperations / 1e9, "F3", " GBOP")}, {Limit(document.Budget.Milliseconds, "F3", " ms")}");
        Line(context, $"{document.Evaluations:N0} candidates in {document.SearchSeconds:F0} s, {document.ShareOfFullCost * 100:F0} % of the work of judging each by itself; training took {document.TrainingSeconds:F0} s for {document.Epochs} epochs");
        if (document.Accuracy is { } accuracy)
        {
            Line(context, $"accuracy {accuracy * 100:F2} % (best epoch {document.BestAccuracy * 100:F2} %), as integers {document.IntegerAccuracy * 100:F2} %, {document.Mismatches} mismatches in {document.Compared:N0} integers");
            Line(context, $"model {document.Model}, checkpoint {document.Checkpoint}, front {document.Picture}");
        }
        else
        {
            Line(context, $"{result.Front.Count} of {result.Judged.Count} models on the front: {document.Picture}");
        }
    }

    private static string Bits(int? bits) => bits is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number} bit") : "-";

    private static string Limit(double? limit, string format, string unit) => limit is { } number ? number.ToString(format, CultureInfo.InvariantCulture) + unit : $"no limit of{unit}";

    private static void Line(CommandContext context, FormattableString text) => context.Console.Write(new Text(text.ToString(CultureInfo.InvariantCulture) + "\n"));
}
