package dev.holdfast.policy;

/**
 * The hosts that a policy applies to: an exact host, {@code *.suffix} (any number of labels in front, at least one: it
 * does not match the suffix itself) or {@code *}, each with an optional port. Host names are compared as people mean
 * them: without case, without a trailing dot, international names in their ASCII form. An IPv6 address stands in
 * brackets, in any spelling; without a zone it is for every zone.
 *
 * @param host the exact host, or the suffix behind {@code *.}, or empty for {@code *}; canonical
 * @param kind which of the three
 * @param port the port, or 0 for any
 */
public record HostPattern(Kind kind, String host, int port) {
    /** The kind of hosts that a pattern matches. */
    public enum Kind {
        /** One host. */
        EXACT,
        /** All hosts below a domain. */
        SUFFIX,
        /** Every host. */
        ANY
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it is none; the message says what is allowed
     */
    public static HostPattern parse(String text) {
        String pattern = text.strip();
        if (pattern.indexOf('/') >= 0 || pattern.indexOf('@') >= 0) {
            throw bad(text, "remove the scheme, path or user");
        }
        int colon = portColon(pattern);
        int port = colon < 0 ? 0 : parsePort(text, pattern.substring(colon + 1));
        String host = colon < 0 ? pattern : pattern.substring(0, colon);
        if (host.equals("*")) {
            return new HostPattern(Kind.ANY, "", port);
        }
        boolean suffix = host.startsWith("*.");
        String rest = suffix ? host.substring(2) : host;
        if (rest.indexOf('*') >= 0) {
            throw bad(text, "a * may only stand alone or as the whole first label");
        }
        String canonical = canonicalHost(rest);
        String impossible = HostName.impossible(canonical);
        if (impossible != null) {
            throw bad(text, impossible);
        }
        if (rest.startsWith("[") && canonical.indexOf(':') < 0) {
            throw bad(text, "only an IPv6 address stands in brackets");
        }
        if (suffix && (canonical.indexOf(':') >= 0 || endsInNumber(canonical))) {
            throw bad(text, "an address has no subdomains");
        }
        return new HostPattern(suffix ? Kind.SUFFIX : Kind.EXACT, canonical, port);
    }

    /**
     * The form in which hosts are compared: lower case, no trailing dot, ASCII; an IPv6 address without brackets, by
     * RFC 5952. Returns the argument itself where it is in that form already.
     */
    public static String canonicalHost(String host) {
        return HostName.canonical(host);
    }

    /** Returns whether a host is this machine by its very name: what is sent there leaves it nowhere. */
    public static boolean isLoopback(String host) {
        String canonical = canonicalHost(host);
        return canonical.equals("localhost")
                || canonical.endsWith(".localhost")
                || canonical.equals("::1")
                || (canonical.startsWith("127.") && endsInNumber(canonical));
    }

    private static int portColon(String pattern) {
        int colon = pattern.lastIndexOf(':');
        if (pattern.startsWith("[")) {
            return colon > pattern.indexOf(']') ? colon : -1;
        }
        if (colon >= 0 && pattern.indexOf(':') != colon) {
            throw bad(pattern, "an IPv6 address stands in brackets, such as [::1] or [::1]:8080");
        }
        return colon;
    }

    private static int parsePort(String text, String port) {
        int value = 0;
        for (int i = 0; i < port.length(); i++) {
            char c = port.charAt(i);
            if (c < '0' || c > '9' || value > 65535) {
                throw bad(text, "the port must be a number from 1 to 65535");
            }
            value = value * 10 + (c - '0');
        }
        if (value < 1 || value > 65535) {
            throw bad(text, "the port must be a number from 1 to 65535");
        }
        return value;
    }

    /** Returns whether the last part is a number: of no name it is, only of an IPv4 address. */
    private static boolean endsInNumber(String host) {
        for (int i = host.lastIndexOf('.') + 1; i < host.length(); i++) {
            if (host.charAt(i) < '0' || host.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static IllegalArgumentException bad(String text, String why) {
        return new IllegalArgumentException("\"" + text + "\" is not a valid host pattern: " + why
                + "; allowed are a host (api.example.com), *.example.com, or *, each with an optional :port");
    }

    // Written out: what the compiler makes for a record spins dozens of classes when it is first called, at start-up.

    @Override
    public boolean equals(Object other) {
        return other instanceof HostPattern pattern
                && kind == pattern.kind
                && port == pattern.port
                && host.equals(pattern.host);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * kind.hashCode() + host.hashCode()) + port;
    }

    @Override
    public String toString() {
        String name = switch (kind) {
            case ANY -> "*";
            case SUFFIX -> "*." + host;
            case EXACT -> host.indexOf(':') >= 0 ? "[" + host.replace("%", "%25") + "]" : host;
        };
        return port == 0 ? name : name + ":" + port;
    }
}
