namespace LowBit.Kernels.Ceilings;

/// <summary>A loop that runs one instruction mix as fast as the machine can; kept as a type so that each vector width is compiled apart.</summary>
internal unsafe interface ICeilingLoop
{
    /// <summary>Runs the mix; the result goes to <paramref name="memory"/> or depends on it, so that nothing is optimised away.</summary>
    /// <param name="turns">Repetitions.</param>
    /// <param name="memory">At least <paramref name="bytes"/> bytes, 64-byte aligned.</param>
    /// <param name="bytes">Bytes the loop may touch, a multiple of 1024, at least 4096.</param>
    static abstract void Run(nint turns, byte* memory, nint bytes);

    /// <summary>Operations of one call.</summary>
    static abstract double Operations(nint turns, nint bytes);
}
