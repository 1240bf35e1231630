using FsCheck;
using FsCheck.Fluent;
using LowBit.Kernels.Arenas;
using LowBit.Runtime.Models;
using LowBit.Runtime.Planning;
using LowBit.Runtime.Sessions;
using Xunit;

namespace LowBit.Runtime.Tests.Planning;

public class ArenaLayoutTests
{
    [Fact]
    public void Blocks_that_live_together_never_overlap()
    {
        Gen<LiveBlock> block =
            from length in Gen.Choose(0, 500)
            from first in Gen.Choose(0, 12)
            from life in Gen.Choose(0, 5)
            select new LiveBlock(length, first, first + life);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(2026, 1121), Prop.ForAll(block.ArrayOf().ToArbitrary(), blocks =>
        {
            ArenaRange[] ranges = ArenaLayout.Place(blocks, out long length);
            for (int i = 0; i < blocks.Length; i++)
            {
                if (ranges[i].Length != blocks[i].Length || ranges[i].Offset % NativeArena.Alignment != 0 || ranges[i].End > length)
                {
                    return false;
                }

                for (int j = 0; j < i; j++)
                {
                    if (blocks[i].LivesWith(blocks[j]) && ranges[i].Overlaps(ranges[j]) && blocks[i].Length > 0 && blocks[j].Length > 0)
                    {
                        return false;
                    }
                }
            }

            return true;
        }));
    }

    [Fact]
    public void A_chain_needs_the_room_of_its_largest_neighbours_only()
    {
        LiveBlock[] chain = [new(640, 0, 1), new(640, 1, 2), new(640, 2, 3), new(640, 3, 4), new(640, 4, 5)];
        ArenaLayout.Place(chain, out long length);
        Assert.Equal(1280, length);
    }

    [Fact]
    public void A_plan_reuses_memory_and_proves_each_convolution()
    {
        IntegerModel model = SampleModel.Create();
        using var session = new Session(model, new SessionOptions { Batch = 3, Threads = 1 });
        Plan plan = session.Plan;
        Assert.True(plan.ArenaBytes < plan.Edges.Sum(e => e.Length) + plan.Nodes.Sum(n => n.Scratch.Length));
        foreach (NodePlan node in plan.Nodes)
        {
            Assert.NotEqual("", node.Kernel);
            Assert.Equal(node.Node is ConvolutionNode, node.Proof is not null);
            foreach (int input in node.Node.Inputs)
            {
                foreach (int output in node.Node.Outputs)
                {
                    Assert.False(plan.Edges[input].Overlaps(plan.Edges[output]));
                }

                Assert.False(plan.Edges[input].Overlaps(node.Scratch) && node.Scratch.Length > 0);
            }
        }
    }
}
