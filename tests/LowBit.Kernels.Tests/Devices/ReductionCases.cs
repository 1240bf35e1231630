using LowBit.Kernels.Reductions;
using LowBit.TestKit;

namespace LowBit.Kernels.Tests.Devices;

/// <summary>Reductions to one number; the number is stored as a float in a buffer of its own.</summary>
internal static class ReductionCases
{
    // Floats are added within blocks of 4096 in at least one chain, and with one lane in four.
    private const int Depth = 4096;

    public static IEnumerable<DeviceCase> All =>
    [
        Case<Sum>(static x => Approx.Sum(x.Select(static v => (Approx)v), Depth), sameOnAllIsas: false),
        Case<SumOfSquares>(static x => Approx.Sum(x.Select(static v => (Approx)v * v), Depth), sameOnAllIsas: false),
        Case<SumOfMagnitudes>(static x => Approx.Sum(x.Select(static v => (Approx)Math.Abs(v)), Depth), sameOnAllIsas: false),
        Case<MinValue>(static x => x.Length == 0 ? float.PositiveInfinity : (Approx)x.Min()),
        Case<MaxValue>(static x => x.Length == 0 ? float.NegativeInfinity : (Approx)x.Max()),
        Case<MaxMagnitude>(static x => x.Length == 0 ? 0f : (Approx)x.Max(Math.Abs)),
        new("sum_rows", TestSizes.Columns, static (size, fills) =>
        {
            (int rows, int columns) = (size[0], size[1]);
            var p = new DeviceProblem();
            float[] x = p.Input(fills.Uniform(rows * columns)), gv = fills.Uniform(columns);
            int depth = Math.Min(rows, new FoldedColumns(rows, columns).RowsPerBlock) + 1;
            p.Changed(gv, Enumerable.Range(0, columns).Select(c => gv[c] + Approx.Sum(ColumnCases.Column(x, columns, c), depth)).ToArray());
            p.Run = (d, b) => d.SumRows(rows, columns, b[0], b[1]);
            return p;
        }),
    ];

    private static DeviceCase Case<TOp>(Func<float[], Approx> oracle, bool sameOnAllIsas = true)
        where TOp : struct, IReduction
        => new(TOp.Name, TestSizes.FlatLong, (size, fills) =>
        {
            var p = new DeviceProblem();
            float[] x = p.Input(fills.Uniform(size[0]));
            Approx exact = oracle(x);
            p.Output([exact with { Error = exact.Error + (Bounds.Unit * Math.Abs(exact.Value)) }]);
            p.Run = (d, b) => d.Fill(1, (float)d.Reduce<TOp>(size[0], b[0]), b[1]);
            return p;
        }, sameOnAllIsas);
}
