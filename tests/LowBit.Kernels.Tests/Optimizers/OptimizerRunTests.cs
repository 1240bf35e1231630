using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Optimizers;
using LowBit.Kernels.Tests.Devices;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Kernels.Tests.Optimizers;

/// <summary>Six steps in a row against PyTorch (tests/golden/optimizers.safetensors): the semantics over time, not of one step.</summary>
public class OptimizerRunTests
{
    private const int Steps = 6;

    // PyTorch's own float32 run and ours each stay within a few roundings of the exact step; momentum and the second moment carry
    // earlier roundings along. 16 roundings a step, relative to the largest parameter, bound the distance of the two.
    private static double Tolerance(int step, float[] parameters) => 2 * Bounds.Gamma(16 * step) * parameters.Max(Math.Abs);

    [Theory]
    [InlineData("sgd", false)]
    [InlineData("sgd_nesterov", true)]
    public void Sgd_follows_PyTorch(string name, bool nesterov)
        => Follow(name, (device, count, step, gradient, m, _, parameter) =>
            device.SgdStep(count, new SgdOptions(0.1f, 0.9f, 5e-4f, nesterov, FirstStep: step == 1), gradient, m, parameter));

    [Fact]
    public void A_momentum_of_zeros_is_as_good_as_a_first_step()
        => Follow("sgd", static (device, count, _, gradient, m, _, parameter) =>
            device.SgdStep(count, new SgdOptions(0.1f, 0.9f, 5e-4f, Nesterov: false, FirstStep: false), gradient, m, parameter));

    [Theory]
    [InlineData("adam", 0f, false)]
    [InlineData("adamw", 0.05f, true)]
    public void Adam_follows_PyTorch(string name, float decay, bool decoupled)
        => Follow(name, (device, count, step, gradient, m, v, parameter) =>
            device.AdamWStep(count, new AdamWOptions(1e-2f, 0.9f, 0.999f, 1e-8f, decay, step, decoupled), gradient, m, v, null, parameter));

    private delegate void StepBody(Device device, int count, int step, DeviceBuffer gradient, DeviceBuffer m, DeviceBuffer v, DeviceBuffer parameter);

    private static void Follow(string name, StepBody body)
    {
        GoldenFile golden = GoldenFile.Open("optimizers");
        foreach (Isa isa in CpuFeatures.Usable)
        {
            CpuDevice device = TestDevices.Get(isa, 2);
            float[] start = golden[$"{name}/p0"].Floats;
            int count = start.Length;
            DeviceBuffer[] buffers = [device.Allocate(count * 4), device.Allocate(count * 4), device.Allocate(count * 4), device.Allocate(count * 4)];
            device.Upload<float>(start, buffers[0]);
            device.Fill(count, 0, buffers[2]);
            device.Fill(count, 0, buffers[3]);
            var actual = new float[count];
            for (int step = 1; step <= Steps; step++)
            {
                device.Upload<float>(golden[$"{name}/g{step - 1}"].Floats, buffers[1]);
                body(device, count, step, buffers[1], buffers[2], buffers[3], buffers[0]);
                device.Download<float>(buffers[0], actual);
                float[] expected = golden[$"{name}/p{step}"].Floats;
                double tolerance = Tolerance(step, expected);
                for (int i = 0; i < count; i++)
                {
                    Assert.InRange(actual[i] - expected[i], -tolerance, tolerance);
                }
            }

            Array.ForEach(buffers, static b => b.Release());
        }
    }
}
