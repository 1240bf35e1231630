using System.Diagnostics;
using System.Text.Json;
using LowBit.Cli.Commands;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Pictures;
using LowBit.Data.Glyphs;
using LowBit.Data.Images;
using LowBit.Data.Sets;
using LowBit.Kernels.Files;
using LowBit.Kernels.Isas;
using LowBit.Nn.Checkpoints;
using LowBit.Nn.Lowering;
using LowBit.Nn.Recipes;
using LowBit.Nn.Simulation;
using LowBit.Nn.Training;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;

namespace LowBit.Cli.Loading;

/// <summary>The steps of quickstart, each through the same parts that the other commands use.</summary>
internal sealed class QuickstartRun
{
    private const int TrainImages = 12_000;
    private const int TestImages = 2_000;
    private const int FloatEpochs = 6;
    private const int QuantizedEpochs = 3;
    private const int SpeedRounds = 3;
    private const int SavedImages = 10;

    private readonly CommandContext _context;
    private readonly string _folder;
    private readonly ulong _seed;
    private readonly ImageSet _train;
    private readonly ImageSet _test;
    private readonly DataFacts _facts;
    private readonly long _start = Stopwatch.GetTimestamp();

    public QuickstartRun(CommandContext context, string folder)
    {
        _context = context;
        _folder = folder;
        _seed = context.Seed ?? 1;
        Directory.CreateDirectory(folder);
        context.Log($"drawing {TrainImages + TestImages:N0} Glyphs images, seed {_seed}");
        var options = new GlyphOptions(_seed, TrainImages, TestImages);
        _train = GlyphSet.Make(Split.Train, options);
        _test = GlyphSet.Make(Split.Test, options);
        _facts = Sources.Facts(_train);
    }

    /// <summary>Trains, exports, runs, compares, writes.</summary>
    public QuickstartDocument Execute()
    {
        string floatFolder = Path.Combine(_folder, "float32");
        string quantizedFolder = Path.Combine(_folder, "w4a4");
        List<EpochMetrics> floatEpochs = Train(FloatRecipe(), floatFolder, "float32");
        List<EpochMetrics> quantizedEpochs = Train(QuantizedRecipe(Path.Combine(floatFolder, TrainingRun.LastFile)), quantizedFolder, "w4a4   ");
        (EvaluationResult floats, long floatBytes) = MeasureFloat(Path.Combine(floatFolder, TrainingRun.LastFile));

        Checkpoint checkpoint = CheckpointFile.Read(Path.Combine(quantizedFolder, TrainingRun.LastFile));
        using LowBit.Nn.Module model = checkpoint.BuildModel(_context.Device);
        EvaluationResult quantized = Evaluate(model);
        LoweringResult lowered = Lowered.Lower(model, checkpoint.Recipe!, _facts);
        string modelFile = Path.Combine(_folder, "glyphs-w4a4.lbq");
        LbqWriter.Write(modelFile, lowered.Model);
        IntegerModel engineModel = LbqReader.Read(modelFile);
        VerificationReport report = Verify(lowered, engineModel);
        (int[] answers, double imagesPerSecond, Session session) = MeasureIntegers(engineModel);
        using Session profiled = session;

        var document = new QuickstartDocument
        {
            Seconds = Math.Round(Stopwatch.GetElapsedTime(_start).TotalSeconds, 2),
            Seed = _seed,
            Isa = CpuFeatures.Word(CpuFeatures.Best),
            Threads = _context.Threads > 0 ? _context.Threads : Environment.ProcessorCount,
            Quantization = checkpoint.Recipe!.Quantization!.ToPolicy().ToString(),
            TestImages = _test.Count,
            FloatAccuracy = floats.Accuracy,
            QuantizedAccuracy = quantized.Accuracy,
            SimulatedAccuracy = report.AccuracySimulated,
            IntegerAccuracy = IntegerInput.Correct(answers, _test) / (double)_test.Count,
            CodesCompared = report.Nodes.Sum(node => node.Compared),
            Mismatches = report.Mismatches,
            FloatBytes = floatBytes,
            IntegerBytes = new FileInfo(modelFile).Length,
            FloatImagesPerSecond = floats.ImagesPerSecond,
            IntegerImagesPerSecond = imagesPerSecond,
            Layers = Lowered.Layers(profiled.Plan),
            Times = RunCommand.Times(profiled),
            Files = [modelFile, .. OtherFiles()],
        };
        Write(document, new QuickstartReport(document, floatEpochs, quantizedEpochs, _test, answers));
        return document;
    }

    private Recipe FloatRecipe() => new()
    {
        Name = "glyphs-float32",
        Description = "The float twin of quickstart.",
        Data = new DataSection { Set = GlyphSet.Name, Batch = 50, EvaluationBatch = 200 },
        Model = new ModelSection { Kind = "lenet5", Width = 8 },
        Optimizer = new OptimizerSection { Kind = "adamw", LearningRate = 3e-3, WeightDecay = 1e-2 },
        Schedule = new ScheduleSection { Kind = "cosine" },
        Training = new TrainingSection { Epochs = FloatEpochs, Seed = _seed },
    };

    private Recipe QuantizedRecipe(string init) => FloatRecipe() with
    {
        Name = "glyphs-w4a4",
        Description = "4-bit weights and activations, starting from the float twin.",
        Quantization = new QuantizationSection { Method = "lsq", WeightBits = 4, ActivationBits = 4 },
        Optimizer = new OptimizerSection { Kind = "adamw", LearningRate = 1e-3, WeightDecay = 1e-2 },
        Training = new TrainingSection { Epochs = QuantizedEpochs, Seed = _seed, Init = init },
    };

    private List<EpochMetrics> Train(Recipe recipe, string folder, string title)
    {
        using TrainingImages training = Sources.Training(_train, recipe, _facts);
        using TrainingImages test = Sources.Evaluation(_test, _facts, recipe.Data.EvaluationBatch);
        using TrainingRun run = TrainingRun.Start(_context.Device, recipe, _facts, new TrainingSources(training, test), folder);
        var line = new TrainingLine(_context.Host, title);
        return run.Run(line, _context.Stop).IsInterrupted ? throw new OperationCanceledException() : line.Epochs;
    }

    private EvaluationResult Evaluate(LowBit.Nn.Module model)
    {
        using TrainingImages test = Sources.Evaluation(_test, _facts, 100);
        return Evaluator.Run(model, test, _context.Stop);
    }

    private (EvaluationResult Result, long Bytes) MeasureFloat(string file)
    {
        using LowBit.Nn.Module model = CheckpointFile.Read(file).BuildModel(_context.Device);
        EvaluationResult result = Evaluate(model);
        for (int round = 1; round < SpeedRounds; round++)
        {
            EvaluationResult again = Evaluate(model);
            result = again.ImagesPerSecond > result.ImagesPerSecond ? again : result;
        }

        return (result, model.CountParameters() * sizeof(float));
    }

    private VerificationReport Verify(LoweringResult lowered, IntegerModel engineModel)
    {
        _context.Log($"comparing simulation and engine on {_test.Count} images");
        using var verifier = new Verifier(lowered, engineModel, new SessionOptions { Batch = 50, Threads = _context.Threads });
        return VerifyCommand.Compare(verifier, _test, _context.Stop);
    }

    // The last, fastest round counts for speed; the profiling session is a second one, since a stopwatch per node costs time.
    private (int[] Answers, double ImagesPerSecond, Session Profiled) MeasureIntegers(IntegerModel model)
    {
        int[] answers = [];
        double best = double.MaxValue;
        using (var session = new Session(model, new SessionOptions { Batch = 100, Threads = _context.Threads }))
        {
            for (int round = 0; round < SpeedRounds; round++)
            {
                long start = Stopwatch.GetTimestamp();
                answers = IntegerInput.Classify(session, _test, _context.Stop);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        var profiled = new Session(model, new SessionOptions { Batch = 100, Threads = _context.Threads, Profile = true });
        IntegerInput.Classify(profiled, _test, _context.Stop);
        return (answers, _test.Count / best, profiled);
    }

    private IEnumerable<string> OtherFiles()
        => new[] { "report.html", "result.json", "accuracy.svg", "bits.svg", "bytes.svg", "time.svg" }.Select(name => Path.Combine(_folder, name));

    private void Write(QuickstartDocument document, QuickstartReport report)
    {
        void Text(string name, string text) => AtomicFile.Write(Path.Combine(_folder, name), System.Text.Encoding.UTF8.GetBytes(text));
        Text("report.html", report.ToHtml());
        Text("result.json", JsonSerializer.Serialize(document, JsonDocuments.Default.QuickstartDocument) + "\n");
        Text("accuracy.svg", report.AccuracyChart());
        Text("bits.svg", report.BitsChart());
        Text("bytes.svg", report.BytesChart());
        Text("time.svg", report.TimeChart());
        string images = Path.Combine(_folder, "images");
        Directory.CreateDirectory(images);
        for (int i = 0; i < SavedImages; i++)
        {
            byte[] png = PngWriter.Encode(new RasterImage(_test.Height, _test.Width, _test.Channels, _test.Image(i).ToArray()));
            AtomicFile.Write(Path.Combine(images, $"{i:D2}-{_test.ClassNames[_test.Labels[i]]}.png"), png);
        }
    }
}
