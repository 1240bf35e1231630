using LowBit.Kernels.IntegerKernels;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Arenas;

/// <summary>
/// One integer kernel bound to operands in an arena, so that code without pointers can plan and run a network. Bound once; a run
/// allocates nothing.
/// </summary>
public abstract unsafe class ArenaStep : IDisposable
{
    /// <summary>The kernel, as it stands in plans and profiles.</summary>
    public abstract string Kernel { get; }

    /// <summary>Computes the step.</summary>
    /// <param name="batch">Images, 1 to the batch the operands have room for.</param>
    /// <param name="pool">Threads; how many there are never changes a bit.</param>
    public abstract void Run(int batch, WorkerPool pool);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the step owns.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    internal static byte* Bytes(NativeArena arena, ArenaRange range) => (byte*)arena.Address(range.Offset, range.Length);

    internal static Epilogue[] Bind(NativeArena arena, ReadOnlySpan<ArenaView> views)
    {
        var epilogues = new Epilogue[views.Length];
        for (int i = 0; i < epilogues.Length; i++)
        {
            byte* output = Bytes(arena, views[i].Output);
            byte* residual = views[i].Residual is { } range ? Bytes(arena, range) : null;
            epilogues[i] = views[i].Words ? new Epilogue(views[i].Table, (int*)output, residual) : new Epilogue(views[i].Table, output, residual);
        }

        return epilogues;
    }
}
