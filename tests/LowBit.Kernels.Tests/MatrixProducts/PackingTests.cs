using LowBit.Kernels.MatrixProducts;
using LowBit.Kernels.Tests.IntegerKernels;
using Xunit;

namespace LowBit.Kernels.Tests.MatrixProducts;

/// <summary>Packing moves every number to its place and writes nothing else.</summary>
public sealed unsafe class PackingTests
{
    [Fact]
    public void Transposition_moves_every_element()
    {
        foreach (int rows in new[] { 1, 3, 4, 5, 14, 15, 16, 17, 32 })
        {
            foreach (int steps in new[] { 1, 3, 4, 7, 64, 65, 70, 130 })
            {
                using var source = new GuardedBuffer<float>(rows * (steps + 2));
                using var target = new GuardedBuffer<float>(steps * (rows + 3));
                FloatFill.Run(source.Span, Fill.Random, rows + steps);
                target.Span.Fill(-7);
                Transposition.Copy(source.Pointer, steps + 2, rows, steps, target.Pointer, rows + 3);
                target.Check($"{rows}x{steps}");
                for (int k = 0; k < steps; k++)
                {
                    for (int r = 0; r < rows + 3; r++)
                    {
                        Assert.Equal(r < rows ? source.Span[(r * (steps + 2)) + k] : -7, target.Span[(k * (rows + 3)) + r]);
                    }
                }
            }
        }
    }

    [Fact]
    public void Panels_divide_columns_and_pad_with_zeros()
    {
        foreach (int columns in new[] { 1, 4, 5, 8, 9, 15, 16, 17, 33 })
        {
            foreach (bool transposed in new[] { false, true })
            {
                CheckPanels(new ColumnPanels(columns, 4), depth: 9, transposed);
            }
        }
    }

    private static void CheckPanels(ColumnPanels division, int depth, bool transposed)
    {
        using var source = new GuardedBuffer<float>(division.Columns * depth);
        FloatFill.Run(source.Span, Fill.Random, division.Columns);
        int rowStep = transposed ? 1 : division.Columns, columnStep = transposed ? depth : 1, seen = 0;
        Assert.Equal(0, division.PaddedColumns % division.Lanes);
        for (int panel = 0; panel < division.Count; panel++)
        {
            int width = division.Vectors(panel) * division.Lanes;
            using var packed = new GuardedBuffer<float>(width * depth);
            division.Pack(panel, depth, source.Pointer, rowStep, columnStep, packed.Pointer);
            packed.Check($"{division}");
            for (int k = 0; k < depth; k++)
            {
                for (int lane = 0; lane < width; lane++)
                {
                    int column = division.First(panel) + lane;
                    float expected = column < division.Columns ? source.Span[(k * rowStep) + (column * columnStep)] : 0;
                    Assert.Equal(expected, packed.Span[(k * width) + lane]);
                }
            }

            seen += division.Valid(panel);
        }

        Assert.Equal(division.Columns, seen);
    }

    [Fact]
    public void Scratch_gives_a_returned_block_again()
    {
        // A size that no other test asks for, because the blocks are shared by the process.
        const long Floats = 77_000_000 / sizeof(float);
        float* first = Scratch.Rent(Floats);
        float* second = Scratch.Rent(Floats);
        Assert.True(first != second);
        Assert.Equal(0, (nint)first % 64);
        first[Floats - 1] = 1;
        Scratch.Return(second, Floats);
        Assert.True(second == Scratch.Rent(Floats));
        Scratch.Return(first, Floats);
        Scratch.Return(second, Floats);
    }
}
