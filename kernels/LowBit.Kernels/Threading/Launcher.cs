using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using LowBit.Kernels.Isas;

namespace LowBit.Kernels.Threading;

/// <summary>The one place where a job meets an instruction set and the threads. Chunks depend on sizes only.</summary>
/// <param name="pool">Who works.</param>
/// <param name="isa">The vector width to use; must be supported.</param>
internal readonly struct Launcher(WorkerPool pool, Isa isa)
{
    /// <summary>Elements of one chunk of an element-wise job: 64 KiB per operand, a few microseconds of work.</summary>
    public const int ElementsPerChunk = 16 * 1024;

    private readonly WorkerPool _pool = pool;
    private readonly Isa _isa = isa;

    /// <summary>The number of chunks of <paramref name="size"/> in <paramref name="count"/>.</summary>
    public static int ChunkCount(long count, long size) => checked((int)((count + size - 1) / size));

    /// <summary>Runs the kernel for chunks 0 … <paramref name="chunkCount"/> − 1.</summary>
    public void Chunks<TKernel>(int chunkCount, in TKernel kernel)
        where TKernel : struct, IChunkKernel
    {
        var job = new Job<TKernel> { Kernel = kernel, Isa = _isa };
        _pool.Run(chunkCount, ref job, static (ref Job<TKernel> state, int chunk) => Dispatch(in state.Kernel, state.Isa, chunk));
    }

    /// <summary>Runs the kernel over elements 0 … <paramref name="count"/> − 1.</summary>
    public void Elements<TKernel>(long count, in TKernel kernel)
        where TKernel : struct, IElementKernel
    {
        var elements = new ElementChunks<TKernel>(kernel, (nuint)count);
        Chunks(ChunkCount(count, ElementsPerChunk), in elements);
    }

    private static void Dispatch<TKernel>(in TKernel kernel, Isa isa, int chunk)
        where TKernel : struct, IChunkKernel
    {
        // The conditions fold to constants, so code for absent instructions is never compiled.
        if (isa == Isa.Avx512 && Avx512F.IsSupported)
        {
            kernel.Run<Lanes512, Vector512<float>>(chunk);
        }
        else if (isa >= Isa.Avx2 && Avx2.IsSupported)
        {
            kernel.Run<Lanes256, Vector256<float>>(chunk);
        }
        else if (isa >= Isa.Vector128 && Vector128.IsHardwareAccelerated)
        {
            kernel.Run<Lanes128, Vector128<float>>(chunk);
        }
        else
        {
            kernel.Run<LanesScalar, float>(chunk);
        }
    }

    private struct Job<TKernel>
        where TKernel : struct, IChunkKernel
    {
        public TKernel Kernel;
        public Isa Isa;
    }

    /// <summary>Cuts an element-wise job into chunks: four vectors per turn, then single vectors, then single elements.</summary>
    private readonly struct ElementChunks<TKernel>(TKernel kernel, nuint count) : IChunkKernel
        where TKernel : struct, IElementKernel
    {
        private readonly TKernel _kernel = kernel;
        private readonly nuint _count = count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<L, V>(int chunk)
            where L : struct, ILanes<V>
            where V : struct
        {
            // A local copy keeps the pointers in registers.
            TKernel kernel = _kernel;
            nuint n = (nuint)L.Count;
            nuint i = (nuint)chunk * ElementsPerChunk;
            nuint end = nuint.Min(i + ElementsPerChunk, _count);
            for (; i + (4 * n) <= end; i += 4 * n)
            {
                kernel.Step<L, V>(i);
                kernel.Step<L, V>(i + n);
                kernel.Step<L, V>(i + (2 * n));
                kernel.Step<L, V>(i + (3 * n));
            }

            for (; i + n <= end; i += n)
            {
                kernel.Step<L, V>(i);
            }

            for (; i < end; i++)
            {
                kernel.Step<LanesScalar, float>(i);
            }
        }
    }
}
