using LowBit.Kernels.Devices;
using LowBit.Kernels.FakeQuantization;
using LowBit.Quantization.StepSources;
using LowBit.Tensors;

namespace LowBit.Quantization.Nodes;

/// <summary>
/// Fused fake-quantization with an interval of its own: one pass forward, one pass backward for the input's gradient and the sums from
/// which those of the source's numbers follow. Keeps its input, a copy of the grid and the numbers it was made from.
/// </summary>
internal sealed class IntervalNode<TRounding, TSlope>(Tensor x, IntervalSource source, FakeQuantShape shape, TSlope slope, float gradientScale)
    : Node([x, .. source.LearnedNumbers])
    where TRounding : struct, IRounding
    where TSlope : struct, ISlope
{
    private Tensor? _grid;
    private float[][] _numbers = [];

    public override string Name => $"quantize_interval({TRounding.Name}, {TSlope.Name})";

    public override bool KeepsOutput => false;

    public Tensor Run()
    {
        Tensor y = Output(this, x.Shape);
        Device.IntervalQuantForward<TRounding>(shape, x.Buffer, source.Grid.Buffer, y.Buffer);
        if (IsRecorded)
        {
            _grid = Own(source.Grid.Shape);
            Device.Copy(_grid.Length, source.Grid.Buffer, _grid.Buffer);
            _numbers = source.NumbersOfAll();
        }

        return y;
    }

    public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
    {
        bool holdsOther = false;
        DeviceBuffer? gx = gradients.InPlace(x) ?? gradients.For(x, out holdsOther);
        bool learns = source.LearnedNumbers.Length > 0;
        if (gx is null && !learns)
        {
            return;
        }

        using Tensor sums = Tensor.Allocate(Device, new Shape(shape.Channels, IntervalGrid.SumCount));
        Device.IntervalQuantBackward<TRounding, TSlope>(shape, slope, x.Buffer, _grid!.Buffer, outputGradient, gx, holdsOther, learns ? sums.Buffer : null);
        if (learns)
        {
            Chain(sums.ToArray(), _grid.ToArray(), gradients);
        }
    }

    private void Chain(float[] sums, float[] grid, GradientSink gradients)
    {
        ReadOnlySpan<Tensor> learned = source.LearnedNumbers;
        var all = new double[learned.Length][];
        for (int k = 0; k < all.Length; k++)
        {
            all[k] = new double[shape.Channels];
        }

        Span<double> own = stackalloc double[learned.Length];
        Span<float> numbers = stackalloc float[_numbers.Length];
        for (int c = 0; c < shape.Channels; c++)
        {
            ReadOnlySpan<float> s = sums.AsSpan(c * IntervalGrid.SumCount, IntervalGrid.SumCount);
            ReadOnlySpan<float> g = grid.AsSpan(c * IntervalGrid.Length, IntervalGrid.Length);
            for (int k = 0; k < numbers.Length; k++)
            {
                numbers[k] = _numbers[k][c];
            }

            source.Chain(numbers, new IntervalSums(s[0], s[1], s[2], s[3], s[4], (double)g[2] / g[1]), own);
            for (int k = 0; k < all.Length; k++)
            {
                all[k][c] = own[k];
            }
        }

        for (int k = 0; k < all.Length; k++)
        {
            HostGradients.Add(gradients, learned[k], all[k], gradientScale);
        }
    }
}
