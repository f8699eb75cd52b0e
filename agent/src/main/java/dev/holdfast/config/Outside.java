package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import java.io.File;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the file says about how Holdfast is seen from outside.
 *
 * @param log what is said, and where
 * @param lookEveryNanos how often the file itself is looked at
 * @param admin the HTTP endpoint for operators; null for none
 * @param metrics where meters go
 */
public record Outside(
        Log log, long lookEveryNanos, @Nullable Admin admin, Metrics metrics) {
    /** What holds where the file says nothing. */
    public static final Outside STANDARD =
            new Outside(new Log(Level.INFO, null, false), 1_000_000_000L, null, new Metrics(false));

    /** How much an event matters. */
    public enum Level {
        /** Something does not work. */
        ERROR,
        /** An origin fails, or the configuration is doubtful. */
        WARN,
        /** What an operator wants to know. */
        INFO,
        /** Every retry and every rejection. */
        DEBUG
    }

    /**
     * The log.
     *
     * @param level the least that is said
     * @param file where it is said; null for standard error
     * @param summary whether a summary is said at exit
     */
    public record Log(Level level, @Nullable File file, boolean summary) {}

    /**
     * The HTTP endpoint.
     *
     * @param host where it listens: a name or an address, without brackets
     * @param port on which port; 0 for any
     * @param names under which it may be called, beside addresses and {@code localhost}; in lower case
     */
    public record Admin(String host, int port, Set<String> names) {
        /** Copies the names. */
        public Admin {
            names = Set.copyOf(names);
        }

        /** Whether only programs on the same machine can reach it, as far as can be told without asking for names. */
        public boolean loopback() {
            return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
        }
    }

    /**
     * Where meters go, beside the endpoint.
     *
     * @param applicationRegistry whether to the application's own Micrometer
     */
    public record Metrics(boolean applicationRegistry) {}

    /** Made of settings without errors; files are relative to that of the configuration. */
    static Outside of(Settings settings, String configurationFile) {
        String file = (String) settings.get("log.file").value();
        Level level = Level.valueOf(((String) settings.get("log.level").value()).toUpperCase(Locale.ROOT));
        Log log =
                new Log(level, file.isEmpty() ? null : beside(configurationFile, file), settings.isTrue("log.summary"));
        return new Outside(log, settings.get("reload.every").nanos(), admin(settings), metrics(settings));
    }

    private static Metrics metrics(Settings settings) {
        return new Metrics(settings.isTrue("metrics.application_registry"));
    }

    private static @Nullable Admin admin(Settings settings) {
        String listen = (String) settings.get("admin.listen").value();
        if (listen.isEmpty()) {
            return null;
        }
        int colon = listen.lastIndexOf(':');
        String host = listen.substring(0, colon).toLowerCase(Locale.ROOT);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        Set<String> names = new HashSet<>();
        names.add(host);
        for (Object name : (List<?>) settings.get("admin.host_names").value()) {
            names.add((String) name);
        }
        return new Admin(host, Integer.parseInt(listen, colon + 1, listen.length(), 10), names);
    }

    /** Reports what is allowed, but should be meant. */
    void check(Settings settings, Problems problems) {
        Setting listen = settings.get("admin.listen");
        if (admin != null && !admin.loopback()) {
            problems.warn(
                    listen.line(),
                    listen.column(),
                    listen.path(),
                    "is no loopback address: whoever can reach it sees which hosts are called, and how they fare");
        }
    }

    private static File beside(String configurationFile, String file) {
        File named = new File(file);
        return named.isAbsolute()
                ? named
                : new File(new File(configurationFile).getAbsoluteFile().getParentFile(), file);
    }
}
