using LowBit.Kernels.Arenas;

namespace LowBit.Runtime.Planning;

/// <summary>
/// Places blocks with known lifetimes in one arena: largest first, each at the lowest offset where no block lives at the same time.
/// (The greedy-by-size rule of Pisarchyk and Lee 2020, arXiv:2001.03288, section 5.)
/// </summary>
internal static class ArenaLayout
{
    /// <summary>Returns a range for each block; ranges of blocks that live together do not overlap.</summary>
    public static ArenaRange[] Place(ReadOnlySpan<LiveBlock> blocks, out long length)
    {
        var order = new int[blocks.Length];
        var sizes = new long[blocks.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            sizes[i] = blocks[i].Length;
        }

        // Equal sizes keep their order, so that the layout is the same everywhere.
        Array.Sort(order, (a, b) => sizes[a] != sizes[b] ? sizes[b].CompareTo(sizes[a]) : a.CompareTo(b));
        var ranges = new ArenaRange[blocks.Length];
        var placed = new List<int>();
        length = 0;
        foreach (int block in order)
        {
            long offset = LowestFree(blocks, ranges, placed, block);
            ranges[block] = new ArenaRange(offset, blocks[block].Length);
            length = Math.Max(length, Align(ranges[block].End));
            // Sorted by offset, so that the next search walks upwards once.
            int at = placed.FindIndex(other => ranges[other].Offset > offset);
            placed.Insert(at < 0 ? placed.Count : at, block);
        }

        return ranges;
    }

    private static long LowestFree(ReadOnlySpan<LiveBlock> blocks, ArenaRange[] ranges, List<int> placed, int block)
    {
        long offset = 0;
        foreach (int other in placed)
        {
            if (!blocks[block].LivesWith(blocks[other]))
            {
                continue;
            }

            if (ranges[other].Offset >= offset + blocks[block].Length)
            {
                break;
            }

            offset = Math.Max(offset, Align(ranges[other].End));
        }

        return offset;
    }

    private static long Align(long offset) => (offset + NativeArena.Alignment - 1) / NativeArena.Alignment * NativeArena.Alignment;
}
