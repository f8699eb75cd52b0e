package dev.holdfast.cli;

import dev.holdfast.observe.Json;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonParser;

/** Shows what Holdfast does in a JVM. */
@Command(
        name = "status",
        header = "Show what Holdfast does in a running JVM.",
        description = {
            "Shows policies, calls, breakers and budgets, over that JVM's local management connection, which this "
                    + "starts, as"
                    + " jconsole does.",
            ""
        },
        sortOptions = false)
final class StatusCommand extends CliCommand {
    private static final String CLEAR = "\033[H\033[2J\033[3J";

    @Parameters(paramLabel = "PID", description = "The process.")
    private String pid = "";

    @Option(names = "--watch", description = "Again and again, until that process ends or this one is interrupted.")
    private boolean watch;

    @Option(names = "--interval", paramLabel = "SECONDS", description = "Between two looks; default 2.")
    private double interval = 2;

    @Option(names = "--json", description = "Print JSON; with --watch, one line for each look.")
    private boolean json;

    @Override
    public Integer call() throws CommandException, InterruptedException {
        if (!(interval >= 0.1 && interval <= 86_400)) {
            throw wrong("--interval is from 0.1 to 86400 seconds");
        }
        try (HoldfastJmxClient holdfast = HoldfastJmxClient.of(pid, err()::println)) {
            show(holdfast.process(), holdfast.status());
            while (watch) {
                Thread.sleep((long) (1000 * interval));
                String status;
                try {
                    status = holdfast.status();
                } catch (CommandException e) {
                    err().println("process " + holdfast.process() + " has ended");
                    return Cli.DONE;
                }
                show(holdfast.process(), status);
            }
        }
        return Cli.DONE;
    }

    private void show(String process, String status) {
        if (json && watch) {
            out().println(status);
        } else if (json) {
            printJson(to -> {
                try (JsonParser from = Json.parser(status)) {
                    from.nextToken();
                    to.copyCurrentStructure(from);
                }
            });
        } else {
            // A terminal is cleared; what is read by something else is told apart by an empty line.
            boolean terminal = CommandLine.Help.Ansi.AUTO.enabled();
            out().print((watch && terminal ? CLEAR : "") + StatusText.of(process, JsonValue.read(status)));
            out().print(watch && !terminal ? System.lineSeparator() : "");
            out().flush();
        }
    }
}
