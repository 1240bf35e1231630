using LowBit.Kernels.Devices;
using LowBit.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace LowBit.Nn.PostTraining;

/// <summary>
/// Learns for each weight whether its code is the one below or the one above: <c>q = clamp(⌊w/s⌋ + h(V))</c> with
/// <c>h(V) = clip(1.2·σ(V) − 0.1, 0, 1)</c> minimises <c>mean‖f(W·x) − f(Ŵ·x̂)‖² + λ·Σ(1 − |2h − 1|^β)</c> by Adam, with x̂ the input that the quantized
/// layers in front make and f the batch norm and ReLU behind the layer. In the end h is 0 or 1. Nagel et al. 2020, arXiv:2004.10568, eq. 21 to 25.
/// </summary>
/// <remarks>
/// The steps are given. h starts at the fractional part, so that Ŵ starts at W; β falls linearly, after a share of the iterations without the
/// regulariser. An output channel whose reconstruction over all kept positions ends worse than with the nearest codes takes those:
/// channels do not influence each other's error.
/// </remarks>
internal sealed class AdaRound
{
    private const float Zeta = 1.1f;
    private const float Gamma = -0.1f;
    private const float FirstDecay = 0.9f;
    private const float SecondDecay = 0.999f;
    private const float AdamEpsilon = 1e-8f;

    private readonly RoundingProblem _problem;
    private readonly AdaRoundOptions _options;
    private readonly Device _device;
    private readonly int[] _below;
    private readonly float[] _v;
    private readonly float[] _h;
    private readonly float[] _first;
    private readonly float[] _second;
    private readonly float[] _gradient;
    private readonly float[] _sigmoid;
    private readonly float[] _scratch;
    private readonly float[] _errors;

    private AdaRound(Device device, RoundingProblem problem, AdaRoundOptions options)
    {
        (_device, _problem, _options) = (device, problem, options);
        int count = problem.Weights.Length;
        _below = new int[count];
        _v = new float[count];
        _h = new float[count];
        _first = new float[count];
        _second = new float[count];
        _gradient = new float[count];
        _sigmoid = new float[count];
        _scratch = new float[count];
        _errors = new float[Math.Min(options.Batch, problem.Positions) * problem.Channels];
        for (int i = 0; i < count; i++)
        {
            float place = problem.Place(i);
            _below[i] = RoundingProblem.Below(place);
            float fraction = Math.Clamp(place - _below[i], 0, 1);
            _v[i] = -MathF.Log(((Zeta - Gamma) / (fraction - Gamma)) - 1);
        }
    }

    /// <summary>Chooses the codes.</summary>
    /// <returns>Codes <c>[channels, K]</c>, and the loss over all positions with the nearest codes and with these, summed over channels.</returns>
    public static (sbyte[] Codes, double NearestLoss, double Loss) Solve(Device device, RoundingProblem problem, AdaRoundOptions options, CancellationToken token)
    {
        var solver = new AdaRound(device, problem, options);
        solver.Optimise(token);
        var nearest = new sbyte[problem.Weights.Length];
        var learned = new sbyte[problem.Weights.Length];
        for (int i = 0; i < nearest.Length; i++)
        {
            nearest[i] = (sbyte)problem.Code((int)MathF.Round(Math.Clamp(problem.Place(i), -1e6f, 1e6f), MidpointRounding.ToEven));
            learned[i] = (sbyte)problem.Code(solver._below[i] + (Soft(solver._v[i]) >= 0.5f ? 1 : 0));
        }

        double[] before = Losses(device, problem, nearest), after = Losses(device, problem, learned);
        double loss = 0;
        for (int c = 0; c < before.Length; c++)
        {
            if (after[c] > before[c])
            {
                nearest.AsSpan(c * problem.Length, problem.Length).CopyTo(learned.AsSpan(c * problem.Length, problem.Length));
            }

            loss += Math.Min(before[c], after[c]);
        }

        return (learned, before.Sum(), loss);
    }

    /// <summary>Mean squared error of each channel over all positions.</summary>
    public static double[] Losses(Device device, RoundingProblem problem, ReadOnlySpan<sbyte> codes)
    {
        var weights = new float[codes.Length];
        for (int i = 0; i < codes.Length; i++)
        {
            weights[i] = problem.Steps[i / problem.Length] * codes[i];
        }

        var losses = new double[problem.Channels];
        using (NoGradient.Begin())
        using (TensorScope.Begin())
        {
            const int Block = 1024;
            Tensor w = Tensor.FromArray(device, weights, problem.Channels, problem.Length);
            var outputs = new float[Block * problem.Channels];
            for (int from = 0; from < problem.Positions; from += Block)
            {
                int rows = Math.Min(Block, problem.Positions - from);
                using (TensorScope.Begin())
                {
                    Multiply(device, problem, from, rows, w).CopyTo(outputs.AsSpan());
                }

                for (int i = 0; i < rows * problem.Channels; i++)
                {
                    int c = i % problem.Channels;
                    double difference = Activate(problem, c, outputs[i]).Value - problem.Targets[(from * problem.Channels) + i];
                    losses[c] += difference * difference / problem.Positions;
                }
            }
        }

        return losses;
    }

    /// <summary>h(V) = clip(1.2·σ(V) − 0.1, 0, 1).</summary>
    public static float Soft(float v) => Math.Clamp(((Zeta - Gamma) / (1 + MathF.Exp(-v))) + Gamma, 0f, 1f);

    private void Optimise(CancellationToken token)
    {
        int batch = Math.Min(_options.Batch, _problem.Positions), warm = (int)(_options.WarmUp * _options.Iterations);
        int blocks = _problem.Positions / batch;
        using (NoGradient.Begin())
        {
            for (int step = 0; step < _options.Iterations; step++)
            {
                token.ThrowIfCancellationRequested();
                using (TensorScope.Begin())
                {
                    Reconstruct(step % blocks * batch, batch);
                }

                double share = step < warm ? 0 : (step - warm) / (double)Math.Max(_options.Iterations - warm, 1);
                if (step >= warm && _options.Lambda > 0)
                {
                    Regularise((float)(_options.FirstBeta + ((_options.LastBeta - _options.FirstBeta) * share)));
                }

                Update(step + 1);
            }
        }
    }

    /// <summary>σ(V), h, and the gradient of the mean squared error of some positions with respect to h.</summary>
    private void Reconstruct(int from, int rows)
    {
        RoundingProblem p = _problem;
        TensorPrimitives.Sigmoid(_v, _sigmoid);
        for (int c = 0; c < p.Channels; c++)
        {
            float step = p.Steps[c], low = p.Low, stride = p.Stride, top = p.Levels - 1;
            for (int i = c * p.Length; i < (c + 1) * p.Length; i++)
            {
                float h = Math.Clamp(((Zeta - Gamma) * _sigmoid[i]) + Gamma, 0f, 1f);
                _h[i] = h;
                _scratch[i] = step * (low + (stride * Math.Clamp(_below[i] + h, 0f, top)));
            }
        }

        Tensor w = Tensor.FromArray(_device, _scratch, p.Channels, p.Length);
        Tensor x = Rows(_device, p, from, rows);
        Span<float> errors = _errors.AsSpan(0, rows * p.Channels);
        Multiply(_device, p, x, w).CopyTo(errors);
        for (int r = 0; r < rows; r++)
        {
            Span<float> row = errors.Slice(r * p.Channels, p.Channels);
            for (int c = 0; c < row.Length; c++)
            {
                (float value, bool isActive) = Activate(p, c, row[c]);
                row[c] = isActive ? 2 * p.Factors[c] / rows * (value - p.Targets[((from + r) * p.Channels) + c]) : 0;
            }
        }

        Tensor gy = Tensor.FromArray(_device, errors, rows, p.Channels);
        Tensor gw = Tensor.Allocate(_device, w.Shape);
        _device.Gemm(new GemmShape(p.Channels, p.Length, rows, TransposeA: true), gy.Buffer, x.Buffer, gw.Buffer, accumulate: false);
        gw.CopyTo(_gradient);
        for (int c = 0; c < p.Channels; c++)
        {
            float scale = p.Steps[c] * p.Stride, top = p.Levels - 1;
            for (int i = c * p.Length; i < (c + 1) * p.Length; i++)
            {
                float place = _below[i] + _h[i];
                _gradient[i] = place >= 0 && place <= top ? _gradient[i] * scale : 0;
            }
        }
    }

    /// <summary>Adds the gradient of <c>λ·Σ(1 − |2h − 1|^β)</c> with respect to h, <c>−2·λ·β·|2h − 1|^(β − 1)·sign(2h − 1)</c>.</summary>
    private void Regularise(float beta)
    {
        for (int i = 0; i < _h.Length; i++)
        {
            _scratch[i] = MathF.Abs((2 * _h[i]) - 1);
        }

        TensorPrimitives.Pow(_scratch, beta - 1, _scratch);
        float factor = 2 * (float)_options.Lambda * beta;
        for (int i = 0; i < _h.Length; i++)
        {
            _gradient[i] -= factor * (_h[i] < 0.5f ? -_scratch[i] : _scratch[i]);
        }
    }

    /// <summary>One step of Adam on V. Where h is 0 or 1 its slope is 0 and V stays: momentum must not carry it further.</summary>
    private void Update(int step)
    {
        float firstBias = 1 - MathF.Pow(FirstDecay, step), secondBias = 1 - MathF.Pow(SecondDecay, step), rate = (float)_options.Rate;
        for (int i = 0; i < _v.Length; i++)
        {
            if (_h[i] is 0 or 1)
            {
                continue;
            }

            float g = _gradient[i] * (Zeta - Gamma) * _sigmoid[i] * (1 - _sigmoid[i]);
            _first[i] = (FirstDecay * _first[i]) + ((1 - FirstDecay) * g);
            _second[i] = (SecondDecay * _second[i]) + ((1 - SecondDecay) * g * g);
            _v[i] -= rate * (_first[i] / firstBias) / (MathF.Sqrt(_second[i] / secondBias) + AdamEpsilon);
        }
    }

    private static Tensor Rows(Device device, RoundingProblem p, int from, int rows)
        => Tensor.FromArray(device, p.Inputs.AsSpan(from * p.Length, rows * p.Length), rows, p.Length);

    private static Tensor Multiply(Device device, RoundingProblem p, int from, int rows, Tensor w) => Multiply(device, p, Rows(device, p, from, rows), w);

    private static Tensor Multiply(Device device, RoundingProblem p, Tensor x, Tensor w)
    {
        Tensor y = Tensor.Allocate(device, new Shape(x.Shape[0], p.Channels));
        device.Gemm(new GemmShape(x.Shape[0], p.Channels, p.Length, TransposeB: true), x.Buffer, w.Buffer, y.Buffer, accumulate: false);
        return y;
    }

    private static (float Value, bool IsActive) Activate(RoundingProblem p, int channel, float sum)
    {
        float real = (p.Factors[channel] * sum) + p.Shifts[channel];
        return p.IsRectified && real <= 0 ? (0, false) : p.IsRectified && real >= p.Cap ? (p.Cap, false) : (real, true);
    }
}
