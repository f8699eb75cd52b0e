package dev.holdfast.cli;

import dev.holdfast.cli.HoldfastJvms.HoldfastJvm;
import dev.holdfast.cli.HoldfastJvms.Unresponsive;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/** Shows which JVMs carry Holdfast. */
@Command(
        name = "list",
        header = "List the JVMs that carry Holdfast, and its state there.",
        description = {
            "Asks all JVMs of the user who runs it, as jcmd does, and those that carry Holdfast as status does.",
            ""
        },
        sortOptions = false)
final class ListCommand extends JsonCommand {
    @Parameters(arity = "0..*", paramLabel = "PID", description = "Only these processes.")
    private List<Long> pids = List.of();

    @Override
    public Integer call() throws InterruptedException {
        List<Long> asked = pids.isEmpty()
                ? ProcessInfo.ownJvms().stream().map(ProcessInfo::pid).toList()
                : pids.stream().distinct().toList();
        HoldfastJvms holdfastJvms = HoldfastJvms.among(asked, !pids.isEmpty());
        print(to -> write(holdfastJvms, to), () -> {
            out().print(text(holdfastJvms.jvms()));
            out().flush();
            for (Unresponsive unresponsive : holdfastJvms.silent()) {
                err().println("not known: " + safe(unresponsive.why()));
            }
        });
        return Cli.DONE;
    }

    /** Returns the list for a terminal: a line for each JVM. */
    static String text(List<HoldfastJvm> jvms) {
        StringBuilder text = new StringBuilder();
        if (jvms.isEmpty()) {
            ExplanationText.line(text, "No JVM carries Holdfast.");
            return text.toString();
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PID", "STATE", "REASON", "POLICIES", "VERSION", "PROGRAM", "FILE"));
        for (HoldfastJvm jvm : jvms) {
            JsonValue configuration = jvm.status().get("configuration");
            String version = jvm.status().get("version").text();
            int policies = configuration.get("policies").items().size();
            rows.add(List.of(
                    Long.toString(jvm.pid()),
                    state(jvm),
                    reason(jvm).isEmpty() ? "-" : safe(reason(jvm)),
                    configuration.isNothing() ? "-" : Integer.toString(policies),
                    version.isEmpty() ? "-" : safe(version),
                    jvm.program().isEmpty() ? "-" : safe(jvm.program()),
                    safe(configuration.get("file").text())
                            + (configuration.get("error").isNothing()
                                            || reason(jvm).startsWith("file_")
                                    ? ""
                                    : " (changed, and refused)")));
        }
        TextTable.write(rows, "", 1, text);
        return text.toString();
    }

    /** Writes the list as JSON for a program. */
    static void write(HoldfastJvms holdfastJvms, JsonGenerator to) {
        to.writeStartObject();
        to.writeNumberProperty("schema", 1);
        to.writeArrayPropertyStart("jvms");
        for (HoldfastJvm jvm : holdfastJvms.jvms()) {
            JsonValue configuration = jvm.status().get("configuration");
            to.writeStartObject();
            to.writeNumberProperty("pid", jvm.pid());
            write("program", jvm.program(), to);
            to.writeStringProperty("state", state(jvm));
            write("reason", reason(jvm), to);
            write("version", jvm.status().get("version").text(), to);
            write("started", jvm.status().get("started").text(), to);
            write("file", configuration.get("file").text(), to);
            to.writeNumberProperty(
                    "policies", configuration.get("policies").items().size());
            write("error", configuration.get("error").text(), to);
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeArrayPropertyStart("not_known");
        for (Unresponsive unresponsive : holdfastJvms.silent()) {
            to.writeStartObject();
            to.writeNumberProperty("pid", unresponsive.pid());
            to.writeStringProperty("reason", unresponsive.why());
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeEndObject();
    }

    private static void write(String name, String text, JsonGenerator to) {
        if (text.isEmpty()) {
            to.writeNullProperty(name);
        } else {
            to.writeStringProperty(name, text);
        }
    }

    private static String state(HoldfastJvm jvm) {
        return jvm.state().name().toLowerCase(Locale.ROOT);
    }

    /** Returns the status' reason why no policy is in force; empty where one is, or where that is not known. */
    private static String reason(HoldfastJvm jvm) {
        return jvm.state() == HoldfastJvms.State.ON
                ? ""
                : jvm.status().get("reason").text();
    }
}
