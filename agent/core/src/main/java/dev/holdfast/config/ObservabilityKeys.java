package dev.holdfast.config;

import static dev.holdfast.config.Keys.HOUR;
import static dev.holdfast.config.Keys.MILLISECOND;
import static dev.holdfast.config.Keys.SECOND;

import dev.holdfast.config.ObservabilityConfig.Format;
import dev.holdfast.config.ObservabilityConfig.Level;
import dev.holdfast.policy.OtlpExport;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The keys that say how Holdfast is seen from outside. See {@link Keys}. */
final class ObservabilityKeys {
    private static final Section ADMIN = new Section(
            "admin",
            false,
            "The HTTP endpoint for operators: the live page at /, /status (JSON), /metrics. Read-only, without "
                    + "passwords.");

    static final Key<String> ADMIN_LISTEN = ADMIN.address(
            "listen",
            "The address that it listens on, such as \"127.0.0.1:9464\"; \"\" is none, port 0 any free " + "port.");
    static final Key<Boolean> ADMIN_REMOTE = ADMIN.flag(
            "remote",
            false,
            "Whether other machines may reach it, as in a container; if false, an address that they can reach causes "
                    + "a warning.");
    static final Key<List<String>> ADMIN_HOST_NAMES = ADMIN.hostNames(
            "host_names",
            "Names under which it may be called, beside addresses and localhost; a name in listen is one.");

    private static final Section METRICS =
            new Section("metrics", false, "The destinations of meters, beside /metrics of the endpoint.");

    static final Key<Boolean> METRICS_APPLICATION_REGISTRY = METRICS.flag(
            "application_registry",
            false,
            "Whether the global registry of the application's own Micrometer gets them, where there is one.");

    private static final Section OTLP = new Section(
            "metrics.otlp",
            false,
            "Push of all meters by OTLP, as protobuf over HTTP. With this table they are pushed.");

    static final Key<Boolean> OTLP_ENABLED =
            OTLP.flag("enabled", false, "Whether meters are pushed; true by default if this table is present.");
    static final Key<String> OTLP_URL = OTLP.url(
            "url",
            "The receiver; \"\" is the value of OTEL_EXPORTER_OTLP_METRICS_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT, "
                    + "else"
                    + " \"" + OtlpExport.DEFAULT_URL + "\".");
    static final Key<Duration> OTLP_STEP = OTLP.duration("step", "60s", SECOND, HOUR, "The interval.");
    static final Key<Duration> OTLP_TIMEOUT =
            OTLP.duration("timeout", "10s", 10 * MILLISECOND, 300 * SECOND, "The timeout of one request.");
    static final Key<Map<String, List<String>>> OTLP_HEADERS = OTLP.headers(
            "headers",
            "Headers of the requests, such as { Authorization = \"Bearer ...\" }; to those of the variables"
                    + " OTEL_EXPORTER_OTLP_HEADERS and OTEL_EXPORTER_OTLP_METRICS_HEADERS.");
    static final Key<Map<String, String>> OTLP_RESOURCE_ATTRIBUTES = OTLP.attributes(
            "resource_attributes",
            "Resource attributes of the program, such as { \"service.name\" = \"shop\" }, in addition to those of "
                    + "the variables OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME.");

    private static final Section RELOAD =
            new Section("reload", false, "Reloading of this file while the program runs.");

    static final Key<Duration> RELOAD_EVERY = RELOAD.duration(
            "every",
            "1s",
            10 * MILLISECOND,
            HOUR,
            "The interval between two looks at the file. A change is in force when two looks in a row have found the "
                    + "same content.");

    private static final Section LOG = new Section("log", false, "The log.");

    static final Key<Level> LOG_LEVEL = LOG.choice(
            "level", Level.INFO, Choices.of(List.of(Level.values())), "The least important level that is " + "logged.");
    static final Key<String> LOG_FILE =
            LOG.file("file", "The log file, relative to the configuration file; \"\" is standard error.");
    static final Key<Format> LOG_FORMAT = LOG.choice(
            "format",
            Format.TEXT,
            Choices.of(List.of(Format.values())),
            "The format of an entry: a line for people, or a JSON object on a line of its own.");
    static final Key<Boolean> LOG_SUMMARY = LOG.flag("summary", false, "Whether a summary is logged at exit.");

    /** The sections of these keys, in the order of the reference. */
    static final List<Section> SECTIONS = List.of(ADMIN, METRICS, OTLP, RELOAD, LOG);

    private ObservabilityKeys() {}
}
