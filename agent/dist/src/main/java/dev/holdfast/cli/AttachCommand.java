package dev.holdfast.cli;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.Problem;
import java.io.File;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Brings the agent into a JVM that runs. */
@Command(
        name = "attach",
        header = "Bring Holdfast into a running JVM.",
        description = {
            "Clients that it has made already are covered too. The file is checked first, and the agent is in force "
                    + "when this"
                    + " command ends.",
            ""
        },
        footer = {
            "",
            "It has to be run by the user of that JVM (or root), and by a JDK. Java 21 and newer print a warning of "
                    + "some lines"
                    + " on the program's standard error when an agent comes while it runs, and a later Java will "
                    + "refuse it unless"
                    + " it was started with -XX:+EnableDynamicAgentLoading; with -javaagent there is neither."
        })
final class AttachCommand extends CliCommand {
    @Parameters(index = "0", paramLabel = "PID", description = "The process.")
    private String pid = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "The configuration; else what that JVM's -Dholdfast.config or HOLDFAST_CONFIG names.")
    private @Nullable String file;

    @Override
    public Integer call() throws CommandException, InterruptedException {
        String option = "";
        String what = "the file that its own settings name";
        if (file != null) {
            Configuration configuration;
            try {
                configuration = ConfigLoader.load(file);
            } catch (ConfigException e) {
                err().println(e.getMessage());
                err().println("holdfast: not attached");
                return Cli.BAD_CONFIGURATION;
            }
            option = ",config=" + path(file, configuration);
            for (Problem warning : configuration.warnings()) {
                err().println("warning: " + warning);
            }
            int policies = configuration.policyNames().size();
            what = policies + (policies == 1 ? " policy" : " policies") + " from " + new File(file).getAbsolutePath();
        }
        try (AttachedJvm jvm = AttachedJvm.attach(pid)) {
            JsonValue before = jvm.hasHoldfast() ? inactive(jvm) : new JsonValue(null);
            boolean answers = !before.get("on").isNothing();
            boolean warns = jvm.warnsOfAgents();
            // Where a status can be read afterwards, a file that is no better must not fail the attach: of that, the
            // JVM
            // writes a stack trace and failed assertions of its own into the program's standard error.
            jvm.load(cli().jar(), "strict=" + !answers + option);
            if (answers) {
                inForce(jvm);
            }
            boolean switchedOff = answers && !before.get("on").isTrue();
            out().println("Holdfast is in process " + jvm + ", under " + what);
            if (warns) {
                out().println("Java " + jvm.javaVersion()
                        + " has printed a warning about that on the program's standard error; see help attach");
            }
            if (switchedOff) {
                out().println("It is switched off there: on " + pid + " switches it on");
            }
        }
        return Cli.DONE;
    }

    /**
     * Refuses where Holdfast has policies in force already, or was switched off; where it has none, it can be given a
     * file.
     *
     * @return its status; nothing where an attach that failed has left its classes there, and nothing else
     */
    private JsonValue inactive(AttachedJvm jvm) throws CommandException, InterruptedException {
        try (HoldfastJmxClient holdfast = HoldfastJmxClient.of(jvm, err()::println)) {
            JsonValue status = JsonValue.read(holdfast.status());
            if (ActivityDescription.state(status) != HoldfastJvms.State.INACTIVE) {
                throw new CommandException("Holdfast is in process " + jvm
                        + " already: it takes up changes of its file by itself;" + " see status " + pid);
            }
            return status;
        } catch (HoldfastJmxClient.UnresponsiveException e) {
            return new JsonValue(null);
        }
    }

    /** Refuses where Holdfast has read its file, and is still inactive. */
    private void inForce(AttachedJvm jvm) throws CommandException, InterruptedException {
        try (HoldfastJmxClient holdfast = HoldfastJmxClient.of(jvm, err()::println)) {
            JsonValue status = JsonValue.read(holdfast.status());
            if (ActivityDescription.state(status) == HoldfastJvms.State.INACTIVE) {
                String error = status.get("configuration").get("error").text();
                throw new CommandException("Holdfast stays inactive in process " + jvm + ", as "
                        + ActivityDescription.whyInactive(status) + (error.isEmpty() ? "" : ":\n" + error));
            }
        }
    }

    /** Absolute, for that program's working directory is its own. */
    private static String path(String file, Configuration configuration) throws CommandException {
        String path = new File(file).getAbsolutePath();
        if (path.indexOf(',') >= 0 || path.indexOf('=') >= 0) {
            throw new CommandException(
                    "the agent's argument cannot carry a path with a comma or an equals sign: " + path);
        }
        if (!configuration.policyBearing()) {
            throw new CommandException(file + " has no policy in force, so there is nothing to attach for");
        }
        return path;
    }
}
