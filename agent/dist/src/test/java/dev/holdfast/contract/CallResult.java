package dev.holdfast.contract;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The result of a call as the application sees it: a response, or an exception.
 *
 * @param status the status; -1 if it saw an exception before a status
 * @param headers the response's headers, by lower-case name
 * @param body the body's bytes
 * @param thrown what was thrown, out of any {@code ExecutionException}; null for none
 * @param took how long the call took
 */
record CallResult(
        int status,
        Map<String, List<String>> headers,
        byte[] body,
        @Nullable Throwable thrown,
        Duration took) {

    static CallResult response(int status, Map<String, List<String>> headers, byte[] body, long sinceNanos) {
        Map<String, List<String>> lower = new TreeMap<>();
        headers.forEach((name, values) -> {
            if (name != null) { // HttpURLConnection lists the status line under null
                lower.put(name.toLowerCase(java.util.Locale.ROOT), List.copyOf(values));
            }
        });
        return new CallResult(status, lower, body, null, Duration.ofNanos(System.nanoTime() - sinceNanos));
    }

    static CallResult failure(Throwable thrown, long sinceNanos) {
        return new CallResult(-1, Map.of(), new byte[0], thrown, Duration.ofNanos(System.nanoTime() - sinceNanos));
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return thrown != null ? thrown + " suppressing " + List.of(thrown.getSuppressed()) : status + " " + text();
    }
}
