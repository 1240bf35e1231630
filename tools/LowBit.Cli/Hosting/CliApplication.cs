using System.CommandLine;
using LowBit.Cli.Commands;
using LowBit.Data;
using LowBit.Nn.Lowering;
using LowBit.Nn.Training;

namespace LowBit.Cli.Hosting;

/// <summary>Builds the command tree, runs one command, and turns every outcome into an exit code and at most one sentence.</summary>
internal static class CliApplication
{
    /// <summary>Runs a command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> args, CliHost host)
    {
        var common = new CommonOptions();
        RootCommand root = Build(common, host);
        ParseResult parse = root.Parse(args);
        if ((parse.Errors.Count > 0 || Suggestions.MistakenArgument(parse) is not null) && parse.Action is not System.CommandLine.Help.HelpAction)
        {
            return Complain(host, ExitCode.Usage, Suggestions.Sentence(parse));
        }

        // Cancellation and exceptions are ours: the default handlers would print stack traces and kill a saving run.
        return parse.Invoke(new InvocationConfiguration
        {
            Output = host.Output,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private static RootCommand Build(CommonOptions common, CliHost host)
    {
        var root = new RootCommand("lowbit: train small low-bit networks, run them as integers, check every bit");
        common.AddTo(root);
        void Add(CommandDefinition definition)
        {
            definition.Command.SetAction(parse => Guard(host, common, parse, definition.Run));
            root.Subcommands.Add(definition.Command);
        }

        Add(QuickstartCommand.Define());
        Add(TrainCommand.Define());
        Add(ResultsCommand.Define());
        Add(QuantizeCommand.Define());
        Add(SearchCommand.Define());
        Add(EvalCommand.Define());
        Add(ExportCommand.Define());
        Add(RunCommand.Define());
        Add(VerifyCommand.Define());
        Add(DoctorCommand.Define());
        var bench = new Command("bench", "Measure this machine");
        foreach (CommandDefinition definition in (CommandDefinition[])[BenchCeilingsCommand.Define(), BenchKernelsCommand.Define(), BenchTrainCommand.Define()])
        {
            definition.Command.SetAction(parse => Guard(host, common, parse, definition.Run));
            bench.Subcommands.Add(definition.Command);
        }

        root.Subcommands.Add(bench);
        return root;
    }

    private static int Guard(CliHost host, CommonOptions common, ParseResult parse, Func<CommandContext, int> run)
    {
        try
        {
            using var context = new CommandContext(host, common, parse);
            return run(context);
        }
        catch (Exception failure)
        {
            return Report(host, failure, parse.GetValue(common.Verbose));
        }
        finally
        {
            host.Output.Flush();
        }
    }

    private static int Report(CliHost host, Exception failure, bool verbose)
    {
        // A wrong environment variable is met by whichever code first asks for what it sets.
        Exception cause = failure;
        while (cause is TypeInitializationException { InnerException: { } inner })
        {
            cause = inner;
        }

        (int code, string sentence) = cause switch
        {
            OperationCanceledException => (ExitCode.Interrupted, "interrupted"),
            UsageException => (ExitCode.Usage, cause.Message),
            CheckFailedException or TrainingException => (ExitCode.Failed, cause.Message),
            DataFormatException or DataUnavailableException or LoweringException or InvalidDataException => (ExitCode.BadData, cause.Message),
            FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or IOException => (ExitCode.BadData, cause.Message),
            ArgumentException => (ExitCode.Usage, cause.Message),
            NotSupportedException or PlatformNotSupportedException => (ExitCode.Usage, cause.Message),
            OutOfMemoryException => (ExitCode.Failed, "there is not enough memory; use a smaller batch or fewer images"),
            _ => (ExitCode.Failed, $"{cause.GetType().Name}: {cause.Message}; this is a defect of lowbit, run again with --verbose and report it"),
        };
        if (verbose)
        {
            host.Error.WriteLine(failure.ToString());
        }

        return Complain(host, code, sentence);
    }

    private static int Complain(CliHost host, int code, string sentence)
    {
        string line = Suggestions.OneLine(sentence);
        host.Error.WriteLine(code == ExitCode.Interrupted ? line : $"error: {line}");
        return code;
    }
}
