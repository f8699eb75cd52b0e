package dev.holdfast.config;

import java.io.File;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the file says about how Holdfast is seen from outside.
 *
 * @param log what is said, and where
 * @param lookEveryNanos how often the file itself is looked at
 */
public record Outside(Log log, long lookEveryNanos) {
    /** What holds where the file says nothing. */
    public static final Outside STANDARD = new Outside(new Log(Level.INFO, null, false), 1_000_000_000L);

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

    /** Made of settings without errors; files are relative to that of the configuration. */
    static Outside of(Settings settings, String configurationFile) {
        String file = (String) settings.get("log.file").value();
        Level level = Level.valueOf(((String) settings.get("log.level").value()).toUpperCase(Locale.ROOT));
        Log log =
                new Log(level, file.isEmpty() ? null : beside(configurationFile, file), settings.isTrue("log.summary"));
        return new Outside(log, settings.get("reload.every").nanos());
    }

    private static File beside(String configurationFile, String file) {
        File named = new File(file);
        return named.isAbsolute()
                ? named
                : new File(new File(configurationFile).getAbsoluteFile().getParentFile(), file);
    }
}
