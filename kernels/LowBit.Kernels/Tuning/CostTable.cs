using System.Globalization;
using System.Text;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Files;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Ranges;

namespace LowBit.Kernels.Tuning;

/// <summary>
/// What kernels take on this machine, measured once. A layer that was measured gets the fastest kernel; for other layers the static model's cycles
/// are turned into time with what was measured of the same kernel elsewhere. No choice changes a bit of a result.
/// </summary>
/// <remarks>
/// The file is text: a line <c>lowbit-costs 1</c>, a line with the machine, one line per row (kernel, microseconds, estimated cycles, the twelve
/// numbers of <see cref="LayerKey"/>, separated by tabs), and a line <c>crc32c</c> with the checksum of all bytes before it.
/// </remarks>
public sealed class CostTable
{
    /// <summary>The environment variable that names the file of <see cref="DefaultPath"/>; <c>off</c> for none.</summary>
    public const string FileVariable = "LOWBIT_COSTS";

    private const string Magic = "lowbit-costs 1";
    private const string Tail = "crc32c ";
    private const int MostBytes = 64 << 20;

    // A clock of 2.5 GHz, for machines on which nothing was measured: all candidates are then divided by the same number.
    private const double CyclesPerMicrosecond = 2500;

    private readonly SortedDictionary<string, Dictionary<LayerKey, Cost>> _rows = new(StringComparer.Ordinal);

    /// <summary>Rows in the table.</summary>
    public int Count { get; private set; }

    /// <summary>Where the table of this machine lies: the file that <see cref="FileVariable"/> names, else <c>~/.cache/lowbit/costs-MACHINE.txt</c>; null when it is <c>off</c>.</summary>
    public static string? DefaultPath
    {
        get
        {
            string? named = Environment.GetEnvironmentVariable(FileVariable);
            if (!string.IsNullOrEmpty(named))
            {
                return named == "off" ? null : named;
            }

            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            uint machine = Checksum.Crc32C(Encoding.UTF8.GetBytes(Machine));
            return Path.Combine(home, ".cache", "lowbit", string.Create(CultureInfo.InvariantCulture, $"costs-{machine:x8}.txt"));
        }
    }

    /// <summary>What must be equal for figures to be of use: processor, instruction set, and the bodies that the registry holds.</summary>
    public static string Machine { get; } = Describe();

    /// <summary>The table of this machine, or null when there is none, it belongs to another machine or build, or it cannot be read.</summary>
    public static CostTable? LoadDefault()
    {
        try
        {
            return DefaultPath is { } path && File.Exists(path) ? Load(path) : null;
        }
        catch (IOException)
        {
            // A cache may be lost without harm: the static model takes its place, and tuning writes it anew.
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LowBitFormatException">It is damaged, or was measured on another machine or with other kernels.</exception>
    public static CostTable Load(string path)
    {
        var info = new FileInfo(path);
        if (info.Length > MostBytes)
        {
            throw new LowBitFormatException(path, "size", 0, $"a cost table has at most {MostBytes} bytes, this file has {info.Length}; measure again with 'lowbit doctor --tune'");
        }

        byte[] bytes = File.ReadAllBytes(path);
        string text = Encoding.UTF8.GetString(bytes);
        int tail = text.LastIndexOf(Tail, StringComparison.Ordinal);
        string sum = string.Create(CultureInfo.InvariantCulture, $"{Tail}{Checksum.Crc32C(Encoding.UTF8.GetBytes(tail < 0 ? text : text[..tail])):x8}\n");
        string[] lines = tail < 0 ? [] : text[..tail].Split('\n');
        if (tail < 0 || text[tail..] != sum || lines.Length < 2 || lines[0] != Magic)
        {
            throw new LowBitFormatException(path, "checksum", Math.Max(tail, 0), "this is no cost table, or it is damaged; measure again with 'lowbit doctor --tune'");
        }

        if (lines[1] != Machine)
        {
            throw new LowBitFormatException(path, "machine", Magic.Length + 1, $"the table was measured with '{lines[1]}', this is '{Machine}'; measure again with 'lowbit doctor --tune'");
        }

        var table = new CostTable();
        for (int i = 2; i < lines.Length - 1; i++)
        {
            table.Read(path, lines[i]);
        }

        return table;
    }

    /// <summary>Writes the table; the folder is made when it is missing.</summary>
    /// <param name="path">The file; replaced at the end.</param>
    public void Save(string path)
    {
        var text = new StringBuilder().Append(Magic).Append('\n').Append(Machine).Append('\n');
        foreach ((string kernel, Dictionary<LayerKey, Cost> costs) in _rows)
        {
            foreach ((LayerKey layer, Cost cost) in costs)
            {
                text.Append(CultureInfo.InvariantCulture, $"{kernel}\t{cost.Microseconds:R}\t{cost.Cycles:R}\t{layer}\n");
            }
        }

        uint sum = Checksum.Crc32C(Encoding.UTF8.GetBytes(text.ToString()));
        text.Append(CultureInfo.InvariantCulture, $"{Tail}{sum:x8}\n");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        AtomicFile.Write(path, Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Sets a row.</summary>
    /// <param name="kernel">Name of the kernel.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="microseconds">What was measured, above 0.</param>
    /// <param name="cycles">What the static model says, above 0.</param>
    public void Set(string kernel, in LayerKey layer, double microseconds, double cycles)
    {
        ArgumentException.ThrowIfNullOrEmpty(kernel);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microseconds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cycles);
        if (!_rows.TryGetValue(kernel, out Dictionary<LayerKey, Cost>? costs))
        {
            costs = [];
            _rows.Add(kernel, costs);
        }

        Count += costs.ContainsKey(layer) ? 0 : 1;
        costs[layer] = new Cost(microseconds, cycles);
    }

    /// <summary>True when a kernel was measured for a layer.</summary>
    /// <param name="kernel">Name of the kernel.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="microseconds">What it takes; 0 when it was not measured.</param>
    public bool TryGet(string kernel, in LayerKey layer, out double microseconds)
    {
        microseconds = 0;
        if (_rows.TryGetValue(kernel, out Dictionary<LayerKey, Cost>? costs) && costs.TryGetValue(layer, out Cost cost))
        {
            microseconds = cost.Microseconds;
            return true;
        }

        return false;
    }

    /// <summary>The best kernel for a layer, by this table and, where it says nothing, by the static model.</summary>
    /// <param name="shape">Sizes, the batch included.</param>
    /// <param name="proof">The layer's proof.</param>
    /// <param name="limit">The widest instruction set to use.</param>
    public KernelChoice Choose(in ConvShape shape, RangeProof proof, Isa limit)
    {
        LayerKey layer = LayerKey.Of(shape, proof);
        IntegerConvKernel? best = null, next = null;
        double least = double.PositiveInfinity, second = double.PositiveInfinity;
        bool measured = false;
        foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(shape, proof, limit))
        {
            bool found = TryGet(kernel.ToString(), layer, out double cost);
            cost = found ? cost : kernel.EstimateCycles(shape, proof) * MicrosecondsPerCycle(kernel.ToString(), layer);
            if (cost < least)
            {
                (next, second) = (best, least);
                (best, least, measured) = (kernel, cost, found);
            }
            else if (cost < second)
            {
                (next, second) = (kernel, cost);
            }
        }

        return new KernelChoice(best!, least, measured, next, next is null ? 0 : second);
    }

    // The kernel's own ratio of time to estimate, from layers of the same widths if there are any, else from all its layers, else from all rows.
    private double MicrosecondsPerCycle(string kernel, in LayerKey layer)
    {
        double own = 0, all = 0;
        int owns = 0, alls = 0, same = 0;
        double sameSum = 0;
        foreach ((string name, Dictionary<LayerKey, Cost> costs) in _rows)
        {
            foreach ((LayerKey key, Cost cost) in costs)
            {
                double log = Math.Log(cost.Microseconds / cost.Cycles);
                all += log;
                alls++;
                if (name == kernel)
                {
                    own += log;
                    owns++;
                    if (key.WeightBits == layer.WeightBits && key.ActivationBits == layer.ActivationBits)
                    {
                        sameSum += log;
                        same++;
                    }
                }
            }
        }

        return same > 0 ? Math.Exp(sameSum / same) : owns > 0 ? Math.Exp(own / owns) : alls > 0 ? Math.Exp(all / alls) : 1 / CyclesPerMicrosecond;
    }

    private static string Describe()
    {
        var names = new StringBuilder();
        foreach (IntegerConvKernel kernel in KernelRegistry.Kernels)
        {
            names.Append(kernel).Append('\n');
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{CpuFeatures.ProcessorName}, {CpuFeatures.Word(CpuFeatures.Best)}, kernels {Checksum.Crc32C(Encoding.UTF8.GetBytes(names.ToString())):x8}");
    }

    private void Read(string path, string line)
    {
        string[] parts = line.Split('\t');
        if (parts.Length == 4
            && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double microseconds) && microseconds is > 0 and < 1e12
            && double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out double cycles) && cycles is > 0 and < 1e18)
        {
            try
            {
                Set(parts[0], LayerKey.Parse(parts[3]), microseconds, cycles);
                return;
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                throw new LowBitFormatException(path, "row", -1, $"'{line}' is not a row: {e.Message}");
            }
        }

        throw new LowBitFormatException(path, "row", -1, $"'{line}' is not a row of kernel, microseconds, cycles and layer; measure again with 'lowbit doctor --tune'");
    }

    private readonly record struct Cost(double Microseconds, double Cycles);
}
