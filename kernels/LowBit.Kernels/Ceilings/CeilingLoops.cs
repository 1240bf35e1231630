using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using LowBit.Kernels.IntegerKernels.Bitplane;
using LowBit.Kernels.Isas;
using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Threading;

namespace LowBit.Kernels.Ceilings;

/// <summary>
/// Measures what this machine can do at best: each figure is the fastest of many short rounds of a loop with nothing but the
/// instructions in question, so that other programs on the machine disturb it as little as possible.
/// </summary>
public static unsafe class CeilingLoops
{
    private const nint MemoryBytes = 256 << 20;
    private const nint SmallBytes = 4096;
    private const double RoundSeconds = 0.001;

    /// <summary>Measures every figure, for one thread and for all threads of <paramref name="pool"/>.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="isa">The instruction set to use; the CPU must support it.</param>
    /// <param name="secondsPerFigure">Time spent on each of the eighteen figures; 0.05 is enough on an idle machine.</param>
    /// <param name="stop">Ends the measurement early.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is not positive, or <paramref name="isa"/> has no vectors.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set.</exception>
    public static CeilingReport Measure(WorkerPool pool, Isa isa, double secondsPerFigure = 0.1, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(secondsPerFigure);
        return isa switch
        {
            Isa.Avx512 => Measure<FmaLanes512, Vector512<float>, ByteLanes512, BitLanes512, Vector512<byte>>(pool, isa, secondsPerFigure, stop),
            Isa.Avx2 => Measure<FmaLanes256, Vector256<float>, ByteLanes256, BitLanes256, Vector256<byte>>(pool, isa, secondsPerFigure, stop),
            Isa.Vector128 => Measure<FmaLanes128, Vector128<float>, ByteLanes128, BitLanes128, Vector128<byte>>(pool, isa, secondsPerFigure, stop),
            _ => throw new ArgumentOutOfRangeException(nameof(isa), isa, "ceilings are measured for vector instruction sets only"),
        };
    }

    /// <summary>
    /// The multiply-add ceiling alone, in 10⁹ operations per second of that many threads together. What more threads than processors could reach is no more
    /// than what the processors can.
    /// </summary>
    /// <param name="isa">A vector instruction set that the CPU supports.</param>
    /// <param name="threads">Threads that run at once, 1 or more; no more of them are started than there are processors.</param>
    /// <param name="seconds">Time to spend, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not as it says.</exception>
    public static double FmaGflops(Isa isa, int threads, double seconds) => Together(threads, seconds, isa switch
    {
        Isa.Avx512 => &Once<FmaLoop<FmaLanes512, Vector512<float>>>,
        Isa.Avx2 => &Once<FmaLoop<FmaLanes256, Vector256<float>>>,
        Isa.Vector128 => &Once<FmaLoop<FmaLanes128, Vector128<float>>>,
        _ => throw new ArgumentOutOfRangeException(nameof(isa), isa, "ceilings are measured for vector instruction sets only"),
    });

    /// <summary>The ceiling of u8·s8 products summed into int32 at once, in 10⁹ operations per second of that many threads together, as <see cref="FmaGflops"/> counts them.</summary>
    /// <param name="isa">A vector instruction set that the CPU supports.</param>
    /// <param name="threads">Threads that run at once, 1 or more; no more of them are started than there are processors.</param>
    /// <param name="seconds">Time to spend, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not as it says.</exception>
    public static double Int8Gops(Isa isa, int threads, double seconds) => Together(threads, seconds, isa switch
    {
        Isa.Avx512 => &Once<WidenedProductLoop<ByteLanes512, Vector512<byte>>>,
        Isa.Avx2 => &Once<WidenedProductLoop<ByteLanes256, Vector256<byte>>>,
        Isa.Vector128 => &Once<WidenedProductLoop<ByteLanes128, Vector128<byte>>>,
        _ => throw new ArgumentOutOfRangeException(nameof(isa), isa, "ceilings are measured for vector instruction sets only"),
    });

    private static CeilingReport Measure<L, V, B, P, U>(WorkerPool pool, Isa isa, double seconds, CancellationToken stop)
        where L : struct, IFmaLanes<V>
        where V : struct
        where B : struct, IByteLanes<U>
        where P : struct, IBitLanes<U>
        where U : struct
    {
        using var one = new WorkerPool(1);
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)MemoryBytes, 64);
        try
        {
            NativeMemory.Clear(memory, (nuint)MemoryBytes);
            return new CeilingReport(
                isa, pool.ThreadCount, Figures<L, V, B, P, U>(new Run(one, memory, seconds, stop)), Figures<L, V, B, P, U>(new Run(pool, memory, seconds, stop)));
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static CeilingFigures Figures<L, V, B, P, U>(Run run)
        where L : struct, IFmaLanes<V>
        where V : struct
        where B : struct, IByteLanes<U>
        where P : struct, IBitLanes<U>
        where U : struct
        => new(
            FmaGflops: Best(run, SmallBytes, &Once<FmaLoop<L, V>>),
            Int8Gops: Best(run, SmallBytes, &Once<WidenedProductLoop<B, U>>),
            Int8NarrowGops: Best(run, SmallBytes, &Once<NarrowProductLoop<B, U>>),
            ShuffleGlookups: Best(run, SmallBytes, &Once<ShuffleLoop<B, U>>),
            PopcountGbits: Best(run, SmallBytes, &Once<PopcountLoop<P, U>>),
            ReadL1: Best(run, 24 << 10, &Once<ReadLoop<L, V>>),
            ReadL2: Best(run, 384 << 10, &Once<ReadLoop<L, V>>),
            ReadL3: Best(run, 6 << 20, &Once<ReadLoop<L, V>>),
            ReadMemory: Best(run, MemoryBytes, &Once<ReadLoop<L, V>>));

    private static double Together(int threads, double seconds, delegate*<nint, byte*, nint, double> loop)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        using var pool = new WorkerPool(Math.Min(threads, Environment.ProcessorCount));
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)(SmallBytes * pool.ThreadCount), 64);
        try
        {
            return Best(new Run(pool, memory, seconds, CancellationToken.None), SmallBytes, loop);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static double Once<TLoop>(nint turns, byte* memory, nint bytes)
        where TLoop : struct, ICeilingLoop
    {
        TLoop.Run(turns, memory, bytes);
        return TLoop.Operations(turns, bytes);
    }

    /// <summary>10⁹ operations per second in the fastest round; every thread has its own part of the memory.</summary>
    private static double Best(Run run, nint bytes, delegate*<nint, byte*, nint, double> loop)
    {
        int threads = run.Pool.ThreadCount;
        nint part = Math.Max(SmallBytes, Math.Min(bytes, MemoryBytes / threads) & ~(nint)1023);
        var job = new Job { Loop = loop, Memory = run.Memory, Bytes = part, Turns = 1 };

        for (int thread = 0; thread < threads; thread++)
        {
            // What the loop before left here could be denormal floats, which are slow to add.
            NativeMemory.Clear(run.Memory + (thread * part), (nuint)SmallBytes);
        }

        // Longer rounds until the fastest of a few takes a millisecond: the first of them compiles the loop, any may be interrupted.
        double seconds = FastestOf(4, run.Pool, ref job, threads);
        while (seconds < RoundSeconds)
        {
            job.Turns = seconds < RoundSeconds / 50 ? job.Turns * 16 : (job.Turns * 2);
            seconds = FastestOf(4, run.Pool, ref job, threads);
        }

        double best = seconds;
        long end = Stopwatch.GetTimestamp() + (long)(run.Seconds * Stopwatch.Frequency);
        for (int round = 0; round < 5 || Stopwatch.GetTimestamp() < end; round++)
        {
            run.Stop.ThrowIfCancellationRequested();
            best = Math.Min(best, Round(run.Pool, ref job, threads));
        }

        return job.Operations * threads / best / 1e9;
    }

    private static double FastestOf(int rounds, WorkerPool pool, ref Job job, int threads)
    {
        double best = Round(pool, ref job, threads);
        for (int round = 1; round < rounds; round++)
        {
            best = Math.Min(best, Round(pool, ref job, threads));
        }

        return best;
    }

    private static double Round(WorkerPool pool, ref Job job, int threads)
    {
        long start = Stopwatch.GetTimestamp();
        pool.Run(threads, ref job, static (ref Job j, int thread) =>
        {
            double operations = j.Loop(j.Turns, j.Memory + (thread * j.Bytes), j.Bytes);
            if (thread == 0)
            {
                j.Operations = operations;
            }
        });
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private readonly struct Run(WorkerPool pool, byte* memory, double seconds, CancellationToken stop)
    {
        public WorkerPool Pool => pool;

        public byte* Memory => memory;

        public double Seconds => seconds;

        public CancellationToken Stop => stop;
    }

    private struct Job
    {
        public delegate*<nint, byte*, nint, double> Loop;
        public byte* Memory;
        public nint Bytes;
        public nint Turns;
        public double Operations;
    }
}
