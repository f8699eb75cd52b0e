package dev.holdfast.simulation;

import dev.holdfast.call.Outcome;
import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes that the origin gives, attempt by attempt; the last act is repeated. As text, acts separated by commas:
 * a status or a kind of failure, and behind colons how long it takes and what headers it has:
 * {@code 503,429:retry-after=5,timeout:10s,200:80ms}. Immutable.
 *
 * @param acts at least one
 */
public record OutcomeScript(List<ScriptedOutcome> acts) {
    /** The time of an act that does not end by itself. */
    public static final long FOREVER = Long.MAX_VALUE;

    private static final int LONGEST = 1_000;
    private static final long LONGEST_NANOS = 366L * 86_400 * 1_000_000_000;
    private static final String ALLOWED =
            "allowed are a status from 100 to 599, or refused, reset, dns, proxy, timeout,"
                    + " connection_timeout, eof, tls, each with a time and headers behind colons, such as 503:200ms,"
                    + " 429:retry-after=5 or timeout:10s";

    /** Copies the list. */
    public OutcomeScript {
        acts = List.copyOf(acts);
        if (acts.isEmpty()) {
            throw new IllegalArgumentException("no outcome; " + ALLOWED);
        }
    }

    /**
     * The outcome of one attempt.
     *
     * @param name as it was written, without time and headers
     * @param outcome a response or a failure
     * @param nanos how long it takes; {@link #FOREVER}: until a timeout ends it
     */
    public record ScriptedOutcome(String name, Outcome outcome, long nanos) {}

    /**
     * Reads a script.
     *
     * @throws IllegalArgumentException it is none; the message says what is allowed
     */
    public static OutcomeScript parse(String text) {
        List<ScriptedOutcome> acts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (acts.size() == LONGEST) {
                throw new IllegalArgumentException("more than " + LONGEST + " outcomes");
            }
            acts.add(act(part.strip()));
        }
        return new OutcomeScript(acts);
    }

    ScriptedOutcome act(int index) {
        return acts.get(Math.min(index, acts.size() - 1));
    }

    /** Returns the outcome of an act, with an exception of its own: each attempt that fails throws another. */
    static Outcome outcome(ScriptedOutcome scriptedOutcome) {
        Outcome made =
                scriptedOutcome.outcome() instanceof Outcome.Failure ? outcome(scriptedOutcome.name(), Map.of()) : null;
        return made == null ? scriptedOutcome.outcome() : made;
    }

    private static ScriptedOutcome act(String text) {
        String[] parts = text.split(":", -1);
        String name = parts[0].strip().toLowerCase(Locale.ROOT);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        long nanos = -1;
        for (int i = 1; i < parts.length; i++) {
            String part = parts[i].strip();
            int equals = part.indexOf('=');
            if (equals > 0) {
                headers.put(
                        part.substring(0, equals).strip(),
                        part.substring(equals + 1).strip());
            } else {
                nanos = time(part);
            }
            if (equals <= 0 && nanos < 0) {
                throw bad(text);
            }
        }
        Outcome outcome = outcome(name, headers);
        if (outcome == null) {
            throw bad(text);
        }
        // A read that times out is the one thing that takes its time to happen.
        boolean silence = outcome instanceof Outcome.Failure failure && failure.kind() == ErrorKind.READ_TIMEOUT;
        return new ScriptedOutcome(name, outcome, nanos >= 0 ? nanos : silence ? FOREVER : 0);
    }

    private static IllegalArgumentException bad(String text) {
        String shown = text.length() <= 40 ? text : text.substring(0, 40) + "...";
        return new IllegalArgumentException("\"" + shown + "\" is no outcome; " + ALLOWED);
    }

    private static @Nullable Outcome outcome(String name, Map<String, String> headers) {
        if (name.length() == 3 && name.charAt(0) >= '1' && name.charAt(0) <= '5' && isDigits(name)) {
            return new Answer(Integer.parseInt(name), headers);
        }
        return switch (name) {
            case "refused", "connection_refused" ->
                failure(ErrorKind.CONNECTION_REFUSED, new ConnectException("Connection refused"));
            case "connection_timeout" ->
                failure(ErrorKind.CONNECTION_TIMEOUT, new SocketTimeoutException("Connect timed out"));
            case "reset", "connection_reset" ->
                failure(ErrorKind.CONNECTION_RESET, new SocketException("Connection reset"));
            case "dns", "dns_resolution" -> failure(ErrorKind.DNS_RESOLUTION, new UnknownHostException("the host"));
            case "proxy" -> Outcome.Failure.ofProxy(new IOException("Unable to tunnel through proxy"), "the proxy");
            case "timeout", "read_timeout" -> silence();
            case "tls" -> failure(ErrorKind.TLS, new SSLHandshakeException("Handshake failed"));
            case "eof", "premature_eof" ->
                // By its class no more than that: so both clients of the JDK have it, with either framing of the body.
                failure(ErrorKind.PREMATURE_EOF, new IOException("The body ended too early"));
            default -> null;
        };
    }

    /** The head of a response whose body ends too early. */
    static Outcome.Response headOfBrokenBody() {
        return new Answer(200, Map.of());
    }

    /** Returns the outcome of an attempt that took too long. */
    static Outcome.Failure silence() {
        return failure(ErrorKind.READ_TIMEOUT, new SocketTimeoutException("Read timed out"));
    }

    private static Outcome.Failure failure(ErrorKind kind, IOException error) {
        return new Outcome.Failure(error, kind, kind.nothingSent());
    }

    private static boolean isDigits(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Nanoseconds of a number and one unit, -1 where it is none. */
    private static long time(String text) {
        int unit = 0;
        while (unit < text.length() && (Character.isDigit(text.charAt(unit)) || text.charAt(unit) == '.')) {
            unit++;
        }
        long factor = switch (text.substring(unit)) {
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> 0;
        };
        try {
            double nanos = factor == 0 ? -1 : Double.parseDouble(text.substring(0, unit)) * factor;
            return nanos >= 0 && nanos <= LONGEST_NANOS ? (long) nanos : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private record Answer(int status, Map<String, String> headers) implements Outcome.Response {
        @Override
        public @Nullable String header(String name) {
            return headers.get(name);
        }
    }
}
