using System.Runtime.InteropServices;
using LowBit.Kernels.Convolutions;
using LowBit.Kernels.Devices;
using LowBit.Kernels.Isas;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Tuning;

/// <summary>The single-precision convolution of the same sizes: what a low-bit kernel has to beat.</summary>
public sealed unsafe class FloatTrial : IDisposable
{
    private const int Seed = 20261121;

    private readonly ConvShape _shape;
    private readonly WorkerPool _pool;
    private readonly Isa _isa;
    private float* _input;
    private float* _weights;
    private float* _output;

    /// <summary>Makes the operands, uniform in [−1, 1), from a fixed seed.</summary>
    /// <param name="shape">Sizes, the batch included.</param>
    /// <param name="pool">Threads of every run.</param>
    /// <param name="isa">The instruction set; this CPU must support it.</param>
    public FloatTrial(in ConvShape shape, WorkerPool pool, Isa isa)
    {
        ArgumentNullException.ThrowIfNull(pool);
        shape.Validate();
        _shape = shape;
        _pool = pool;
        _isa = isa;
        var random = new Random(Seed);
        _input = Allocate(shape.InputLength, random);
        _weights = Allocate(shape.WeightLength, random);
        _output = Allocate(shape.OutputLength, random);
    }

    /// <summary>Gives the memory back when <see cref="Dispose"/> was forgotten.</summary>
    ~FloatTrial() => Free();

    /// <summary>Computes the layer once.</summary>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_input == null, this);
        Conv2d.Forward(_shape, _input, _weights, null, _output, _pool, _isa);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static float* Allocate(long length, Random random)
    {
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)(length * sizeof(float)), 64);
        for (long i = 0; i < length; i++)
        {
            memory[i] = (2 * random.NextSingle()) - 1;
        }

        return memory;
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_input);
        NativeMemory.AlignedFree(_weights);
        NativeMemory.AlignedFree(_output);
        _input = null;
        _weights = null;
        _output = null;
    }
}
