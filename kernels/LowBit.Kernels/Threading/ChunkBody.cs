namespace LowBit.Kernels.Threading;

/// <summary>The work of one chunk. Must depend on <paramref name="chunk"/> and <paramref name="state"/> only, never on the thread.</summary>
/// <typeparam name="TState">A struct that lives on the caller's stack while the chunks run.</typeparam>
/// <param name="state">Arguments shared by all chunks.</param>
/// <param name="chunk">The number of this chunk, from 0.</param>
public delegate void ChunkBody<TState>(ref TState state, int chunk)
    where TState : struct;
