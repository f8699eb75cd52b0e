package dev.holdfast.policy;

/**
 * The origin that a call goes to: {@code scheme://host:port} (RFC 6454). State that belongs to a server (breaker,
 * budget) is keyed by it.
 *
 * @param scheme {@code http} or {@code https}, lower case
 * @param host lower case, without brackets around an IPv6 literal and without a trailing dot
 * @param port the effective port, never -1
 */
public record Origin(String scheme, String host, int port) {
    // Written out: what the compiler makes for a record spins dozens of classes when it is first called, and that is in
    // the program's first call.

    @Override
    public boolean equals(Object other) {
        return other instanceof Origin origin
                && port == origin.port
                && host.equals(origin.host)
                && scheme.equals(origin.scheme);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * host.hashCode() + port) + scheme.hashCode();
    }

    @Override
    public String toString() {
        return scheme + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
