using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace LowBit.Kernels.Threading;

/// <summary>
/// A pool of persistent threads that share the chunks of one job. Chunks are claimed one by one, so the caller can do
/// all of them itself when the workers are late; which thread ran a chunk is never visible in a result, because the
/// partition into chunks depends on the problem alone.
/// </summary>
/// <remarks>
/// A call costs about a microsecond and allocates nothing. A job started from inside another job, or while
/// another caller holds the pool, runs on the calling thread.
/// </remarks>
public sealed unsafe class WorkerPool : IDisposable
{
    // Long enough to catch the next layer of a small network, short enough not to burn a shared core.
    private static readonly long s_spinTicks = Stopwatch.Frequency * 40 / 1_000_000;

    [ThreadStatic]
    private static bool s_insideJob;

    private static readonly Lock s_sharedLock = new();
    private static WorkerPool? s_shared;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _owner = new();

    private volatile int _generation;
    private volatile bool _stopping;
    private int _sleeping;

    private volatile Job? _job;
    private readonly Job _reused = new();

    /// <summary>Starts a pool.</summary>
    /// <param name="threadCount">Threads that work on a job, the caller's own included; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threadCount"/> is below 1 or above 1024.</exception>
    public WorkerPool(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threadCount, 1024);
        ThreadCount = threadCount;
        _threads = new Thread[threadCount - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(WorkLoop) { IsBackground = true, Name = $"LowBit worker {i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>The pool of the process: as many threads as processors unless <see cref="ConfigureShared"/> said otherwise.</summary>
    public static WorkerPool Shared
    {
        get
        {
            lock (s_sharedLock)
            {
                return s_shared ??= new WorkerPool(Environment.ProcessorCount);
            }
        }
    }

    /// <summary>Threads that work on a job, the caller's own included.</summary>
    public int ThreadCount { get; }

    /// <summary>Replaces the pool of the process; call it before the first kernel runs.</summary>
    /// <param name="threadCount">Threads of the new pool, at least 1.</param>
    public static void ConfigureShared(int threadCount)
    {
        lock (s_sharedLock)
        {
            s_shared?.Dispose();
            s_shared = new WorkerPool(threadCount);
        }
    }

    /// <summary>Runs <paramref name="body"/> once for each chunk and returns when all are done.</summary>
    /// <typeparam name="TState">A struct of arguments.</typeparam>
    /// <param name="chunkCount">Number of chunks, 0 or more; derive it from the problem, never from the thread count.</param>
    /// <param name="state">A local variable of the caller (it must live on the stack while the job runs).</param>
    /// <param name="body">The work; use a static lambda, so that nothing is allocated.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="chunkCount"/> is negative.</exception>
    /// <remarks>The first exception of any chunk is thrown again here after all chunks ended.</remarks>
    public void Run<TState>(int chunkCount, ref TState state, ChunkBody<TState> body)
        where TState : struct
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfNegative(chunkCount);
        if (chunkCount <= 1 || _threads.Length == 0 || s_insideJob || !_owner.TryEnter())
        {
            RunHere(chunkCount, ref state, body);
            return;
        }

        try
        {
            RunShared(chunkCount, Unsafe.AsPointer(ref state), body, &Invoke<TState>);
        }
        finally
        {
            _owner.Exit();
        }
    }

    /// <summary>Ends the threads. A job that is running ends first; later jobs run on their callers.</summary>
    public void Dispose()
    {
        lock (_owner)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
            _generation++;
            if (_threads.Length > 0)
            {
                _wake.Release(_threads.Length);
            }

            foreach (Thread thread in _threads)
            {
                thread.Join();
            }

            _sleeping = 0;
            _wake.Dispose();
        }
    }

    // All chunks run even after a failure, as they do when threads share them.
    private static void RunHere<TState>(int chunkCount, ref TState state, ChunkBody<TState> body)
        where TState : struct
    {
        Exception? failure = null;
        for (int i = 0; i < chunkCount; i++)
        {
            try
            {
                body(ref state, i);
            }
            catch (Exception e)
            {
                failure ??= e;
            }
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static void Invoke<TState>(void* state, object body, int chunk)
        where TState : struct
        => Unsafe.As<ChunkBody<TState>>(body)(ref Unsafe.AsRef<TState>(state), chunk);

    private void RunShared(int chunkCount, void* state, object body, delegate*<void*, object, int, void> invoke)
    {
        Job job = _reused;
        job.Prepare(chunkCount, state, body, invoke);
        _job = job;
        _generation++;
        Interlocked.MemoryBarrier();
        WakeUpTo(chunkCount - 1);

        s_insideJob = true;
        try
        {
            job.Work();
        }
        finally
        {
            s_insideJob = false;
        }

        // A worker that claimed a chunk must finish it, and one that is still looking must have left, before the
        // state on the caller's stack goes away and the job object is used again.
        _job = null;
        Interlocked.MemoryBarrier();
        var spin = default(SpinWait);
        while (!job.IsIdle)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }

        job.ThrowIfFailed();
    }

    // Takes sleepers off the count and releases exactly as many: no permit is ever left over.
    private void WakeUpTo(int count)
    {
        int sleeping = Volatile.Read(ref _sleeping);
        while (sleeping > 0)
        {
            int woken = Math.Min(sleeping, count);
            int before = Interlocked.CompareExchange(ref _sleeping, sleeping - woken, sleeping);
            if (before == sleeping)
            {
                _wake.Release(woken);
                return;
            }

            sleeping = before;
        }
    }

    private void Sleep(int seen)
    {
        Interlocked.Increment(ref _sleeping);

        // Look again after announcing the sleep: a job started in between may not have seen the announcement.
        if (_generation != seen || _stopping)
        {
            int sleeping = Volatile.Read(ref _sleeping);
            while (sleeping > 0)
            {
                int before = Interlocked.CompareExchange(ref _sleeping, sleeping - 1, sleeping);
                if (before == sleeping)
                {
                    return;
                }

                sleeping = before;
            }

            // Somebody took this thread off the count already, so a permit is on its way.
        }

        _wake.Wait();
    }

    private void WorkLoop()
    {
        s_insideJob = true;
        int seen = 0;
        while (!_stopping)
        {
            long end = Stopwatch.GetTimestamp() + s_spinTicks;
            while (_generation == seen && Stopwatch.GetTimestamp() < end)
            {
                Thread.SpinWait(8);
            }

            if (_generation == seen)
            {
                Sleep(seen);
            }

            seen = _generation;
            Job? job = _job;
            if (job is not null)
            {
                job.Enter();

                // The job object is reused: it counts only if it is still the announced one after entering.
                if (ReferenceEquals(_job, job))
                {
                    job.Work();
                }

                job.Leave();
            }
        }
    }

    /// <summary>One job: a claim counter and the number of threads inside.</summary>
    private sealed class Job
    {
        private int _chunkCount;
        private int _next;
        private int _inside;
        private void* _state;
        private object? _body;
        private delegate*<void*, object, int, void> _invoke;
        private Exception? _failure;

        public bool IsIdle => Volatile.Read(ref _inside) == 0;

        public void Prepare(int chunkCount, void* state, object body, delegate*<void*, object, int, void> invoke)
        {
            _failure = null;
            _chunkCount = chunkCount;
            _state = state;
            _body = body;
            _invoke = invoke;
            Volatile.Write(ref _next, 0);
        }

        public void Enter() => Interlocked.Increment(ref _inside);

        public void Leave() => Interlocked.Decrement(ref _inside);

        public void Work()
        {
            while (true)
            {
                int chunk = Interlocked.Increment(ref _next) - 1;
                if (chunk >= _chunkCount)
                {
                    return;
                }

                try
                {
                    _invoke(_state, _body!, chunk);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref _failure, e, null);
                }
            }
        }

        public void ThrowIfFailed()
        {
            Exception? failure = _failure;
            _body = null;
            if (failure is not null)
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }
}
