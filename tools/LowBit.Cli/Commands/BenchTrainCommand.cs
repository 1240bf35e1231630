using System.CommandLine;
using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Kernels.Ceilings;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;
using LowBit.Kernels.Tuning;
using LowBit.Nn.Recipes;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>bench train: what a training step costs, in float and quantized, measured in turns.</summary>
internal static class BenchTrainCommand
{
    private const int LeastRounds = 5;
    private const int ProfiledSteps = 5;
    private const double CeilingSeconds = 0.05;
    private const double MiB = 1 << 20;

    private static readonly Argument<string> s_model = new("model") { Description = "resnet20 (or another depth), mobilenetv2, lenet5, vgg7, mlp" };
    private static readonly Option<string> s_pairs = new("--pairs") { Description = "Widths to compare with float, for example w4a4,w2a2", DefaultValueFactory = _ => "w4a4" };
    private static readonly Option<string> s_method = new("--method") { Description = "Quantization method", DefaultValueFactory = _ => "lsq" };
    private static readonly Option<int> s_batch = new("--batch") { Description = "Images of a step", DefaultValueFactory = _ => 128 };
    private static readonly Option<int> s_width = new("--width") { Description = "Channels of the first convolution; 0 for the model's own" };
    private static readonly Option<int> s_rounds = new("--rounds") { Description = "Timed steps of each precision, 5 or more", DefaultValueFactory = _ => 20 };
    private static readonly Option<bool> s_profile = new("--profile") { Description = "Show where the time of a step goes" };

    public static CommandDefinition Define()
        => new(new Command("train", "Measure a training step, in float and quantized, against the multiply-add peak of as many threads; on one thread unless --threads says more") { s_model, s_pairs, s_method, s_batch, s_width, s_rounds, s_profile }, Run);

    private static int Run(CommandContext context)
    {
        string name = context.Parse.GetValue(s_model)!;
        ModelSection model = Section(name);
        model.Width = context.Parse.GetValue(s_width);
        if (model.Width is < 0 or > 4096)
        {
            throw new UsageException($"--width is {model.Width}; it must be 1 to 4096, or 0 for the model's own");
        }

        int batch = context.Parse.GetValue(s_batch), rounds = context.Parse.GetValue(s_rounds);
        if (batch is < 2 or > DataSection.MostBatch)
        {
            throw new UsageException($"--batch is {batch}; it must be 2 to {DataSection.MostBatch}");
        }

        if (rounds is < LeastRounds or > 100_000)
        {
            throw new UsageException($"--rounds is {rounds}; it must be {LeastRounds} to 100000");
        }

        if (CpuFeatures.Best == Isa.Scalar)
        {
            throw new UsageException($"{CpuFeatures.LimitVariable} limits this process to scalar code, which has no ceiling to compare with; unset it");
        }

        List<(string Mode, QuantizationSection? Section)> modes = [("fp32", null)];
        string method = context.Parse.GetValue(s_method)!;
        foreach ((int weights, int activations) in BitPairs.Parse(context.Parse.GetValue(s_pairs)!))
        {
            modes.Add(($"{method} {BitPairs.Word(weights, activations)}", new QuantizationSection { Method = method, WeightBits = weights, ActivationBits = activations }));
        }

        TrainBenchDocument document = Measure(context, name, model, modes, batch, rounds);
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.TrainBenchDocument);
        }
        else
        {
            Show(context, document);
        }

        return ExitCode.Success;
    }

    private static TrainBenchDocument Measure(
        CommandContext context, string name, ModelSection model, List<(string Mode, QuantizationSection? Section)> modes, int batch, int rounds)
    {
        int threads = context.ThreadsOr(1);

        using var pool = new WorkerPool(threads);
        var devices = new List<Device>();
        var steps = new List<TrainSteps>();
        try
        {
            foreach ((string mode, QuantizationSection? section) in modes)
            {
                context.Log($"building {name} {mode}");
                devices.Add(new CpuDevice(pool));
                steps.Add(new TrainSteps(devices[^1], model, section, batch));
            }

            double ceiling = CeilingLoops.FmaGflops(CpuFeatures.Best, threads, CeilingSeconds);
            context.Log($"measuring {rounds} rounds");
            Timing[] timings = InterleavedTimer.Measure([.. steps.Select(step => (Action)step.Step)], rounds, context.Stop);
            ceiling = Math.Max(ceiling, CeilingLoops.FmaGflops(CpuFeatures.Best, threads, CeilingSeconds));
            bool isProfiled = context.Parse.GetValue(s_profile);
            var rows = new List<TrainBenchRow>();
            for (int i = 0; i < modes.Count; i++)
            {
                (double gflop, List<TrainOperationRow> operations) = Profile(pool, model, modes[i].Section, batch, isProfiled ? ProfiledSteps : 1, ceiling);
                rows.Add(new TrainBenchRow
                {
                    Mode = modes[i].Mode,
                    ImagesPerSecond = Math.Round(batch / timings[i].Minimum, 1),
                    MedianImagesPerSecond = Math.Round(batch / timings[i].Median, 1),
                    PercentOfFmaPeak = Math.Round(100 * gflop / timings[i].Minimum / ceiling, 1),
                    OverheadOverFp32 = Math.Round(timings[i].Minimum / timings[0].Minimum, 3),
                    StepGflop = Math.Round(gflop, 3),
                    PeakMiB = Math.Round(devices[i].Memory.Peak / MiB, 1),
                    Operations = isProfiled ? operations : null,
                });
            }

            return new TrainBenchDocument
            {
                Model = name,
                Processor = CpuFeatures.ProcessorName,
                Isa = CpuFeatures.Word(CpuFeatures.Best),
                Threads = threads,
                Batch = batch,
                Rounds = rounds,
                FmaCeilingGflops = Math.Round(ceiling, 1),
                Rows = rows,
            };
        }
        finally
        {
            steps.ForEach(step => step.Dispose());
            devices.ForEach(device => device.Dispose());
        }
    }

    // A run of its own on a device that counts: arithmetic of a step, and where its time goes.
    private static (double Gflop, List<TrainOperationRow> Operations) Profile(
        WorkerPool pool, ModelSection model, QuantizationSection? section, int batch, int steps, double peakGflops)
    {
        using var cpu = new CpuDevice(pool);
        using var device = new ProfilingDevice(cpu);
        using var run = new TrainSteps(device, model, section, batch);
        run.Step();
        device.Clear();
        for (int i = 0; i < steps; i++)
        {
            run.Step();
        }

        IReadOnlyList<OperationProfile> profiles = device.Profiles();
        double total = profiles.Sum(profile => profile.Seconds);
        var rows = profiles.Select(profile => new TrainOperationRow
        {
            Operation = profile.Name,
            Shape = profile.Detail,
            Calls = profile.Calls / (double)steps,
            Milliseconds = Math.Round(1e3 * profile.Seconds / steps, 3),
            PercentOfStep = Math.Round(100 * profile.Seconds / total, 1),
            PercentOfFmaPeak = profile.Operations > 0 ? Math.Round(profile.Operations / profile.Seconds / 1e7 / peakGflops, 1) : null,
            GBs = Math.Round(profile.Bytes / profile.Seconds / 1e9, 1),
        }).ToList();
        return (profiles.Sum(profile => profile.Operations) / steps / 1e9, rows);
    }

    private static ModelSection Section(string name)
    {
        if (name.StartsWith("resnet", StringComparison.Ordinal) && int.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int depth))
        {
            return depth >= 8 && (depth - 2) % 6 == 0
                ? new ModelSection { Kind = "resnet", Depth = depth }
                : throw new UsageException($"{name} has {depth} layers; a ResNet for CIFAR has 6n + 2: resnet20, resnet32, resnet44, resnet56, …");
        }

        return name is "mobilenetv2" or "lenet5" or "vgg7" or "mlp"
            ? new ModelSection { Kind = name }
            : throw new UsageException($"there is no model '{name}'; did you mean '{NearestName.Find(name, ["resnet20", "mobilenetv2", "lenet5", "vgg7", "mlp"])}'?");
    }

    private static void Show(CommandContext context, TrainBenchDocument document)
    {
        context.Console.Write(new Text(string.Create(
            CultureInfo.InvariantCulture,
            $"{document.Model}, batch {document.Batch}, {document.Threads} {(document.Threads == 1 ? "thread" : "threads")}, {document.Processor}, {document.Isa}, multiply-add peak {document.FmaCeilingGflops:N1} GFLOP/s\n")));
        Table table = NewTable(context, "step", "images/s", "median", "% of peak", "x fp32 step", "GFLOP", "peak MiB");
        foreach (TrainBenchRow row in document.Rows)
        {
            table.AddRow(row.Mode, N(row.ImagesPerSecond), N(row.MedianImagesPerSecond), N(row.PercentOfFmaPeak), N(row.OverheadOverFp32, 2), N(row.StepGflop), N(row.PeakMiB));
        }

        context.Console.Write(table);
        foreach (TrainBenchRow row in document.Rows.Where(row => row.Operations is not null))
        {
            context.Console.Write(new Text($"{row.Mode}: where the time of a step goes\n"));
            Table operations = NewTable(context, "operation", "shape", "calls", "ms", "% of step", "% of peak", "GB/s");
            foreach (TrainOperationRow o in row.Operations!)
            {
                operations.AddRow(
                    Markup.Escape(o.Operation), Markup.Escape(o.Shape), N(o.Calls, 0), N(o.Milliseconds, 2), N(o.PercentOfStep), o.PercentOfFmaPeak is { } share ? N(share) : "", N(o.GBs));
            }

            context.Console.Write(operations);
        }
    }

    private static Table NewTable(CommandContext context, params string[] columns)
    {
        Table table = context.NewTable();
        foreach (string column in columns)
        {
            table.AddColumn(column is "step" or "operation" or "shape" ? new TableColumn(column) : new TableColumn(column).RightAligned());
        }

        return table;
    }

    private static string N(double value, int digits = 1) => value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
