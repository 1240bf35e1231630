using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Devices;
using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.IntegerKernels.Dot8;
using LowBit.Kernels.IntegerKernels.Epilogues;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;
using Xunit;

namespace LowBit.Kernels.Tests.IntegerKernels.Dot8;

public class ExactDotTests
{
    [Theory]
    [InlineData(8, 8)]
    [InlineData(1, 1)]
    [InlineData(4, 7)]
    public void Kernels_of_exact_lanes_equal_the_reference_without_any_16_bit_sum(int weightBits, int activationBits)
    {
        var kernel = new Dot8Conv<ExactDotLanes, int, EpilogueScalar>();
        foreach (ConvShape shape in ConvShapes.All)
        {
            foreach (Fill fill in Enum.GetValues<Fill>())
            {
                using var problem = new ConvProblem(shape, weightBits, activationBits, fill);
                problem.AssertEqual(kernel, WorkerPool.Shared, $"{kernel} {fill}");
            }
        }
    }

    [Fact]
    public void Four_product_instructions_are_used_exactly_where_the_CPU_has_them()
    {
        IntegerConvKernel vnni = KernelRegistry.Get(new KernelKey(KernelRegistry.VnniFamily, 8, 8, Isa.Avx2));
        IntegerConvKernel dotProd = KernelRegistry.Get(new KernelKey(KernelRegistry.DotProdFamily, 8, 7, Isa.Vector128));
        Assert.Equal(AvxVnni.IsSupported && CpuFeatures.Best >= Isa.Avx2, vnni.IsSupported);
        Assert.Equal(Dp.IsSupported && CpuFeatures.Best >= Isa.Vector128, dotProd.IsSupported);
        Assert.False(dotProd.Serves(8, 8), "ARM's dot product reads activations as signed bytes");
    }

    // All four operand bytes at the ends of their ranges: where a saturating instruction would differ.
    [Fact]
    public void Every_lane_type_adds_four_products()
    {
        Check<DotLanesScalar, int>(127, 64);
        Check<DotLanes128, Vector128<int>>(127, 64);
        if (DotLanes256.IsSupported)
        {
            Check<DotLanes256, Vector256<int>>(127, 64);
        }

        if (DotLanes512.IsSupported)
        {
            Check<DotLanes512, Vector512<int>>(127, 64);
        }

        if (DotLanesVnni.IsSupported)
        {
            Check<DotLanesVnni, Vector256<int>>(255, 128);
        }

        if (DotLanesDotProd.IsSupported)
        {
            Check<DotLanesDotProd, Vector128<int>>(127, 128);
        }

        Check<ExactDotLanes, int>(255, 128);
    }

    private static unsafe void Check<L, V>(int largest, int smallestMagnitude)
        where L : struct, IDotLanes<V>
        where V : struct
    {
        int* result = stackalloc int[16];
        sbyte* w = stackalloc sbyte[64];
        byte* a = stackalloc byte[4];
        foreach (int weight in new[] { -smallestMagnitude, smallestMagnitude - 1, 1, 0 })
        {
            for (int i = 0; i < 64; i++)
            {
                w[i] = (sbyte)(i % 4 == 3 ? -weight : weight);
            }

            new Span<byte>(a, 4).Fill((byte)largest);
            L.Store(L.AddDot(L.Broadcast((byte*)w), L.Broadcast(a), L.Load((byte*)w), L.Ones), result);
            int start = *(int*)w, last = (sbyte)-weight;
            for (int lane = 0; lane < L.Count; lane++)
            {
                Assert.Equal(start + (largest * ((3 * weight) + last)), result[lane]);
            }
        }
    }
}
