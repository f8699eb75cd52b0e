package dev.holdfast.policy;

/**
 * Whom a call goes to: {@code scheme://host:port} (RFC 6454). State that belongs to a server (breaker, budget) is keyed
 * by it.
 *
 * @param scheme {@code http} or {@code https}, lower case
 * @param host lower case, without brackets around an IPv6 literal and without a trailing dot
 * @param port the effective port, never -1
 */
public record Origin(String scheme, String host, int port) {
    @Override
    public String toString() {
        return scheme + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
