using BenchmarkDotNet.Running;
using LowBit.Bench.Quick;

// With --quick: a few seconds, percent of the ceiling of the same run. Without: BenchmarkDotNet and its arguments.
if (args.Length > 0 && args[0] == "--quick")
{
    return QuickCommand.Run(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(QuickCommand).Assembly).Run(args);
return 0;
