using LowBit.Kernels.FakeQuantization;
using LowBit.Kernels.Isas;
using LowBit.Quantization.Estimators;
using Xunit;

namespace LowBit.Quantization.Tests.Estimators;

public sealed class EstimatorTests
{
    [Theory]
    [InlineData(6.9f, 7f, 1f)]
    [InlineData(7.000001f, 7f, 1f)]
    [InlineData(7.5f, 7f, 1f)]
    [InlineData(7.51f, 7f, 0f)]
    [InlineData(-7.4f, -7f, 1f)]
    [InlineData(-8f, -7f, 0f)]
    [InlineData(float.NaN, 7f, 0f)]
    public void Unclipped_passes_where_only_rounding_happened(float v, float q, float slope)
    {
        Assert.Equal(slope, Input<Unclipped>(v, q, -7, 7));
        Assert.Equal(0, Step<Unclipped>(v, q, -7, 7));
    }

    [Theory]
    [InlineData(0.2f, 1f)]
    [InlineData(-0.2f, -1f)]
    [InlineData(5f, 1f)]
    public void A_sign_passes_everywhere_and_its_step_sees_the_sign(float v, float q)
    {
        Assert.Equal(1, Input<SignThrough>(v, q, -1, 1));
        Assert.Equal(q, Step<SignThrough>(v, q, -1, 1));
    }

    private static float Input<T>(float v, float q, float low, float high)
        where T : struct, IEstimator => T.InputSlope<LanesScalar, float>(v, q, low, high);

    private static float Step<T>(float v, float q, float low, float high)
        where T : struct, IEstimator => T.StepSlope<LanesScalar, float>(v, q, low, high);
}
