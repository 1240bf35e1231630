using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Cli.Loading;
using LowBit.Kernels.Ceilings;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Tuning;
using LowBit.Runtime.Files;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>run: integer inference on pictures or records.</summary>
internal static class RunCommand
{
    private const int WarmUps = 3;
    private const double CeilingSeconds = 0.05;

    private static readonly Argument<string> s_model = new("model") { Description = "Integer model (.lbq)" };
    private static readonly Argument<string[]> s_images = new("images")
    {
        Description = "Pictures (png, pgm, ppm), idx files or CIFAR .bin files; FILE#N for record N of the latter two",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<bool> s_profile = new("--profile") { Description = "Show the time of every layer, and its share of the int8 peak of as many threads" };
    private static readonly Option<bool> s_resize = new("--resize") { Description = "Resample pictures of another size" };

    public static CommandDefinition Define()
        => new(new Command("run", "Run an integer model on images") { s_model, s_images, s_profile, s_resize }, Run);

    private static int Run(CommandContext context)
    {
        string path = context.ExistingFile(s_model);
        IntegerModel model = LbqReader.Read(path);
        List<(string Name, byte[] Pixels)> images =
            PictureFiles.Load(context.Parse.GetValue(s_images)!, model.Image, model.Classes, context.Parse.GetValue(s_resize));
        bool profile = context.Parse.GetValue(s_profile);
        var logits = new int[model.Classes];
        var outputs = new List<OutputDocument>();
        using Session session = ModelFiles.OpenSession(path, model, new SessionOptions { Threads = context.Threads, Costs = CostTable.LoadDefault(), Profile = profile });

        // The session that is timed is the one that is warm: its memory, its packed weights, its threads.
        for (int i = 0; i < WarmUps; i++)
        {
            session.Run(images[0].Pixels, logits);
        }

        session.ResetProfile();
        long ticks = 0;
        foreach ((string name, byte[] pixels) in images)
        {
            context.Stop.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            session.Run(pixels, logits);
            ticks += Stopwatch.GetTimestamp() - start;
            int best = Array.IndexOf(logits, logits.Max());
            outputs.Add(new OutputDocument(name, best, model.ClassNames.Count > 0 ? model.ClassNames[best] : $"{best}", [.. logits]));
        }

        double milliseconds = ticks * 1000.0 / Stopwatch.Frequency / images.Count;
        var document = new RunDocument(outputs, milliseconds, profile ? Times(session) : []);
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.RunDocument);
        }
        else
        {
            Show(context, document, model.Logits.Scale);
        }

        return ExitCode.Success;
    }

    /// <summary>The profile of a session, per image, with the reason for each kernel and its share of the int8 ceiling of as many threads.</summary>
    public static List<LayerTimeDocument> Times(Session session)
    {
        IReadOnlyList<NodeProfile> profile = session.Profile();
        double total = Math.Max(profile.Sum(node => node.Milliseconds), 1e-12);
        int threads = session.Options.Threads == 0 ? Environment.ProcessorCount : session.Options.Threads;
        double ceiling = CpuFeatures.Best == Isa.Scalar ? double.PositiveInfinity : CeilingLoops.Int8Gops(CpuFeatures.Best, threads, CeilingSeconds);
        var times = new List<LayerTimeDocument>();
        for (int i = 0; i < profile.Count; i++)
        {
            NodeProfile node = profile[i];
            double microseconds = node.Milliseconds * 1000 / Math.Max(1, node.Images);
            double gops = session.Plan.Nodes[i].Node is ConvolutionNode layer && microseconds > 0
                ? (layer.Shape with { Batch = 1 }).Operations / microseconds / 1e3
                : 0;
            times.Add(new LayerTimeDocument(
                node.Name, node.Kernel, microseconds, 100 * node.Milliseconds / total, session.Plan.Nodes[i].Reason, Math.Round(100 * gops / ceiling, 1)));
        }

        return times;
    }

    private static void Show(CommandContext context, RunDocument document, double scale)
    {
        foreach (OutputDocument output in document.Outputs)
        {
            context.Console.Write(new Text(string.Create(
                CultureInfo.InvariantCulture, $"{output.Image}: {output.Name} ({Probability(output, scale) * 100:F1} %)\n")));
        }

        foreach (LayerTimeDocument layer in document.Layers)
        {
            context.Console.Write(new Text(string.Create(
                CultureInfo.InvariantCulture, $"  {layer.Name,-28} {layer.MicrosecondsPerImage,10:F1} us {layer.Percent,5:F1} %  {layer.Kernel}{Explain(layer)}\n")));
        }

        context.Console.Write(new Text(string.Create(CultureInfo.InvariantCulture, $"{document.MillisecondsPerImage:F3} ms per image\n")));
    }

    private static string Explain(LayerTimeDocument layer) => layer.Reason.Length == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"  {layer.PercentOfCeiling:F0} % of the int8 ceiling; {layer.Reason}");

    // The softmax of the real logits, for people only; the answer itself is the highest integer.
    private static double Probability(OutputDocument output, double scale)
    {
        int top = output.Logits[output.Class];
        return 1 / output.Logits.Sum(logit => Math.Exp((logit - (double)top) * scale));
    }
}
