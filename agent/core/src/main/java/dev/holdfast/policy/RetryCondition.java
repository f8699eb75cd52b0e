package dev.holdfast.policy;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A condition on a response, and what is done where it holds: the first of a policy's list that holds decides, before
 * its headers and statuses are asked. Immutable.
 *
 * @param statuses the statuses that it is for; empty: all
 * @param methods the methods of the requests that it is for, in upper case; empty: all
 * @param headers the response's headers, each of which has to be there and match
 * @param body what the response's body looks like; null: that does not matter
 * @param action what is done
 * @param evenIfSuccessful whether it holds for a response that succeeded, one with a status below 400, too, and not
 *     only where nothing follows from that
 */
public record RetryCondition(
        Set<Integer> statuses,
        Set<String> methods,
        List<HeaderPattern> headers,
        @Nullable BodyPattern body,
        Action action,
        boolean evenIfSuccessful) {
    /** The action. */
    public enum Action {
        /** The request is sent again, as far as that is safe. */
        RETRY,
        /** The response is not retried. */
        NO_RETRY,
        /** The response is not retried, and replaced by a fallback where there is one. */
        FALLBACK
    }

    /** The lowest status of a response that did not succeed: behind a redirect the server may have acted, too. */
    public static final int FIRST_ERROR = 400;

    /** Copies the collections. */
    public RetryCondition {
        statuses = Set.copyOf(statuses);
        methods = Set.copyOf(methods);
        headers = List.copyOf(headers);
    }

    /**
     * A header and what one of its values looks like.
     *
     * @param name compared without case
     * @param values of which one has to match, without space around it
     */
    public record HeaderPattern(String name, List<TextPattern> values) {
        /** Copies the values. */
        public HeaderPattern {
            values = List.copyOf(values);
        }

        /** Returns whether a response has the header, and one of its values there matches. */
        boolean matches(ResponseView response) {
            int index = 0;
            for (String value = response.header(name, 0); value != null; value = response.header(name, ++index)) {
                String text = value.strip();
                for (TextPattern pattern : values) {
                    if (pattern.matches(text)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    /** Returns whether it holds for a response: never, where it asks for a body that was not held back. */
    boolean holds(String method, ResponseView response) {
        if (!mayHold(method, response)) {
            return false;
        }
        String text = body == null ? null : response.body();
        return body == null || (text != null && body.matches(text));
    }

    /** Returns whether it holds for a response as far as the head of that shows. */
    boolean mayHold(String method, ResponseView response) {
        int status = response.status();
        if ((status < FIRST_ERROR && action != Action.NO_RETRY && !evenIfSuccessful)
                || (!statuses.isEmpty() && !statuses.contains(status))
                || (!methods.isEmpty() && !methods.contains(method))) {
            return false;
        }
        for (HeaderPattern pattern : headers) {
            if (!pattern.matches(response)) {
                return false;
            }
        }
        return true;
    }
}
