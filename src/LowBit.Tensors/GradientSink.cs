using LowBit.Kernels.Devices;

namespace LowBit.Tensors;

/// <summary>Where the backward pass of one node puts the gradients of its inputs.</summary>
public readonly struct GradientSink
{
    private readonly Node _node;
    private readonly GradientSlot _output;

    internal GradientSink(Node node, GradientSlot output)
    {
        _node = node;
        _output = output;
    }

    /// <summary>True when somebody waits for the gradient of this tensor; otherwise its computation can be skipped.</summary>
    /// <param name="tensor">An input of the node.</param>
    /// <exception cref="ArgumentException">The node did not declare the tensor as an input.</exception>
    public bool Needs(Tensor tensor)
    {
        CheckIsInput(tensor);
        return tensor.RequiresGradient;
    }

    /// <summary>The gradient buffer of a tensor: zeros or what other ops already added; the node <b>adds</b> its part.</summary>
    /// <param name="tensor">An input of the node.</param>
    /// <returns>A buffer as long as the tensor, or null when nobody needs it.</returns>
    /// <exception cref="ArgumentException">The node did not declare the tensor as an input.</exception>
    public DeviceBuffer? For(Tensor tensor)
    {
        DeviceBuffer? buffer = For(tensor, out bool holdsOther);
        if (buffer is not null && !holdsOther)
        {
            tensor.Device.Fill(tensor.Length, 0, buffer);
        }

        return buffer;
    }

    /// <summary>
    /// The gradient buffer of a tensor for an op that can either write or add: it saves zeroing the buffer first.
    /// </summary>
    /// <param name="tensor">An input of the node.</param>
    /// <param name="holdsOther">True: the node must add. False: contents are unspecified and the node must write every element.</param>
    /// <returns>A buffer as long as the tensor, or null when nobody needs it.</returns>
    /// <exception cref="ArgumentException">The node did not declare the tensor as an input.</exception>
    public DeviceBuffer? For(Tensor tensor, out bool holdsOther)
    {
        CheckIsInput(tensor);
        holdsOther = false;
        Node? producer = tensor.Producer;
        if (producer is null)
        {
            return tensor.RequiresGradient ? OfLeaf(tensor, out holdsOther) : null;
        }

        GradientSlot? slot = producer.OutputGradient;
        if (slot is not null)
        {
            holdsOther = true;
            if (!slot.IsShared)
            {
                return slot.Buffer;
            }
        }

        DeviceBuffer buffer = tensor.Device.Allocate((long)tensor.Length * sizeof(float));
        if (slot is not null)
        {
            tensor.Device.Copy(tensor.Length, slot.Buffer, buffer);
            slot.Release();
        }

        producer.OutputGradient = new GradientSlot(buffer);
        return buffer;
    }

    /// <summary>Adds the node's output gradient, unchanged, to the gradient of an input of the same length; usually without a copy.</summary>
    /// <param name="tensor">An input of the node.</param>
    /// <exception cref="ArgumentException">The node did not declare the tensor as an input.</exception>
    public void PassThrough(Tensor tensor)
    {
        CheckIsInput(tensor);
        Node? producer = tensor.Producer;
        if (producer is not null && producer.OutputGradient is null)
        {
            producer.OutputGradient = _output.Share();
            return;
        }

        DeviceBuffer? buffer = For(tensor, out bool holdsOther);
        if (buffer is not null)
        {
            if (holdsOther)
            {
                tensor.Device.Accumulate(tensor.Length, 1, _output.Buffer, buffer);
            }
            else
            {
                tensor.Device.Copy(tensor.Length, _output.Buffer, buffer);
            }
        }
    }

    /// <summary>
    /// Offers the memory of the output gradient itself for the gradient of an input of the same length: when nobody else uses it
    /// and the input has no gradient yet, an element-wise op may turn the one into the other in place.
    /// </summary>
    /// <param name="tensor">An input of the node.</param>
    /// <returns>The output gradient's buffer, which the node must overwrite with the input's gradient, or null: use <see cref="For(Tensor)"/>.</returns>
    /// <exception cref="ArgumentException">The node did not declare the tensor as an input.</exception>
    public DeviceBuffer? InPlace(Tensor tensor)
    {
        CheckIsInput(tensor);
        if (_output.IsShared || tensor.Producer is not { OutputGradient: null } producer)
        {
            return null;
        }

        producer.OutputGradient = _output.Share();
        return _output.Buffer;
    }

    private void CheckIsInput(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        foreach (Tensor input in _node.Inputs)
        {
            if (ReferenceEquals(input, tensor))
            {
                return;
            }
        }

        throw new ArgumentException($"{_node.Name} did not declare {tensor.Describe()} as an input, so it has no gradient to give", nameof(tensor));
    }

    private static DeviceBuffer OfLeaf(Tensor leaf, out bool holdsOther)
    {
        holdsOther = leaf.Gradient is not null;
        leaf.Gradient ??= Tensor.AllocateUnscoped(leaf.Device, leaf.Shape);
        return leaf.Gradient.Buffer;
    }
}
