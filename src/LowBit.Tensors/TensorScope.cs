namespace LowBit.Tensors;

/// <summary>
/// Owns the tensors that its thread makes while it is open; disposing it disposes them. One training step is one scope, so
/// the memory of a step is given back at a known point and the next step finds it in the device's pool.
/// </summary>
/// <example><code>
/// using (TensorScope.Begin())
/// {
///     Tensor loss = model.Forward(x).CrossEntropy(labels);
///     loss.Backward();
///     optimiser.Step();
/// }
/// </code></example>
/// <remarks>Scopes nest and belong to one thread. Parameters and their gradients are not part of a scope.</remarks>
public sealed class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? s_current;

    // The list of a closed scope serves the next one, so that steady training does not grow a new list each step.
    [ThreadStatic]
    private static List<Tensor>? s_spare;

    private readonly TensorScope? _parent;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private List<Tensor>? _tensors;

    private TensorScope(TensorScope? parent)
    {
        _parent = parent;
        _tensors = s_spare ?? [];
        s_spare = null;
    }

    /// <summary>The innermost open scope of this thread, or null.</summary>
    public static TensorScope? Current => s_current;

    /// <summary>Opens a scope inside the current one.</summary>
    public static TensorScope Begin() => s_current = new TensorScope(s_current);

    /// <summary>Hands a tensor to the surrounding scope; without one, it lives until it is disposed.</summary>
    /// <param name="tensor">A tensor of this scope; a tensor of no scope stays as it is.</param>
    /// <returns><paramref name="tensor"/>.</returns>
    public Tensor Keep(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Scope == this)
        {
            tensor.Scope = null;
            _parent?.Adopt(tensor);
        }

        return tensor;
    }

    /// <summary>Disposes the tensors of this scope.</summary>
    /// <exception cref="InvalidOperationException">An inner scope is still open, or another thread opened this one.</exception>
    public void Dispose()
    {
        List<Tensor>? tensors = _tensors;
        if (tensors is null)
        {
            return;
        }

        if (s_current != this || _thread != Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException("a TensorScope must be closed on its own thread and before the scopes around it; use 'using'");
        }

        s_current = _parent;
        _tensors = null;
        foreach (Tensor t in tensors)
        {
            if (t.Scope == this)
            {
                t.Dispose();
            }
        }

        tensors.Clear();
        s_spare = tensors;
    }

    internal void Adopt(Tensor tensor)
    {
        ObjectDisposedException.ThrowIf(_tensors is null, this);
        tensor.Scope = this;
        _tensors.Add(tensor);
    }
}
