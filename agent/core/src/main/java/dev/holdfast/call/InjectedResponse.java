package dev.holdfast.call;

import org.jspecify.annotations.Nullable;

/**
 * The response of an injected fault: a status, and no headers.
 *
 * @param status the status
 */
record InjectedResponse(int status) implements Outcome.Response {
    @Override
    public @Nullable String header(String name) {
        return null;
    }
}
