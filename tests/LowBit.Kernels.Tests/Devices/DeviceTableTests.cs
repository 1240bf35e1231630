using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using Xunit;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>
/// Every operation of the device against its oracle, for every size, instruction set and thread count: results within the derived
/// bound, equal bits for all thread counts (and instruction sets, where no lanes are summed), inputs untouched, canaries alive.
/// </summary>
public class DeviceTableTests
{
    private static readonly Dictionary<string, DeviceCase> s_cases = new IEnumerable<DeviceCase>[]
    {
        ElementwiseCases.All, UnaryCases.All, BinaryCases.All, ReductionCases.All, ColumnCases.All, PoolingCases.All, LossCases.All, OptimizerCases.All,
        FakeQuantCases.All, IntervalQuantCases.All,
    }.SelectMany(static cases => cases).ToDictionary(static c => c.Name);

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operation_agrees_with_its_oracle(string name)
    {
        DeviceCase c = s_cases[name];
        foreach (int[] size in c.Sizes)
        {
            DeviceProblem problem = c.Create(size, new Fills(seed: 20261121 + size.Sum()));
            int[][]? firstIsa = null;
            foreach (Isa isa in CpuFeatures.Usable)
            {
                int[][]? firstThreads = null;
                foreach (int threads in TestDevices.ThreadCounts)
                {
                    string where = $"{name} [{string.Join(", ", size)}] on {CpuFeatures.Word(isa)} with {threads} threads";
                    int[][] bits = Run(TestDevices.Get(isa, threads), problem, where);
                    if (firstThreads is null)
                    {
                        Check(problem, bits, where);
                        firstThreads = bits;
                    }
                    else
                    {
                        Equal(firstThreads, bits, where + " differs from one thread");
                    }
                }

                if (c.SameOnAllIsas)
                {
                    string where = $"{name} [{string.Join(", ", size)}] on {CpuFeatures.Word(isa)} differs from another instruction set";
                    Equal(firstIsa ??= firstThreads!, firstThreads!, where);
                }
            }
        }
    }

    private static int[][] Run(Device device, DeviceProblem problem, string where)
    {
        using var guarded = new GuardedBuffers(device, problem.Contents);
        problem.Run(device, guarded.Buffers);
        return guarded.Download(where);
    }

    private static void Check(DeviceProblem problem, int[][] bits, string where)
    {
        for (int b = 0; b < bits.Length; b++)
        {
            Approx[]? expected = problem.Expected[b];
            for (int i = 0; i < bits[b].Length; i++)
            {
                if (expected is null)
                {
                    if (BitConverter.SingleToInt32Bits(problem.Contents[b][i]) != bits[b][i])
                    {
                        Assert.Fail($"{where}: input {b} was changed at {i}");
                    }

                    continue;
                }

                double actual = BitConverter.Int32BitsToSingle(bits[b][i]);
                if (!(Math.Abs(actual - expected[i].Value) <= expected[i].Error) && !actual.Equals(expected[i].Value))
                {
                    Assert.Fail($"{where}: buffer {b} element {i} is {actual:R}, expected {expected[i].Value:R} ± {expected[i].Error:E2}");
                }
            }
        }
    }

    private static void Equal(int[][] first, int[][] second, string message)
    {
        for (int b = 0; b < first.Length; b++)
        {
            int common = first[b].AsSpan().CommonPrefixLength(second[b]);
            if (common != first[b].Length)
            {
                Assert.Fail($"{message}: buffer {b} element {common}");
            }
        }
    }
}
