package dev.holdfast.cli;

import java.io.File;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands, their common ground, and their exit statuses. */
@Command(
        name = "java -jar holdfast-agent.jar",
        description = {"Resilience for the HTTP calls of JVM programs that nobody can or will change.", ""},
        customSynopsis = "@|bold java -jar holdfast-agent.jar|@ COMMAND [ARGUMENTS]",
        commandListHeading = "Commands:%n",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done; for @|bold check|@: the files are good",
            "1:a configuration has errors, or with --strict warnings",
            "2:the command line is wrong",
            "3:it cannot be done: the message says why",
            "4:a defect of Holdfast's own"
        },
        footer = {
            "",
            "A program under Holdfast:",
            "  java -javaagent:holdfast-agent.jar=FILE -jar app.jar",
            "  java -javaagent:holdfast-agent.jar=config=FILE,strict=true -jar app.jar",
            "With strict=true a bad file stops the program. The file may also be named by",
            "-Dholdfast.config=FILE or the variable HOLDFAST_CONFIG."
        },
        subcommands = {
            CheckCommand.class,
            ExplainCommand.class,
            ScanCommand.class,
            InitCommand.class,
            AttachCommand.class,
            ListCommand.class,
            StatusCommand.class,
            SwitchCommands.Off.class,
            SwitchCommands.On.class,
            CompletionCommand.class,
            VersionCommand.class,
            LicensesCommand.class,
            HelpCommand.class
        })
public final class Cli {
    /** Done. */
    static final int DONE = 0;
    /** A configuration has errors. */
    static final int BAD_CONFIGURATION = 1;
    /** The command line is wrong. */
    static final int WRONG_USE = 2;
    /** It cannot be done. */
    static final int NOT_POSSIBLE = 3;
    /** A defect. */
    static final int DEFECT = 4;

    private static final int WIDTH = 96;

    private final File jar;
    private final String version;

    private Cli(File jar, String version) {
        this.jar = jar;
        this.version = version;
    }

    /**
     * Called by reflection, from the launch classes.
     *
     * @param arguments the command
     * @param jar the agent
     * @param version of it
     * @param out for what was asked for
     * @param err for what is wrong
     * @return the exit status
     */
    public static int run(String[] arguments, File jar, String version, PrintStream out, PrintStream err) {
        CommandLine commands = new Cli(jar, version).commandLine(writer(out), writer(err));
        try {
            return commands.execute(arguments);
        } catch (OutOfMemoryError e) {
            commands.getErr().println("holdfast: this takes more memory than the JVM may use; raise -Xmx");
            return NOT_POSSIBLE;
        } catch (LinkageError | StackOverflowError e) {
            return defect(e, commands.getErr());
        }
    }

    /** Returns the agent's jar. */
    File jar() {
        return jar;
    }

    /** Returns the agent's version. */
    String version() {
        return version;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, Charset.defaultCharset());
    }

    private CommandLine commandLine(PrintWriter out, PrintWriter err) {
        CommandLine commands = new CommandLine(this);
        commands.getCommandSpec().mixinStandardHelpOptions(true).version("holdfast " + version);
        commands.setOut(out);
        commands.setErr(err);
        commands.setExpandAtFiles(false);
        commands.setUsageHelpWidth(WIDTH);
        commands.setUnmatchedOptionsArePositionalParams(false);
        commands.setParameterExceptionHandler(Cli::wrongUse);
        commands.setExecutionExceptionHandler((problem, command, parsed) -> failed(problem, command));
        return commands;
    }

    private static int wrongUse(ParameterException problem, String[] arguments) {
        CommandSpec command = problem.getCommandLine().getCommandSpec();
        PrintWriter err = problem.getCommandLine().getErr();
        if (arguments.length == 0) {
            problem.getCommandLine().usage(err);
            return WRONG_USE;
        }
        err.println("holdfast: " + withoutSecrets(String.valueOf(problem.getMessage())));
        UnmatchedArgumentException.printSuggestions(problem, err);
        boolean top = command.parent() == null;
        err.println("See: java -jar holdfast-agent.jar help" + (top ? "" : " " + command.name()));
        return WRONG_USE;
    }

    private static int failed(Exception problem, CommandLine command) {
        PrintWriter err = command.getErr();
        if (problem instanceof CommandException) {
            err.println("holdfast: " + problem.getMessage());
            return NOT_POSSIBLE;
        }
        return defect(problem, err);
    }

    private static int defect(Throwable problem, PrintWriter err) {
        err.println("holdfast: a defect of its own, please report it: " + problem);
        for (StackTraceElement frame : problem.getStackTrace()) {
            err.println("    at " + frame);
        }
        return DEFECT;
    }

    /** Removes text before an {@code @} or behind a {@code ?}: it may be a URL's user info or query. */
    static String withoutSecrets(String text) {
        return text.replaceAll("[^\\s'\"]*@", "***@").replaceAll("\\?[^\\s'\"]+", "?***");
    }
}
