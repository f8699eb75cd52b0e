package dev.holdfast.policy;

/**
 * The kind of an attempt's failure, in the words of the configuration ({@code retryable_errors}). An adapter classifies
 * by the exception's type, never by its message or identity: {@code HttpClient.send} re-creates what it throws.
 */
public enum ErrorKind {
    /** The connection was not established in time; nothing was sent. */
    CONNECTION_TIMEOUT("connection_timeout", true),
    /** The connection was refused, or no route led there; nothing was sent. */
    CONNECTION_REFUSED("connection_refused", true),
    /** An established connection broke (reset, broken pipe, GOAWAY) before the response's head was complete. */
    CONNECTION_RESET("connection_reset", false),
    /** The host name could not be resolved; nothing was sent. */
    DNS_RESOLUTION("dns_resolution", true),
    /**
     * An HTTP proxy did not open the tunnel to the origin: it answered CONNECT with an error, or its connection broke
     * before it answered (RFC 9110, 9.3.6). Nothing reached the origin, so this is no evidence about the origin.
     */
    PROXY("proxy", true),
    /** The request went out (or may have) and no answer came in time. */
    READ_TIMEOUT("read_timeout", false),
    /** The TLS handshake or record layer failed. */
    TLS("tls", false),
    /** The server closed the connection before the response was complete. */
    PREMATURE_EOF("premature_eof", false),
    /** Any other failure; only a named exception class makes it retryable. */
    OTHER("other", false);

    private final String configName;
    private final boolean nothingSent;

    ErrorKind(String configName, boolean nothingSent) {
        this.configName = configName;
        this.nothingSent = nothingSent;
    }

    /** The name in the configuration, in log lines and in metric labels. */
    public String configName() {
        return configName;
    }

    /** Returns whether this kind of failure proves that no byte of the request reached the origin (RFC 9110, 9.2.2). */
    public boolean nothingSent() {
        return nothingSent;
    }
}
