namespace LowBit.Cli.Documents;

/// <summary>What <c>bench kernels --json</c> prints.</summary>
internal sealed record KernelsDocument(
    string Processor, string Isa, int Threads, int Rounds, double Int8CeilingGops, double FmaCeilingGflops, IReadOnlyList<KernelRowDocument> Rows);
