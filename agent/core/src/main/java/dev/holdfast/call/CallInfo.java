package dev.holdfast.call;

import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The facts about the application's call that a {@link Session} needs. An adapter implements it on what it has at hand.
 */
public interface CallInfo {
    /** The client that the application calls with. */
    Client client();

    /** The request's method, as the application wrote it. */
    String method();

    /**
     * A header of the request.
     *
     * @param name compared without case
     * @return its first value, null if absent
     */
    @Nullable
    String requestHeader(String name);

    /**
     * Returns whether the body can be sent again, byte for byte. Asked anew at each decision: a recording may have
     * overflowed meanwhile.
     */
    boolean bodyReplayable();

    /**
     * A number that a call has in common with an earlier one only if it asks for the same and comes from the same
     * place: a hash of method, URI and caller. Asked only where calls have failed.
     *
     * @return 0: not known
     */
    default long fingerprint() {
        return 0;
    }

    /**
     * The rest of the time that the program itself gives the whole call, its waits included, in nanoseconds.
     *
     * @return {@link Long#MAX_VALUE}: the program sets no such limit
     */
    default long remainingNanos() {
        return Long.MAX_VALUE;
    }

    /**
     * Returns how long the program lets its client wait for the response to one request, in nanoseconds;
     * {@link Long#MAX_VALUE}: as long as it takes. Asked only where an injected fault delays the request.
     */
    default long responseTimeoutNanos() {
        return Long.MAX_VALUE;
    }

    /**
     * The exception of an injected fault: of the type that the client throws where the fault is real.
     *
     * @param kind the fault
     * @param message says that it was injected
     */
    default IOException faultError(ErrorKind kind, String message) {
        return new IOException(message);
    }
}
