using LowBit.Kernels.IntegerKernels.References;

namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>One lane after the other.</summary>
internal readonly unsafe struct EpilogueScalar : IEpilogueBody
{
    public static int Lanes => 16;

    public static void Run(in EpilogueTarget target, in Epilogue view)
    {
        for (int p = 0; p < target.Pixels; p++)
        {
            int* accumulators = target.Tile + ((nint)p * target.Lanes);
            long at = target.At + ((long)p * target.Channels);
            for (int i = 0; i < target.Valid; i++)
            {
                ReferenceEpilogue.Apply(view, target.Channel + i, at + i, accumulators[i]);
            }
        }
    }
}
