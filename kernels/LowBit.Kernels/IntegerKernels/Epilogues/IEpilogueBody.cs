namespace LowBit.Kernels.IntegerKernels.Epilogues;

/// <summary>The requantization rule on a tile, for one instruction set.</summary>
internal interface IEpilogueBody
{
    /// <summary>The most lanes of a tile.</summary>
    static abstract int Lanes { get; }

    static abstract void Run(in EpilogueTarget target, in Epilogue view);
}
