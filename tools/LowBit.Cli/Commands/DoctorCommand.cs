using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using LowBit.Cli.Documents;
using LowBit.Cli.Hosting;
using LowBit.Data.Downloads;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;
using LowBit.Kernels.Tuning;
using Spectre.Console;

namespace LowBit.Cli.Commands;

/// <summary>doctor: what this machine offers, what LowBit will use of it, and what stands in the way.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> s_tune = new("--tune")
    {
        Description = "Measure the kernels once, so that layers get the fastest ones: of common layers, or of a model file (.lbq)",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "model",
    };

    public static CommandDefinition Define() => new(new Command("doctor", "Show what this machine offers and what stands in the way") { s_tune }, Run);

    private static int Run(CommandContext context)
    {
        if (context.Parse.GetResult(s_tune) is not null)
        {
            string model = context.Parse.GetValue(s_tune) ?? "";
            return TuneRun.Run(context, model.Length == 0 || File.Exists(model) ? model : throw new FileNotFoundException($"there is no file {model}; name an integer model (.lbq)"));
        }

        DataCache cache = context.Cache();
        var document = new DoctorDocument
        {
            Version = typeof(DoctorCommand).Assembly.GetName().Version?.ToString(3) ?? "",
            Runtime = RuntimeInformation.FrameworkDescription,
            System = $"{RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture})",
            Processors = Environment.ProcessorCount,
            Isa = CpuFeatures.Word(CpuFeatures.Best),
            Features = Features(),
            Kernels = Kernels(),
            DataFolder = cache.Folder,
            Data = Data(cache.Folder),
            Warnings = Warnings(cache.Folder),
            Notes = ["this build has no GPU device; everything runs on the processor"],
        };
        if (context.IsJson)
        {
            context.WriteJson(document, JsonDocuments.Default.DoctorDocument);
        }
        else
        {
            Show(context.Console, document);
        }

        return ExitCode.Success;
    }

    private static void Show(IAnsiConsole console, DoctorDocument document)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        void Row(string name, string value) => grid.AddRow(new Text(name), new Text(value));
        Row("lowbit", document.Version);
        Row("runtime", document.Runtime);
        Row("system", document.System);
        Row("processors", $"{document.Processors}");
        Row("instruction set", document.Isa);
        Row("features", string.Join(" ", document.Features));
        foreach ((string layer, string kernel) in document.Kernels)
        {
            Row($"kernel, {layer}", kernel);
        }

        Row("data folder", document.DataFolder);
        Row("data sets here", string.Join(", ", document.Data.Where(set => set.Value).Select(set => set.Key).DefaultIfEmpty("none; they are downloaded when first used")));
        console.Write(grid);
        foreach (string note in document.Notes)
        {
            console.Write(new Text($"note: {note}\n"));
        }

        foreach (string warning in document.Warnings)
        {
            console.Write(new Text($"warning: {warning}\n", new Style(Color.Yellow)));
        }

        if (document.Warnings.Count == 0)
        {
            console.Write(new Text("nothing stands in the way\n", new Style(Color.Green)));
        }
    }

    private static List<string> Features()
    {
        (string Name, bool Present)[] known =
        [
            ("sse4.2", Sse42.IsSupported), ("popcnt", Popcnt.IsSupported), ("avx", Avx.IsSupported), ("avx2", Avx2.IsSupported),
            ("fma", Fma.IsSupported), ("bmi2", Bmi2.IsSupported), ("avxvnni", AvxVnni.IsSupported),
            ("avx512f", Avx512F.IsSupported), ("avx512bw", Avx512BW.IsSupported), ("avx512dq", Avx512DQ.IsSupported),
            ("avx512vl", Avx512F.VL.IsSupported), ("avx512vbmi", Avx512Vbmi.IsSupported),
            ("neon", AdvSimd.IsSupported), ("dotprod", Dp.IsSupported), ("vector128", Vector128.IsHardwareAccelerated),
        ];
        return [.. known.Where(feature => feature.Present).Select(feature => feature.Name)];
    }

    // The kernels that a typical inner layer gets, by the measured costs of this machine where there are any.
    private static Dictionary<string, string> Kernels()
    {
        var chosen = new Dictionary<string, string>();
        CostTable costs = CostTable.LoadDefault() ?? new CostTable();
        foreach ((int weights, int activations) in new[] { (2, 2), (4, 4), (8, 8) })
        {
            var shape = new ConvShape(1, 16, 16, 64, 64, 3, 3, 1, 1);
            RangeProof proof = RangeProof.Create(weights, (1 << activations) - 1, shape.ReductionLength);
            KernelChoice choice = costs.Choose(shape, proof, CpuFeatures.Best);
            chosen.Add($"w{weights}a{activations} 3x3", $"{choice.Kernel} ({choice.Reason})");
        }

        return chosen;
    }

    private static Dictionary<string, bool> Data(string folder)
    {
        var present = new Dictionary<string, bool> { ["glyphs"] = true };
        foreach (RemoteSet set in new[] { RemoteSet.Mnist, RemoteSet.FashionMnist, RemoteSet.Cifar10, RemoteSet.Cifar100 })
        {
            present.Add(set.Name, set.Files.All(file => File.Exists(Path.Combine(folder, file.Path))));
        }

        return present;
    }

    private static List<string> Warnings(string folder)
    {
        var warnings = new List<string>();
        if (CpuFeatures.Best < CpuFeatures.Widest)
        {
            warnings.Add($"{CpuFeatures.LimitVariable}={Environment.GetEnvironmentVariable(CpuFeatures.LimitVariable)} limits the instruction set to {CpuFeatures.Word(CpuFeatures.Best)}; unset it for full speed");
        }

        if (!RuntimeFeature.IsDynamicCodeCompiled && !Vector256.IsHardwareAccelerated && RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            warnings.Add("this program was compiled ahead of time without AVX2; publish with <IlcInstructionSet>native</IlcInstructionSet> or for x86-64-v3");
        }
        else if (CpuFeatures.Widest < Isa.Avx2 && RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            warnings.Add($"only {CpuFeatures.Word(CpuFeatures.Widest)} is available; kernels are many times slower than with AVX2");
        }

        if (IsDebugBuild)
        {
            warnings.Add("this is a debug build; run with -c Release");
        }

        if (Environment.GetEnvironmentVariable("DOTNET_TieredCompilation") == "1" || Environment.GetEnvironmentVariable("DOTNET_ReadyToRun") == "0")
        {
            warnings.Add("DOTNET_TieredCompilation or DOTNET_ReadyToRun is set; start times and first measurements differ from the defaults");
        }

        if (!CanWrite(folder))
        {
            warnings.Add($"the data folder {folder} cannot be written; name another one with --data-dir or {DataCache.FolderVariable}");
        }

        return warnings;
    }

#if DEBUG
    private static bool IsDebugBuild => true;
#else
    private static bool IsDebugBuild => false;
#endif

    // The nearest existing folder decides, since a missing one would be made inside it.
    private static bool CanWrite(string folder)
    {
        string? at = Path.GetFullPath(folder);
        while (at is not null && !Directory.Exists(at))
        {
            at = Path.GetDirectoryName(at);
        }

        if (at is null)
        {
            return false;
        }

        try
        {
            string probe = Path.Combine(at, $".lowbit-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
