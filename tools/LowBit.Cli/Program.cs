using System.Runtime.InteropServices;
using LowBit.Cli.Hosting;

using var stop = new CancellationTokenSource();
int interrupts = 0;
Console.CancelKeyPress += (_, pressed) =>
{
    // The first Ctrl-C saves and stops; the second one ends the process at once.
    if (Interlocked.Increment(ref interrupts) == 1)
    {
        pressed.Cancel = true;
        stop.Cancel();
    }
};

using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
{
    signal.Cancel = true;
    stop.Cancel();
});

return CliApplication.Run(args, CliHost.ForConsole(stop.Token));
