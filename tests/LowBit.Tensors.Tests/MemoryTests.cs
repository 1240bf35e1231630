using LowBit.Kernels.Devices;
using LowBit.Kernels.Optimizers;
using LowBit.Kernels.Rng;
using LowBit.Kernels.Threading;
using LowBit.Tensors.Ops;
using Xunit;
using Xunit.Abstractions;

namespace LowBit.Tensors.Tests;

/// <summary>A training step leaves nothing behind.</summary>
[Collection("alone")]
public class MemoryTests(ITestOutputHelper output)
{
    private const int Steps = 200;
    private const int WarmUp = 20;
    private const int Middle = (WarmUp + Steps) / 2;

    [Fact]
    public void Two_hundred_training_steps_hold_managed_and_native_memory_flat()
    {
        using var pool = new WorkerPool(2);
        using var device = new CpuDevice(pool);
        using var net = new SmallNet(device);
        MemoryStatistics native = default;
        (long managed, long middle, long perStep, double first, double last) = (0, 0, 0, 0, 0);
        for (int step = 0; step < Steps; step++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            last = net.Step(step);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (step == 0)
            {
                first = last;
            }
            else if (step == WarmUp)
            {
                native = device.Memory;
                managed = GC.GetTotalMemory(forceFullCollection: true);
                perStep = allocated;
            }
            else if (step > WarmUp)
            {
                middle = step == Middle ? GC.GetTotalMemory(forceFullCollection: true) : middle;
                Assert.Equal(native, device.Memory);
                Assert.InRange(allocated, 0, perStep + 1024);
            }
        }

        // The test runner's own objects come and go; a leak grows in both halves.
        long growth = Math.Min(middle - managed, GC.GetTotalMemory(forceFullCollection: true) - middle);
        output.WriteLine($"native {native}, managed growth {growth} bytes, {perStep} managed bytes per step, loss {first:F3} to {last:F3}");
        Assert.InRange(growth, long.MinValue, 16 * 1024);
        Assert.True(last < first, "the steps did not train anything");
    }

    /// <summary>Convolution, batch norm, residual, pooling, classifier: every kind of node that keeps something.</summary>
    private sealed class SmallNet : IDisposable
    {
        private static readonly int[] s_labels = [0, 1, 2, 3, 4, 0, 1, 2];

        private readonly CpuDevice _device;
        private readonly List<Tensor> _parameters = [];
        private readonly List<Tensor> _state = [];
        private readonly Tensor _x;
        private readonly Tensor _w1, _w2, _g1, _b1, _g2, _b2, _mean1, _var1, _mean2, _var2, _wl, _bl;

        public SmallNet(CpuDevice device)
        {
            _device = device;
            _x = Tensor.Normal(device, new Shape(8, 12, 12, 3), 0, 1, new PhiloxKey(1, 0));
            _w1 = Parameter([8, 3, 3, 3], 0.2f, 1);
            _w2 = Parameter([16, 3, 3, 8], 0.1f, 2);
            (_g1, _b1, _g2, _b2) = (Parameter([8], 1, 3), Parameter([8], 0.1f, 4), Parameter([16], 1, 5), Parameter([16], 0.1f, 6));
            (_wl, _bl) = (Parameter([5, 16], 0.1f, 7), Parameter([5], 0.1f, 8));
            (_mean1, _var1, _mean2, _var2) = (State(8, 0), State(8, 1), State(16, 0), State(16, 1));
            foreach (Tensor p in _parameters)
            {
                _state.Add(Tensor.Zeros(device, p.Shape));
            }
        }

        public double Step(int step)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor h = _x.Conv2d(_w1, padding: 1).BatchNormTraining(_g1, _b1, _mean1, _var1).Relu();
            Tensor t = (h.Conv2d(_w2, stride: 2, padding: 1).BatchNormTraining(_g2, _b2, _mean2, _var2) + h.ShortcutA(16, 2)).Relu();
            Tensor loss = t.MaxPool2d(2).GlobalAveragePool().Linear(_wl, _bl).CrossEntropy(s_labels, 0.1f);
            foreach (Tensor p in _parameters)
            {
                p.ZeroGradient();
            }

            loss.Backward();
            for (int i = 0; i < _parameters.Count; i++)
            {
                Tensor p = _parameters[i];
                _device.SgdStep(p.Length, new SgdOptions(0.05f, 0.9f, 1e-4f, false, step == 0), p.Gradient!.Buffer, _state[4 + i].Buffer, p.Buffer);
            }

            return loss.Item();
        }

        public void Dispose()
        {
            foreach (Tensor t in (IEnumerable<Tensor>)[_x, .. _parameters, .. _state])
            {
                t.Dispose();
            }

            Assert.Equal(0, _device.Memory.InUse);
        }

        private Tensor Parameter(int[] sizes, float deviation, ulong stream)
        {
            Tensor p = Tensor.Normal(_device, new Shape(sizes), 0, deviation, new PhiloxKey(9, stream));
            p.RequiresGradient = true;
            _parameters.Add(p);
            return p;
        }

        private Tensor State(int channels, float value)
        {
            Tensor t = Tensor.Full(_device, new Shape(channels), value);
            _state.Add(t);
            return t;
        }
    }
}
