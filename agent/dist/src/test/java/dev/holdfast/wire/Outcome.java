package dev.holdfast.wire;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a call as a program sees it: a response's head and body, or its failure, or both where it failed
 * within the body.
 *
 * @param status -1 if there was none
 * @param headers as text, in the order of their names
 * @param body as far as it was read, null where it did not come to that
 * @param failure the classes of the exception and of its causes, outermost first; empty if there was none
 */
record Outcome(int status, String headers, @Nullable String body, String failure) {
    private static final java.util.regex.Pattern LENGTH =
            java.util.regex.Pattern.compile("content-length=\\[(\\d{1,9})]");

    static Outcome of(
            int status, Map<String, List<String>> headers, byte @Nullable [] body, @Nullable Throwable failure) {
        Map<String, List<String>> sorted = new TreeMap<>();
        headers.forEach((name, values) -> sorted.put(name == null ? "" : name.toLowerCase(Locale.ROOT), values));
        return new Outcome(
                status,
                sorted.toString(),
                body == null ? null : new String(body, java.nio.charset.StandardCharsets.ISO_8859_1),
                failure == null ? "" : names(failure));
    }

    /** A response that the program let go of without a look at it: no other is the same. */
    static Outcome unread(int status) {
        return new Outcome(status, "", null, "unread");
    }

    static Outcome failed(Throwable failure) {
        return new Outcome(-1, "", null, names(failure));
    }

    private static String names(Throwable failure) {
        Throwable t = failure;
        while ((t instanceof ExecutionException || t instanceof CompletionException) && t.getCause() != null) {
            t = t.getCause();
        }
        return t.getClass().getName();
    }

    boolean timedOut() {
        return failure.contains("Timeout");
    }

    /** Returns whether there was a response whose body could not be read. */
    boolean failsInBody() {
        return status >= 0 && !failure.isEmpty() && !failure.equals("unread");
    }

    /**
     * Returns whether it is the same response, whose body breaks as the other's does, at the same place or before it.
     */
    boolean breaksAfterPartOf(Outcome other) {
        return failsInBody()
                && other.failsInBody()
                && status == other.status
                && headers.equals(other.headers)
                && body != null
                && other.body != null
                && other.body.startsWith(body);
    }

    /**
     * Returns whether its body is shorter than its head says, which a connection of {@code HttpURLConnection} does not
     * tell.
     */
    boolean isCutShort() {
        java.util.regex.Matcher length = LENGTH.matcher(headers);
        return length.find() && Long.parseLong(length.group(1)) > (body == null ? 0 : body.length());
    }

    /** Returns whether its body is what the server gave, undamaged. */
    boolean isBody(Reply reply, String call, int number, String method) {
        boolean none = method.equals("HEAD") || status == 204 || status == 304;
        byte[] whole = none ? new byte[0] : reply.body(call, number);
        return body != null && body.equals(new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    /** Returns whether it never came: the call had to be ended. */
    boolean hung() {
        return failure.equals("hung");
    }

    /** The ids of calls that its body names. */
    boolean namesOther(String id) {
        if (body == null) {
            return false;
        }
        int at = body.indexOf('<');
        while (at >= 0) {
            int end = body.indexOf('#', at);
            if (end < 0) {
                return false;
            }
            String named = body.substring(at + 1, end);
            if (named.matches("\\d{1,8}\\.\\d") && !named.equals(id)) {
                return true;
            }
            at = body.indexOf('<', end);
        }
        return false;
    }

    @Override
    public String toString() {
        String text = body;
        return (status < 0 ? "" : status + " " + headers + " ")
                + (text == null
                        ? ""
                        : text.length() + " bytes " + Integer.toHexString(text.hashCode()) + " "
                                + printable(text.substring(0, Math.min(24, text.length()))))
                + (failure.isEmpty() ? "" : " threw " + failure);
    }

    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
