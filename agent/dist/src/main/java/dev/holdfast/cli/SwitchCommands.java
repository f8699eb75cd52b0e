package dev.holdfast.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The run-time switch of a JVM that has the agent. */
abstract class SwitchCommands extends CliCommand {
    @Parameters(paramLabel = "PID", description = "The process.")
    private String pid = "";

    private final boolean on;

    private SwitchCommands(boolean on) {
        this.on = on;
    }

    @Override
    public Integer call() throws CommandException, InterruptedException {
        try (HoldfastJmxClient holdfast = HoldfastJmxClient.of(pid, err()::println)) {
            holdfast.switchOn(on);
            JsonValue status = JsonValue.read(holdfast.status());
            String why = ActivityDescription.whyInactive(status);
            out().println("Holdfast is " + (on ? "on" : "off") + " in process " + holdfast.process()
                    + (on && why != null ? ", but inactive, as " + why : "") + ": calls that begin now run "
                    + (on && why == null ? "under its policies" : "unmodified"));
        }
        return Cli.DONE;
    }

    /** Switches it off. */
    @Command(
            name = "off",
            aliases = "detach",
            header = "Switch Holdfast off in a running JVM.",
            description = {
                "Every call that begins then runs unmodified, until \"on\". What is woven stays and asks "
                        + "this switch;"
                        + " an agent's classes cannot be unloaded.",
                ""
            })
    static final class Off extends SwitchCommands {
        Off() {
            super(false);
        }
    }

    /** Switches it on. */
    @Command(name = "on", header = "Switch Holdfast on again in a running JVM.")
    static final class On extends SwitchCommands {
        On() {
            super(true);
        }
    }
}
