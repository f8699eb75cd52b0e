package dev.holdfast.testkit;

import java.util.regex.Pattern;

/** The line that says what is in force at the start, which names the JVM and what the file holds. */
public final class StartLine {
    /** The short hash of a configuration. */
    public static final Pattern SHA = Pattern.compile(" \\(sha256 [0-9a-f]{12}\\)");

    private static final Pattern DIFFERS =
            Pattern.compile(SHA + "; [^,]+, PID [1-9][0-9]* on [\\w.-]+, started 20[-0-9]{8}T[:0-9]{8}Z");

    private StartLine() {}

    /**
     * Returns Holdfast's output without the parts that differ from one JVM to the next; unchanged if that is not there.
     */
    public static String plain(String said) {
        return DIFFERS.matcher(said).replaceAll("");
    }
}
