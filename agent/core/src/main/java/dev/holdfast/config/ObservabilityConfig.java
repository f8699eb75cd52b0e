package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.OtlpExport;
import dev.holdfast.policy.ValueSource;
import java.io.File;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The observability settings: log, endpoint and meters.
 *
 * @param log what is said, and where
 * @param lookEveryNanos how often the file itself is looked at
 * @param admin the HTTP endpoint for operators; null for none
 * @param metrics where meters go
 */
public record ObservabilityConfig(
        Log log, long lookEveryNanos, @Nullable Admin admin, Metrics metrics) {
    /** The default settings. */
    public static final ObservabilityConfig STANDARD = of(new Settings(null), "", false);

    /** The level of an event. */
    public enum Level {
        /** Something does not work. */
        ERROR,
        /** An origin fails, or the configuration is doubtful. */
        WARN,
        /** Events that an operator wants to know. */
        INFO,
        /** Every retry, every rejection and every probe of a breaker. */
        DEBUG
    }

    /** The form of a log entry. */
    public enum Format {
        /** A line for people. */
        TEXT,
        /** A JSON object on a line of its own. */
        JSON
    }

    /**
     * The log.
     *
     * @param level the least that is said
     * @param file where it is said; null for standard error
     * @param summary whether a summary is said at exit
     * @param format the form of an entry
     * @param source where the name of the file comes from
     */
    public record Log(Level level, @Nullable File file, boolean summary, Format format, ValueSource source) {}

    /**
     * The HTTP endpoint.
     *
     * @param host where it listens: a name or an address, without brackets
     * @param port on which port; 0 for any
     * @param names under which it may be called, beside addresses and {@code localhost}; in lower case
     * @param source where the address comes from
     */
    public record Admin(String host, int port, Set<String> names, ValueSource source) {
        /** One whose address stands in the file itself. */
        public Admin(String host, int port, Set<String> names) {
            this(host, port, names, ValueSource.FILE);
        }

        /** Copies the names. */
        public Admin {
            names = Set.copyOf(names);
        }

        /**
         * Returns whether only programs on the same machine can reach it, as far as can be told without asking for
         * names.
         */
        public boolean loopback() {
            return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
        }
    }

    /**
     * The destinations of meters, beside the endpoint.
     *
     * @param applicationRegistry whether to the application's own Micrometer
     * @param otlp where they are pushed to; null for nowhere
     */
    public record Metrics(
            boolean applicationRegistry, @Nullable OtlpExport otlp) {}

    /**
     * Made of settings without errors; files are relative to that of the configuration.
     *
     * @param otlpTable whether the file has the table whose presence asks for a push of meters
     */
    static ObservabilityConfig of(Settings settings, String configurationFile, boolean otlpTable) {
        String file = settings.get(ObservabilityKeys.LOG_FILE);
        Log log = new Log(
                settings.get(ObservabilityKeys.LOG_LEVEL),
                file.isEmpty() ? null : beside(configurationFile, file),
                settings.get(ObservabilityKeys.LOG_SUMMARY),
                settings.get(ObservabilityKeys.LOG_FORMAT),
                settings.setting(ObservabilityKeys.LOG_FILE).source());
        return new ObservabilityConfig(
                log,
                settings.nanos(ObservabilityKeys.RELOAD_EVERY),
                admin(settings),
                new Metrics(
                        settings.get(ObservabilityKeys.METRICS_APPLICATION_REGISTRY),
                        otlpTable ? otlp(settings) : null));
    }

    private static @Nullable OtlpExport otlp(Settings settings) {
        Setting<Boolean> enabled = settings.setting(ObservabilityKeys.OTLP_ENABLED);
        if (!enabled.builtIn() && !enabled.value()) {
            return null;
        }
        return new OtlpExport(
                settings.get(ObservabilityKeys.OTLP_URL),
                settings.nanos(ObservabilityKeys.OTLP_STEP),
                settings.nanos(ObservabilityKeys.OTLP_TIMEOUT),
                settings.get(ObservabilityKeys.OTLP_HEADERS),
                settings.get(ObservabilityKeys.OTLP_RESOURCE_ATTRIBUTES),
                settings.setting(ObservabilityKeys.OTLP_URL).source());
    }

    private static @Nullable Admin admin(Settings settings) {
        String listen = settings.get(ObservabilityKeys.ADMIN_LISTEN);
        if (listen.isEmpty()) {
            return null;
        }
        int colon = listen.lastIndexOf(':');
        String host = listen.substring(0, colon).toLowerCase(Locale.ROOT);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        Set<String> names = new HashSet<>(settings.get(ObservabilityKeys.ADMIN_HOST_NAMES));
        names.add(host);
        return new Admin(
                host,
                Integer.parseInt(listen, colon + 1, listen.length(), 10),
                names,
                settings.setting(ObservabilityKeys.ADMIN_LISTEN).source());
    }

    /** Reports what is allowed, but should be meant. */
    void check(Settings settings, Problems problems) {
        checkAdmin(settings, problems);
        checkOtlp(settings, problems);
    }

    private void checkAdmin(Settings settings, Problems problems) {
        boolean meant = settings.get(ObservabilityKeys.ADMIN_REMOTE);
        if (admin != null && !admin.loopback() && !meant) {
            problems.warn(
                    settings.setting(ObservabilityKeys.ADMIN_LISTEN),
                    "is not a loopback address: everybody who can reach it sees which hosts are called, and with "
                            + "what results; if that is intended, as in a container, add remote = true");
        } else if (meant && (admin == null || admin.loopback())) {
            problems.warn(
                    settings.setting(ObservabilityKeys.ADMIN_REMOTE),
                    "has no effect: "
                            + (admin == null
                                    ? "there is no endpoint; add listen"
                                    : "listen is a loopback address, which no other machine or container reaches"));
        }
    }

    private void checkOtlp(Settings settings, Problems problems) {
        Setting<String> url = settings.setting(ObservabilityKeys.OTLP_URL);
        String text = url.value();
        int path = text.indexOf('/', text.indexOf("://") + 3);
        if (!text.isEmpty() && (path < 0 || path == text.length() - 1)) {
            problems.warn(url, "has no path; receivers of OTLP expect /v1/metrics");
        }
        Setting<Map<String, List<String>>> headers = settings.setting(ObservabilityKeys.OTLP_HEADERS);
        for (String name : headers.value().keySet()) {
            if (OtlpExport.RESERVED_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                problems.error(headers, "not for " + name + ", which is set anyway");
            }
        }
    }

    private static File beside(String configurationFile, String file) {
        File named = new File(file);
        return named.isAbsolute()
                ? named
                : new File(new File(configurationFile).getAbsoluteFile().getParentFile(), file);
    }
}
