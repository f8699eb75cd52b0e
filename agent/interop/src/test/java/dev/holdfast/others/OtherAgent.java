package dev.holdfast.others;

import dev.holdfast.testkit.ForkedJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Agents that strangers have in their JVMs already, as they are published, told to talk to nobody. */
enum OtherAgent {
    /**
     * Spans are written to standard error as JSON, all at the end: a line that long is written in pieces, between which
     * ours would come.
     */
    OPENTELEMETRY(
            "-Dotel.traces.exporter=logging-otlp",
            "-Dotel.bsp.schedule.delay=600000",
            "-Dotel.metrics.exporter=none",
            "-Dotel.logs.exporter=none"),
    /** Knows OpenTelemetry's API if asked. */
    DATADOG(
            "-Ddd.trace.otel.enabled=true",
            "-Ddd.trace.agent.url=http://127.0.0.1:1",
            "-Ddd.instrumentation.telemetry.enabled=false",
            "-Ddd.remote_config.enabled=false",
            "-Ddd.jmxfetch.enabled=false",
            "-Ddd.trace.startup.logs=false",
            "-Ddd.crashtracking.enabled=false"),
    /** Knows OpenTelemetry's API. */
    ELASTIC(
            "-Delastic.apm.disable_send=true",
            "-Delastic.apm.central_config=false",
            "-Delastic.apm.cloud_provider=NONE",
            "-Delastic.apm.log_level=OFF");

    private final List<String> settings;

    OtherAgent(String... settings) {
        this.settings = List.of(settings);
    }

    /** Returns where the build has put it. */
    Path jar() {
        return Path.of("target", "other-agents", name().toLowerCase(java.util.Locale.ROOT) + ".jar")
                .toAbsolutePath();
    }

    /** Returns its settings, wherever it stands on the command line. */
    String[] settings() {
        return settings.toArray(String[]::new);
    }

    /** The order of the agents on the command line. */
    enum Order {
        OURS_FIRST,
        OURS_LAST;

        /** Adds both agents. */
        ForkedJvm agents(ForkedJvm jvm, String config, Path other) {
            List<String> arguments = new ArrayList<>(
                    List.of("-javaagent:" + ForkedJvm.agentJar() + "=" + config, "-javaagent:" + other));
            if (this == OURS_LAST) {
                java.util.Collections.reverse(arguments);
            }
            return jvm.jvm(arguments.toArray(String[]::new));
        }
    }
}
