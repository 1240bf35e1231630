namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>The requantization rule on a tile, for one instruction set.</summary>
internal interface IEpilogueBody
{
    static abstract void Run(in EpilogueTarget target, in Epilogue view);
}
