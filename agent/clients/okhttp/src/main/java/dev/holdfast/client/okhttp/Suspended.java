package dev.holdfast.client.okhttp;

import java.io.IOException;

/**
 * Leaves the thread of the program's dispatcher before a wait: it ends the method of the library that runs there, and
 * our own callback takes it for what it is. Nobody else sees it, as the call has no application interceptor.
 */
final class Suspended extends IOException {
    private static final long serialVersionUID = 1;

    /** The call that goes on elsewhere. */
    final transient AsyncCall call;

    Suspended(AsyncCall call) {
        super("waits for the next attempt");
        this.call = call;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
