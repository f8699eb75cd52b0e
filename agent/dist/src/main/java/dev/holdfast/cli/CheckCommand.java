package dev.holdfast.cli;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.Problem;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/** Checks files, for the one who writes them and for pipelines. */
@Command(
        name = "check",
        header = "Check configuration files.",
        description = {
            "Prints all errors, warnings and notes, each with file, line and column. Exits with 1 if there is an "
                    + "error, with"
                    + " --strict also if there is a warning.",
            ""
        },
        sortOptions = false)
final class CheckCommand extends CliCommand {
    private static final String STANDARD_INPUT = "-";

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "The files; \"-\" is standard input.")
    private List<String> files = List.of();

    @Option(names = "--strict", description = "Warnings fail too.")
    private boolean strict;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** The problems of one file. */
    private record Checked(
            String file, int policies, List<Problem> errors, List<Problem> warnings, List<Problem> notes) {}

    /** The source of a configuration. */
    private interface Source {
        /** Loads it; problems call it by the name. */
        Configuration load(String name) throws ConfigException;
    }

    @Override
    public Integer call() {
        if (Collections.frequency(files, STANDARD_INPUT) > 1) {
            throw wrong("standard input can be read once only");
        }
        List<Checked> checked = files.stream().map(CheckCommand::check).toList();
        int errors = checked.stream().mapToInt(file -> file.errors().size()).sum();
        int warnings = checked.stream().mapToInt(file -> file.warnings().size()).sum();
        boolean good = errors == 0 && (warnings == 0 || !strict);
        if (json) {
            printJson(to -> write(checked, good, to));
        } else {
            checked.forEach(this::print);
            if (files.size() > 1) {
                out().println(files.size() + " files: " + counted(errors, "error") + ", "
                        + counted(warnings, "warning"));
            }
        }
        return good ? Cli.DONE : Cli.BAD_CONFIGURATION;
    }

    private static Checked check(String file) {
        return file.equals(STANDARD_INPUT)
                ? check("<stdin>", name -> ConfigLoader.load(System.in, name))
                : check(file, ConfigLoader::load);
    }

    private static Checked check(String file, Source source) {
        try {
            Configuration configuration = source.load(file);
            return new Checked(
                    file,
                    configuration.policyNames().size(),
                    List.of(),
                    configuration.warnings(),
                    configuration.notes());
        } catch (ConfigException e) {
            return new Checked(file, 0, e.problems(), e.warnings(), e.notes());
        }
    }

    private void print(Checked file) {
        file.errors().forEach(problem -> out().println(said("error", problem)));
        file.warnings().forEach(problem -> out().println(said("warning", problem)));
        file.notes().forEach(problem -> out().println(said("note", problem)));
        // As the problem shows it: a name may hold what must not reach a terminal.
        String name = safe(file.file());
        out().println(name + ": "
                + (file.errors().isEmpty()
                        ? "good, " + counted(file.policies(), "policy", "policies")
                        : counted(file.errors().size(), "error"))
                + (file.warnings().isEmpty()
                        ? ""
                        : ", " + counted(file.warnings().size(), "warning")));
    }

    /** Formats a problem as compilers do, which editors and pipelines understand. */
    private static String said(String what, Problem problem) {
        String place = problem.line() == 0 ? "" : ":" + problem.line() + ":" + problem.column();
        return problem.file() + place + ": " + what + ": " + (problem.key().isEmpty() ? "" : problem.key() + ": ")
                + problem.message();
    }

    private static String counted(int many, String what) {
        return counted(many, what, what + "s");
    }

    private static String counted(int many, String one, String more) {
        return many + " " + (many == 1 ? one : more);
    }

    private static void write(List<Checked> checked, boolean good, JsonGenerator to) {
        to.writeStartObject();
        to.writeNumberProperty("schema", 1);
        to.writeBooleanProperty("good", good);
        to.writeArrayPropertyStart("files");
        for (Checked file : checked) {
            to.writeStartObject();
            to.writeStringProperty("file", file.file());
            to.writeNumberProperty("policies", file.policies());
            write("errors", file.errors(), to);
            write("warnings", file.warnings(), to);
            write("notes", file.notes(), to);
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeEndObject();
    }

    private static void write(String name, List<Problem> problems, JsonGenerator to) {
        to.writeArrayPropertyStart(name);
        for (Problem problem : problems) {
            to.writeStartObject();
            to.writeNumberProperty("line", problem.line());
            to.writeNumberProperty("column", problem.column());
            to.writeStringProperty("key", problem.key());
            to.writeStringProperty("message", problem.message());
            to.writeEndObject();
        }
        to.writeEndArray();
    }
}
