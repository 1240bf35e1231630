using LowBit.Kernels.Devices;

namespace LowBit.Tensors;

/// <summary>
/// One executed op in the graph. A subclass is named after its op; its fields are exactly what its backward pass needs, so
/// they show what memory a training step holds.
/// </summary>
/// <remarks>
/// Rules: gradients are <b>added</b>; a node keeps no tensor that it does not declare as input, output or
/// <see cref="Own">own</see>; no op touches global state; randomness comes in as a tensor or a Philox key.
/// </remarks>
/// <example><code>
/// internal sealed class DoubleNode(Tensor x) : Node(x)
/// {
///     public static Tensor Apply(Tensor x)
///     {
///         var node = new DoubleNode(x);
///         Tensor y = Output(node, x.Shape);
///         x.Device.Scale(x.Length, 2, x.Buffer, y.Buffer);
///         return y;
///     }
///
///     public override void Backward(DeviceBuffer outputGradient, GradientSink gradients)
///     {
///         if (gradients.For(x) is { } gx)
///         {
///             x.Device.Accumulate(x.Length, 2, outputGradient, gx);
///         }
///     }
/// }
/// </code></example>
public abstract class Node
{
    private static long s_created;

    private readonly Tensor[] _inputs;
    private readonly long _order;
    private List<Tensor>? _owned;

    /// <summary>Creates a node.</summary>
    /// <param name="inputs">The tensors that a gradient may flow to; null entries (an absent bias) are left out.</param>
    /// <exception cref="ArgumentException">There is no input, or the inputs are on different devices.</exception>
    protected Node(params ReadOnlySpan<Tensor?> inputs)
    {
        int count = 0;
        foreach (Tensor? t in inputs)
        {
            count += t is null ? 0 : 1;
        }

        _inputs = new Tensor[count];
        count = 0;
        foreach (Tensor? t in inputs)
        {
            if (t is not null)
            {
                _inputs[count++] = t;
                if (t.Device != _inputs[0].Device)
                {
                    throw new ArgumentException(
                        $"{Name} needs its inputs on one device, got {_inputs[0]} and {t}; copy one of them first", nameof(inputs));
                }
            }
        }

        if (count == 0)
        {
            throw new ArgumentException($"{Name} needs at least one input tensor", nameof(inputs));
        }

        _order = Interlocked.Increment(ref s_created);
    }

    /// <summary>The op's name in messages and profiles: the class name without "Node", unless overridden.</summary>
    public virtual string Name => GetType().Name.Replace("Node", string.Empty, StringComparison.Ordinal);

    /// <summary>
    /// True when the backward pass reads the op's output, so that no later op may take over its memory. Safe, hence the
    /// default; a node that keeps only inputs or tensors of its own overrides it.
    /// </summary>
    public virtual bool KeepsOutput => true;

    /// <summary>The tensors that a gradient may flow to.</summary>
    public IReadOnlyList<Tensor> Inputs => _inputs;

    /// <summary>The device of the inputs.</summary>
    public Device Device => _inputs[0].Device;

    /// <summary>True when the op's result is part of a graph, so that <see cref="Backward"/> may be called.</summary>
    public bool IsRecorded { get; private set; }

    /// <summary>The place in the order of creation.</summary>
    internal long Order => _order;

    /// <summary>The gradient of the output while a backward pass runs.</summary>
    internal GradientSlot? OutputGradient { get; set; }

    /// <summary>Makes the output tensor of an op and, where an input requires a gradient, records the node. Contents are unspecified.</summary>
    /// <param name="producer">The node of the op.</param>
    /// <param name="shape">Shape of the output.</param>
    public static Tensor Output(Node producer, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(producer);
        Tensor output = Tensor.Allocate(producer.Device, shape);
        output.OwnsItsNumbers = true;
        return producer.Record(output);
    }

    /// <summary>Makes the output tensor of an op that only looks at its input's memory in another shape.</summary>
    /// <param name="producer">The node of the op.</param>
    /// <param name="shape">Shape of the output.</param>
    /// <param name="source">The tensor whose memory the output shares.</param>
    /// <exception cref="ArgumentException">The two have different numbers of elements.</exception>
    public static Tensor View(Node producer, Shape shape, Tensor source)
    {
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(source);
        if (shape.Length != source.Length)
        {
            throw new ArgumentException($"{shape} has {shape.Length} elements but {source.Shape} has {source.Length}", nameof(shape));
        }

        source.Readers++;
        return producer.Record(Tensor.Adopt(shape, source.Buffer.Share()));
    }

    /// <summary>
    /// Makes the output of an element-wise op in the memory of its input where that is safe: the input is the result of an op whose
    /// backward pass does not read it, and no other op or view uses it. The input's numbers are gone afterwards.
    /// </summary>
    /// <param name="producer">The node of the op; it must not keep its input.</param>
    /// <param name="input">The tensor that gives up its memory.</param>
    /// <returns>The output over the input's memory, or null where that is not safe.</returns>
    internal static Tensor? TakeOver(Node producer, Tensor input)
    {
        if (!input.OwnsItsNumbers || input.Readers > 0 || input.Producer is { KeepsOutput: true })
        {
            return null;
        }

        Tensor output = Tensor.Adopt(input.Shape, input.Buffer.Share());
        output.OwnsItsNumbers = true;
        return producer.Record(output);
    }

    /// <summary>Adds the gradients of the inputs.</summary>
    /// <param name="outputGradient">Gradient of the output, same length as the output; must not be written.</param>
    /// <param name="gradients">Where the gradients of the inputs are added.</param>
    public abstract void Backward(DeviceBuffer outputGradient, GradientSink gradients);

    /// <summary>
    /// Allocates a tensor that only this node uses, such as the positions of maxima. It is disposed with the op's output; an op
    /// that was not recorded calls <see cref="ReleaseOwned"/> after its forward pass.
    /// </summary>
    /// <param name="shape">Sizes, in 4-byte elements.</param>
    protected internal Tensor Own(Shape shape)
    {
        Tensor t = Tensor.AllocateUnscoped(Device, shape);
        (_owned ??= []).Add(t);
        return t;
    }

    /// <summary>Gives back what <see cref="Own"/> allocated.</summary>
    protected internal void ReleaseOwned()
    {
        if (_owned is not null)
        {
            foreach (Tensor t in _owned)
            {
                t.Dispose();
            }

            _owned = null;
        }
    }

    private Tensor Record(Tensor output)
    {
        if (!NoGradient.IsActive)
        {
            foreach (Tensor t in _inputs)
            {
                IsRecorded |= t.RequiresGradient;
            }
        }

        if (IsRecorded)
        {
            output.Producer = this;
            foreach (Tensor t in _inputs)
            {
                t.Readers++;
            }
        }

        return output;
    }
}
