package dev.holdfast.call;

import dev.holdfast.policy.Origin;
import java.io.IOException;

/**
 * Names the proxy that did not open a tunnel, for the reader of a stack trace: the JDK's own exception does not. Only
 * ever attached to that exception as a suppressed one; has no stack trace, for it was thrown nowhere.
 */
public final class ProxyException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * An exception about one proxy.
     *
     * @param proxy its address, as {@code host:port}
     * @param origin to which it did not open a tunnel
     */
    ProxyException(String proxy, Origin origin) {
        super("the proxy " + proxy + " did not open a tunnel to " + origin);
        setStackTrace(new StackTraceElement[0]);
    }
}
