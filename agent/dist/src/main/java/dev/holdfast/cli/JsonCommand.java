package dev.holdfast.cli;

import java.util.function.Consumer;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;

/** A command whose one choice is the form of its result: for people, or as JSON. */
abstract class JsonCommand extends CliCommand {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** Prints the result in the form that was asked for. */
    void print(Consumer<JsonGenerator> asJson, Runnable asText) {
        if (json) {
            printJson(asJson);
        } else {
            asText.run();
            out().flush();
        }
    }
}
