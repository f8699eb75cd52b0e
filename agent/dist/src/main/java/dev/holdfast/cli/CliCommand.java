package dev.holdfast.cli;

import dev.holdfast.config.Problem;
import dev.holdfast.observe.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** The base of all commands: their place in the command line, and where they write. */
abstract class CliCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this, and exit.")
    @SuppressWarnings("unused") // picocli acts on it
    private boolean help;

    /** This command, as picocli runs it. */
    CommandLine commandLine() {
        CommandSpec mine = spec;
        if (mine == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return mine.commandLine();
    }

    /** The command line itself. */
    Cli cli() {
        return commandLine().getParent().getCommand();
    }

    /** Returns the writer for the command's result. */
    PrintWriter out() {
        return commandLine().getOut();
    }

    /** Returns the writer for errors, and for what a program that reads the output must not see. */
    PrintWriter err() {
        return commandLine().getErr();
    }

    /** Writes what a program reads, indented so that people can too. */
    void printJson(Consumer<JsonGenerator> content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.indented(text)) {
            content.accept(json);
        }
        out().println(text);
    }

    /** Returns the text as a problem shows it: a name may hold what must not reach a terminal. */
    static String safe(String text) {
        return new Problem(text, 0, 0, "", "").file();
    }

    /** Returns an exception that says what is wrong with an argument. */
    CommandLine.ParameterException wrong(String what) {
        return new CommandLine.ParameterException(commandLine(), what);
    }
}
