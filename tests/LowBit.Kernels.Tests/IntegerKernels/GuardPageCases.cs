using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Tests.Convolutions;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>Every body on buffers that end at forbidden pages. Prints a case before it runs: when the process dies, the last line names the culprit.</summary>
internal static class GuardPageCases
{
    public const string Done = "all guard page cases passed";

    // A load at a pixel far from the last one reaches past the end when all that follows is shorter than a vector.
    private static readonly ConvShape[] s_small =
    [
        new(1, 8, 1, 2, 2, 3, 3, 1, 1, 2),
        new(2, 1, 1, 2, 2, 3, 3, 1, 1, 2),
        new(3, 2, 3, 1, 1, 3, 3, 1, 1, 1),
        new(4, 3, 2, 3, 3, 3, 3, 2, 1, 3),
        new(2, 3, 1, 17, 17, 3, 3, 1, 1, 17),
        new(3, 2, 1, 3, 5, 1, 1, 1, 0),
        new(3, 3, 2, 2, 1, 3, 2, 1, 0),
    ];

    private static readonly ConvShape[] s_smallFloat =
    [
        new(3, 3, 2, 1, 1, 2, 2, 1, 0),
        new(3, 3, 3, 2, 1, 3, 3, 1, 0),
        new(5, 2, 2, 3, 2, 2, 1, 1, 0),
        new(2, 2, 4, 3, 3, 3, 3, 1, 1),
        new(3, 1, 2, 4, 6, 1, 1, 1, 0, 2),
        new(2, 3, 1, 2, 2, 3, 3, 1, 1, 2),
        new(4, 1, 1, 5, 3, 1, 1, 1, 0),
    ];

    public static void Run(TextWriter output)
    {
        PageProtection.IsOn = true;
        RunIntegers(output);
        RunFloats(output);
        output.WriteLine(Done);
    }

    private static void RunIntegers(TextWriter output)
    {
        foreach ((int weightBits, int activationBits) in ((int, int)[])[(8, 7), (6, 8), (5, 8), (4, 4), (3, 8), (2, 8), (2, 2), (1, 8), (1, 2), (1, 1), (8, 8)])
        {
            foreach (ConvShape shape in (ConvShape[])[.. ConvShapes.All, .. ConvShapes.Depthwise, .. s_small])
            {
                using var problem = new ConvProblem(shape, weightBits, activationBits, Fill.Random);
                foreach (IntegerConvKernel kernel in KernelRegistry.Candidates(shape, problem.Proof, CpuFeatures.Best))
                {
                    string name = $"{kernel} w{weightBits}a{activationBits} {shape}";
                    output.WriteLine(name);
                    output.Flush();
                    problem.AssertEqual(kernel, WorkerPool.Shared, name);
                }
            }
        }
    }

    private static void RunFloats(TextWriter output)
    {
        foreach (ConvShape shape in (ConvShape[])[.. s_smallFloat, .. ConvCase.All.Select(test => test.Shape)])
        {
            using var problem = new FloatConvProblem(shape, Fill.Random, seed: 1);
            foreach (ConvDirection direction in Enum.GetValues<ConvDirection>())
            {
                foreach (Isa isa in CpuFeatures.Usable)
                {
                    output.WriteLine($"{direction} {isa} {shape}");
                    output.Flush();
                    problem.Run(direction, isa, WorkerPool.Shared, start: 0.25f);
                }
            }
        }
    }
}
