using LowBit.Kernels.Tests.IntegerKernels;

// Tests that may end their process, and tools that print what documents hold:
//   dotnet LowBit.Kernels.Tests.dll guard-pages     every integer kernel and float convolution on buffers that end at protected pages
//   dotnet LowBit.Kernels.Tests.dll kernel-table    the generated part of docs/kernels.md
switch (args is [string command] ? command : "")
{
    case "guard-pages":
        GuardPageCases.Run(Console.Out);
        return 0;
    case "kernel-table":
        Console.Out.Write(KernelTable.Text());
        return 0;
    default:
        Console.Error.WriteLine("usage: guard-pages | kernel-table; the tests themselves are run by dotnet test");
        return 2;
}
