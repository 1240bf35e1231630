using System.Diagnostics;
using LowBit.Kernels.Threading;
using LowBit.TestKit;
using Xunit;

namespace LowBit.Kernels.Tests.Threading;

/// <summary>The pool under stress: every chunk exactly once, whatever the timing.</summary>
public class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Many_tiny_jobs_run_every_chunk_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int job = 0; job < 20_000; job++)
        {
            int chunks = job % 9;
            var state = new Counts { Runs = new int[chunks] };
            pool.Run(chunks, ref state, static (ref Counts s, int chunk) => Interlocked.Increment(ref s.Runs[chunk]));
            Assert.All(state.Runs, static runs => Assert.Equal(1, runs));
        }
    }

    [Fact]
    public void Sleeping_workers_wake_up()
    {
        using var pool = new WorkerPool(3);
        for (int job = 0; job < 40; job++)
        {
            // Longer than the spinning of an idle worker.
            Thread.Sleep(3);
            var state = new Counts { Runs = new int[64] };
            pool.Run(64, ref state, static (ref Counts s, int chunk) => Interlocked.Increment(ref s.Runs[chunk]));
            Assert.All(state.Runs, static runs => Assert.Equal(1, runs));
        }
    }

    [Fact]
    public void Workers_take_part()
    {
        using var pool = new WorkerPool(4);
        var watch = Stopwatch.StartNew();
        var seen = new HashSet<int>();
        while (seen.Count < 2 && watch.Elapsed < TimeSpan.FromSeconds(30))
        {
            var state = new Counts { Runs = new int[8] };
            pool.Run(8, ref state, static (ref Counts s, int chunk) =>
            {
                s.Runs[chunk] = Environment.CurrentManagedThreadId;
                Thread.Sleep(1);
            });
            seen.UnionWith(state.Runs);
        }

        Assert.True(seen.Count >= 2, "all chunks ran on the caller");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_exception_reaches_the_caller_after_all_other_chunks(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int job = 0; job < 200; job++)
        {
            var state = new Counts { Runs = new int[16] };
            InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(() => pool.Run(16, ref state, static (ref Counts s, int chunk) =>
            {
                Interlocked.Increment(ref s.Runs[chunk]);
                if (chunk == 5)
                {
                    throw new InvalidOperationException("five");
                }
            }));
            Assert.Equal("five", thrown.Message);
            Assert.All(state.Runs, static runs => Assert.Equal(1, runs));
        }

        var after = new Counts { Runs = new int[16] };
        pool.Run(16, ref after, static (ref Counts s, int chunk) => Interlocked.Increment(ref s.Runs[chunk]));
        Assert.All(after.Runs, static runs => Assert.Equal(1, runs));
    }

    [Fact]
    public void Nested_jobs_run_where_they_start()
    {
        using var pool = new WorkerPool(4);
        for (int job = 0; job < 500; job++)
        {
            var state = new Nested { Pool = pool, Runs = new int[6 * 7] };
            pool.Run(6, ref state, static (ref Nested s, int outer) =>
            {
                var inner = new Inner { Runs = s.Runs, Offset = outer * 7, Thread = Environment.CurrentManagedThreadId };
                s.Pool.Run(7, ref inner, static (ref Inner i, int chunk) =>
                {
                    Interlocked.Increment(ref i.Runs[i.Offset + chunk]);
                    i.WrongThread |= Environment.CurrentManagedThreadId != i.Thread;
                });
                if (inner.WrongThread)
                {
                    throw new InvalidOperationException("a nested chunk left its thread");
                }
            });
            Assert.All(state.Runs, static runs => Assert.Equal(1, runs));
        }
    }

    [Fact]
    public void Callers_on_several_threads_share_one_pool()
    {
        using var pool = new WorkerPool(3);
        Exception? failure = null;
        Thread[] callers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            try
            {
                for (int job = 0; job < 3000; job++)
                {
                    var state = new Counts { Runs = new int[5] };
                    pool.Run(5, ref state, static (ref Counts s, int chunk) => Interlocked.Increment(ref s.Runs[chunk]));
                    Assert.All(state.Runs, static runs => Assert.Equal(1, runs));
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        }))];
        Array.ForEach(callers, static t => t.Start());
        Array.ForEach(callers, static t => t.Join());
        Assert.Null(failure);
    }

    [Fact]
    public void A_job_allocates_nothing()
    {
        using var pool = new WorkerPool(2);
        var state = new Counts { Runs = new int[32] };
        static void Job(WorkerPool pool, ref Counts state)
            => pool.Run(32, ref state, static (ref Counts s, int chunk) => Interlocked.Increment(ref s.Runs[chunk]));
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                Job(pool, ref state);
            }
        }));
    }

    [Fact]
    public void A_disposed_pool_still_runs_jobs_on_the_caller()
    {
        var pool = new WorkerPool(4);
        pool.Dispose();
        pool.Dispose();
        var state = new Counts { Runs = new int[16] };
        pool.Run(16, ref state, static (ref Counts s, int chunk) => s.Runs[chunk] = Environment.CurrentManagedThreadId);
        Assert.All(state.Runs, static id => Assert.Equal(Environment.CurrentManagedThreadId, id));
    }

    [Fact]
    public void Pools_come_and_go()
    {
        for (int i = 0; i < 50; i++)
        {
            using var pool = new WorkerPool(1 + (i % 5));
            var state = new Counts { Runs = new int[4] };
            pool.Run(4, ref state, static (ref Counts s, int chunk) => Interlocked.Increment(ref s.Runs[chunk]));
            Assert.All(state.Runs, static runs => Assert.Equal(1, runs));
        }
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(1025));
        using var pool = new WorkerPool(1);
        var state = default(Counts);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Run(-1, ref state, static (ref Counts _, int _) => { }));
        Assert.Throws<ArgumentNullException>(() => pool.Run(1, ref state, null!));
    }

    private struct Counts
    {
        public int[] Runs;
    }

    private struct Nested
    {
        public WorkerPool Pool;
        public int[] Runs;
    }

    private struct Inner
    {
        public int[] Runs;
        public int Offset;
        public int Thread;
        public bool WrongThread;
    }
}
