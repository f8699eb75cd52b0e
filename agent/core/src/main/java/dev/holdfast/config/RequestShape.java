package dev.holdfast.config;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a request, beside its method and URL, that policies look at. Immutable.
 *
 * @param headers the names of headers that it carries, compared without case; no values
 * @param bodyReplayable whether its body, if it has one, can be produced once more
 * @param proxy the HTTP proxy that it goes through, as {@code host:port}; null: none, as far as is known
 */
public record RequestShape(
        Set<String> headers,
        boolean bodyReplayable,
        @Nullable String proxy) {
    /** A request of which no more is known. */
    public static final RequestShape PLAIN = new RequestShape(Set.of(), true, null);

    /** Copies the names. */
    public RequestShape {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(headers);
        headers = names;
    }

    /** Returns whether it carries a header of this name. */
    boolean carries(String header) {
        return headers.contains(header);
    }
}
