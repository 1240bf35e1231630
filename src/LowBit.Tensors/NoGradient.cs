namespace LowBit.Tensors;

/// <summary>While one is open, the ops of its thread compute values only: nothing is recorded and nothing is kept for a backward pass.</summary>
/// <example><c>using (NoGradient.Begin()) { Tensor logits = model.Forward(x); }</c></example>
public sealed class NoGradient : IDisposable
{
    [ThreadStatic]
    private static int s_depth;

    private bool _isOpen = true;

    private NoGradient() => s_depth++;

    /// <summary>True when this thread's ops are not recorded.</summary>
    public static bool IsActive => s_depth > 0;

    /// <summary>Stops recording on this thread until the result is disposed; may be nested.</summary>
    public static NoGradient Begin() => new();

    /// <summary>Records again, unless an outer one is open. Call it on the thread that opened it.</summary>
    public void Dispose()
    {
        if (_isOpen)
        {
            _isOpen = false;
            s_depth--;
        }
    }
}
