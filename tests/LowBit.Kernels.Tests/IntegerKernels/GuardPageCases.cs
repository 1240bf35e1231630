using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>Every body on buffers that end at forbidden pages. Prints a case before it runs: when the process dies, the last line names the culprit.</summary>
internal static class GuardPageCases
{
    public const string Done = "all guard page cases passed";

    public static void Run(TextWriter output)
    {
        PageProtection.IsOn = true;
        foreach ((int weightBits, int activationBits) in ((int, int)[])[(8, 7), (6, 8), (5, 8), (4, 4), (3, 8), (2, 8), (2, 2), (1, 8), (1, 2), (1, 1), (8, 8)])
        {
            foreach (ConvShape shape in (ConvShape[])[.. ConvShapes.All, .. ConvShapes.Depthwise])
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

        output.WriteLine(Done);
    }
}
