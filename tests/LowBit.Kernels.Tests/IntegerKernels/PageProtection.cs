using System.ComponentModel;
using System.Runtime.InteropServices;

namespace LowBit.Kernels.Tests.IntegerKernels;

/// <summary>Takes and gives back the right to touch a page. Touching a forbidden one ends the process, so this is used in child processes only.</summary>
internal static unsafe partial class PageProtection
{
    private const uint WindowsNoAccess = 1, WindowsReadWrite = 4;
    private const int PosixNone = 0, PosixReadWrite = 3;

    /// <summary>Whether new guarded buffers end at a forbidden page.</summary>
    public static bool IsOn { get; set; }

    public static void Forbid(byte* page) => Set(page, PosixNone, WindowsNoAccess);

    public static void Allow(byte* page) => Set(page, PosixReadWrite, WindowsReadWrite);

    private static void Set(byte* page, int posix, uint windows)
    {
        nuint length = (nuint)Environment.SystemPageSize;
        bool done = OperatingSystem.IsWindows() ? VirtualProtect(page, length, windows, out _) : ChangeProtection(page, length, posix) == 0;
        if (!done)
        {
            throw new Win32Exception();
        }
    }

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int ChangeProtection(void* address, nuint length, int protection);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool VirtualProtect(void* address, nuint length, uint protection, out uint before);
}
