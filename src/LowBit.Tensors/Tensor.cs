using LowBit.Kernels.Devices;

namespace LowBit.Tensors;

/// <summary>
/// Dense float32 numbers in the memory of one device, with a shape, and, when an op made them while gradients were
/// recorded, the <see cref="Node"/> that knows how to differentiate that op. Activations are NHWC, convolution weights
/// OHWI, linear weights <c>[out, in]</c>.
/// </summary>
/// <remarks>
/// A tensor made while a <see cref="TensorScope"/> is open dies with that scope; every other tensor is disposed by who made
/// it. A block that nobody can reach any more comes back late, with the garbage collector, if at all: do not rely on it.
/// One tensor may be read by many threads; writing to it, and differentiating with it, is for one thread at a time.
/// </remarks>
public sealed partial class Tensor : IDisposable
{
    private readonly DeviceBuffer _buffer;
    private bool _requiresGradient;
    private bool _isDisposed;
    private bool _gaveNumbersAway;

    private Tensor(Shape shape, DeviceBuffer buffer)
    {
        Shape = shape;
        _buffer = buffer;
    }

    /// <summary>The sizes.</summary>
    public Shape Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Length => Shape.Length;

    /// <summary>The device that holds the numbers.</summary>
    public Device Device => _buffer.Device;

    /// <summary>The numbers: <see cref="Length"/> floats at the start of the block.</summary>
    /// <exception cref="ObjectDisposedException">The tensor was disposed, for example because its scope ended.</exception>
    public DeviceBuffer Buffer
    {
        get
        {
            if (_isDisposed || _gaveNumbersAway)
            {
                throw new ObjectDisposedException(
                    nameof(Tensor),
                    _isDisposed
                        ? $"{Describe()} was disposed; a tensor that outlives its TensorScope must be kept with TensorScope.Keep"
                        : $"{Describe()} gave its memory to an op that worked in place; use that op's result, or the op that copies");
            }

            return _buffer;
        }
    }

    /// <summary>Name for messages and checkpoints, for example <c>layer1.0.conv1.weight</c>.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// True when a gradient flows to this tensor. Set it on leaves (parameters and inputs); the result of an op has it
    /// when one of the op's inputs had it while gradients were recorded.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set on the result of an op that is part of a graph.</exception>
    public bool RequiresGradient
    {
        get => _requiresGradient || Producer is not null;
        set
        {
            if (Producer is not null)
            {
                throw new InvalidOperationException($"{Describe()} was made by {Producer.Name}; only leaves can be told whether they require a gradient, use Detach first");
            }

            _requiresGradient = value;
        }
    }

    /// <summary>
    /// The gradient of a leaf: the sum over all calls of <see cref="Backward"/> since the last <see cref="ZeroGradient"/>;
    /// null before the first. The leaf owns it.
    /// </summary>
    public Tensor? Gradient { get; internal set; }

    /// <summary>The op that made this tensor; null for leaves and for results made without gradients.</summary>
    public Node? Producer { get; internal set; }

    /// <summary>True after <see cref="Dispose"/>.</summary>
    public bool IsDisposed => _isDisposed;

    internal TensorScope? Scope { get; set; }

    /// <summary>Recorded ops and views that use this tensor's memory.</summary>
    internal int Readers { get; set; }

    /// <summary>True for the results of ops that wrote them to memory of their own; leaves and views are not for the taking.</summary>
    internal bool OwnsItsNumbers { get; set; }

    /// <summary>
    /// Differentiates this single number with respect to every leaf that requires a gradient and adds the results to
    /// their <see cref="Gradient"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor has more than one element, or nothing that led to it requires a gradient.</exception>
    /// <remarks>Nodes run in the reverse order of their creation, so the order of every sum is fixed. The graph stays usable.</remarks>
    public void Backward() => BackwardPass.Run(this);

    /// <summary>Sets the gradient of a leaf to zero, if it has one.</summary>
    public void ZeroGradient()
    {
        if (Gradient is not null)
        {
            Device.Fill(Gradient.Length, 0, Gradient.Buffer);
        }
    }

    /// <summary>Forgets the gradient of a leaf: it is null until a backward pass reaches the tensor again, and optimisers leave it as it is.</summary>
    public void DropGradient()
    {
        Gradient?.Dispose();
        Gradient = null;
    }

    /// <summary>The elements in row-major order, copied to the host.</summary>
    public float[] ToArray()
    {
        var data = new float[Length];
        Device.Download<float>(Buffer, data);
        return data;
    }

    /// <summary>Copies the elements to the host.</summary>
    /// <param name="destination">Receives <see cref="Length"/> floats.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than the tensor.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length < Length)
        {
            throw new ArgumentException($"{Length} elements of shape {Shape} do not fit a span of {destination.Length}", nameof(destination));
        }

        Device.Download(Buffer, destination[..Length]);
    }

    /// <summary>Overwrites the elements with host data.</summary>
    /// <param name="source">Exactly <see cref="Length"/> floats in row-major order.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void CopyFrom(ReadOnlySpan<float> source)
    {
        if (source.Length != Length)
        {
            throw new ArgumentException($"{source.Length} floats cannot fill shape {Shape} of {Length} elements", nameof(source));
        }

        Device.Upload(source, Buffer);
    }

    /// <summary>Overwrites the elements with those of a tensor of the same shape on the same device.</summary>
    /// <param name="source">The tensor to copy.</param>
    /// <exception cref="ArgumentException">The shapes or the devices differ.</exception>
    public void CopyFrom(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Shape != Shape || source.Device != Device)
        {
            throw new ArgumentException($"{source.Describe()} cannot be copied to {Describe()}: shape and device must be equal", nameof(source));
        }

        Device.Copy(Length, source.Buffer, Buffer);
    }

    /// <summary>The only element.</summary>
    /// <exception cref="InvalidOperationException">The tensor does not have exactly one element.</exception>
    public float Item()
    {
        if (Length != 1)
        {
            throw new InvalidOperationException($"Item needs a tensor of one element, this one has shape {Shape}");
        }

        float value = 0;
        Device.Download(Buffer, new Span<float>(ref value));
        return value;
    }

    /// <summary>A leaf over the same memory that no gradient flows through.</summary>
    public Tensor Detach()
    {
        Readers++;
        return Adopt(Shape, Buffer.Share());
    }

    /// <summary>A new leaf with its own copy of the elements.</summary>
    public Tensor Clone()
    {
        Tensor copy = Allocate(Device, Shape);
        Device.Copy(Length, Buffer, copy.Buffer);
        return copy;
    }

    /// <summary>Takes the tensor out of every scope: from now on it lives until it is disposed.</summary>
    /// <returns>This tensor.</returns>
    public Tensor Persist()
    {
        Scope = null;
        return this;
    }

    /// <summary>Releases the memory, the gradient, and what the op that made this tensor kept for itself.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Scope = null;
        if (!_gaveNumbersAway)
        {
            _buffer.Release();
        }

        Gradient?.Dispose();
        Gradient = null;
        Producer?.ReleaseOwned();
        Producer = null;
    }

    /// <summary>Name, shape and device.</summary>
    public override string ToString() => $"{Describe()} on {Device.Name}";

    /// <summary>Releases the memory, which another tensor goes on using; the place in the graph stays.</summary>
    internal void GiveNumbersAway()
    {
        _gaveNumbersAway = true;
        _buffer.Release();
    }

    internal string Describe() => Name is null ? $"tensor {Shape}" : $"tensor '{Name}' {Shape}";
}
