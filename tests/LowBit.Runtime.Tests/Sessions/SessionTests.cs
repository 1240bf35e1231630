using LowBit.Kernels.Isas;
using LowBit.Runtime.Models;
using LowBit.Runtime.Sessions;
using Xunit;

namespace LowBit.Runtime.Tests.Sessions;

public class SessionTests
{
    public static TheoryData<int, int> Widths
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach ((int w, int a) in new[] { (1, 1), (1, 2), (2, 2), (3, 3), (4, 4), (5, 7), (8, 8), (2, 8), (8, 1) })
            {
                data.Add(w, a);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_edge_equals_the_formulas_on_every_instruction_set_thread_count_and_batch(int weightBits, int activationBits)
    {
        IntegerModel model = SampleModel.Create(weightBits + (10 * activationBits), weightBits, activationBits);
        byte[] images = SampleModel.Images(5);
        int[][][] expected = [.. Enumerable.Range(0, 5).Select(i => ModelOracle.Run(model, images.AsSpan(i * model.Image.Length, model.Image.Length)))];
        foreach (Isa isa in CpuFeatures.Usable)
        {
            foreach ((int threads, int batch) in new[] { (1, 1), (2, 3), (3, 5) })
            {
                using var session = new Session(model, new SessionOptions { Isa = isa, Threads = threads, Batch = batch });
                var logits = new int[batch * model.Classes];
                for (int first = 0; first < 5; first += batch)
                {
                    int count = Math.Min(batch, 5 - first);
                    var tap = new RecordingTap();
                    Assert.Equal(count, session.Run(images.AsSpan(first * model.Image.Length, count * model.Image.Length), logits, tap));
                    Assert.Equal(model.Edges.Count, tap.Edges.Count);
                    foreach ((int edge, int[] codes) in tap.Edges)
                    {
                        int[] wanted = [.. Enumerable.Range(first, count).SelectMany(i => expected[i][edge])];
                        Assert.True(wanted.AsSpan().SequenceEqual(codes), $"edge {model.Edges[edge].Name}, {isa}, {threads} threads, batch {batch}");
                    }

                    Assert.Equal(tap.Edges[model.LogitsEdge], logits.Take(count * model.Classes));
                }
            }
        }
    }

    [Fact]
    public void The_samples_reach_both_ends_of_the_codes()
    {
        IntegerModel model = SampleModel.Create();
        int[][] edges = ModelOracle.Run(model, SampleModel.Images(1));
        foreach (string name in new[] { "a", "r", "b", "d" })
        {
            int edge = model.Edges.ToList().FindIndex(e => e.Name == name);
            Assert.True(edges[edge].Distinct().Count() >= 8, $"edge {name} holds {edges[edge].Distinct().Count()} different codes");
        }

        Assert.True(edges[model.LogitsEdge].Distinct().Count() == SampleModel.Classes);
    }

    [Fact]
    public void A_profile_counts_runs_and_names_kernels()
    {
        IntegerModel model = SampleModel.Create();
        using var session = new Session(model, new SessionOptions { Batch = 2, Profile = true, Threads = 1 });
        session.Run(SampleModel.Images(2), new int[2 * model.Classes]);
        session.Run(SampleModel.Images(1), new int[model.Classes]);
        IReadOnlyList<NodeProfile> profile = session.Profile();
        Assert.Equal(model.Nodes.Select(n => n.Name), profile.Select(p => p.Name));
        Assert.All(profile, p => Assert.Equal((2, 3), (p.Runs, p.Images)));
        Assert.True(profile.Sum(p => p.Milliseconds) > 0);
        Assert.Contains(profile, p => p.Kernel.Contains("_w3a4_i32", StringComparison.Ordinal) && p.Kernel.EndsWith("__" + CpuFeatures.Word(CpuFeatures.Best), StringComparison.Ordinal));
        using var plain = new Session(model);
        Assert.Throws<InvalidOperationException>(plain.Profile);
    }

    [Fact]
    public void A_profile_that_was_reset_counts_only_what_follows()
    {
        IntegerModel model = SampleModel.Create();
        using var session = new Session(model, new SessionOptions { Profile = true, Threads = 1 });
        var logits = new int[model.Classes];
        for (int warm = 0; warm < 3; warm++)
        {
            session.Run(SampleModel.Images(1), logits);
        }

        session.ResetProfile();
        Assert.All(session.Profile(), p => Assert.Equal((0, 0, 0.0), (p.Runs, p.Images, p.Milliseconds)));
        session.Run(SampleModel.Images(1), logits);
        session.Run(SampleModel.Images(1), logits);
        Assert.All(session.Profile(), p => Assert.Equal((2, 2), (p.Runs, p.Images)));
        using var plain = new Session(model);
        plain.ResetProfile();
    }

    [Fact]
    public void Classes_are_those_of_the_highest_logits_for_any_number_of_images()
    {
        IntegerModel model = SampleModel.Create();
        byte[] images = SampleModel.Images(7);
        using var session = new Session(model, new SessionOptions { Batch = 3, Threads = 1 });
        var classes = new int[7];
        session.Classify(images, classes);
        for (int i = 0; i < 7; i++)
        {
            int[] logits = ModelOracle.Run(model, images.AsSpan(i * model.Image.Length, model.Image.Length))[model.LogitsEdge];
            Assert.Equal(Array.IndexOf(logits, logits.Max()), classes[i]);
        }

        session.Classify([], []);
    }

    [Fact]
    public void Wrong_arguments_are_refused_with_the_values()
    {
        IntegerModel model = SampleModel.Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => new Session(model, new SessionOptions { Batch = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Session(model, new SessionOptions { Threads = -1 }));
        ArgumentOutOfRangeException absurd = Assert.Throws<ArgumentOutOfRangeException>(() => new Session(model, new SessionOptions { Batch = int.MaxValue }));
        Assert.Contains("bytes for 2147483647 images", absurd.Message, StringComparison.Ordinal);
        using var session = new Session(model, new SessionOptions { Batch = 2 });
        var logits = new int[2 * model.Classes];
        Assert.Contains("0 to 2 images of 9x8x3", Assert.Throws<ArgumentException>(() => session.Run(SampleModel.Images(3), logits)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.Run(new byte[5], logits));
        Assert.Throws<ArgumentException>(() => session.Run(SampleModel.Images(2), new int[3]));
        Assert.Throws<ArgumentException>(() => session.Classify(SampleModel.Images(2), new int[1]));
        Assert.Equal(0, session.Run([], logits));
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Run(SampleModel.Images(1), logits));
    }

    private sealed class RecordingTap : ICodeTap
    {
        public Dictionary<int, int[]> Edges { get; } = [];

        public void OnCodes(int index, IntegerEdge edge, ReadOnlySpan<byte> codes) => Edges.Add(index, [.. codes.ToArray().Select(c => (int)c)]);

        public void OnLogits(int index, IntegerEdge edge, ReadOnlySpan<int> logits) => Edges.Add(index, logits.ToArray());
    }
}
