package dev.holdfast.cli;

import picocli.CommandLine.Command;

/** Prints the version. */
@Command(name = "version", header = "Print the version.")
final class VersionCommand extends CliCommand {
    @Override
    public Integer call() {
        out().println("holdfast " + cli().version());
        return Cli.DONE;
    }
}
