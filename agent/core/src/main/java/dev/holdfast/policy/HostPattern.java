package dev.holdfast.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The hosts that a policy applies to: an exact host; {@code *.suffix} (any number of labels in front, at least one: it
 * does not match the suffix itself); a name with one {@code *} within some of its labels, each for any text within that
 * label; a network of addresses ({@code 10.0.0.0/8}, {@code [fd00::]/8}); {@code <single-label>}, which is every name
 * without a dot; or {@code *}. Each has an optional port; {@code :*} is any. Host names are compared as people mean
 * them: without case, without a trailing dot, international names in their ASCII form. An IPv6 address stands in
 * brackets, in any spelling; without a zone it is for every zone.
 *
 * @param host the exact host, the suffix behind {@code *.}, the name with its stars, or the network; empty for the
 *     others; canonical
 * @param kind which of them
 * @param port the port, or 0 for any
 */
public record HostPattern(Kind kind, String host, int port) {
    /** The bits before an IPv4 address in an IPv6 address that holds it. */
    private static final int MAPPED_BITS = 96;

    private static final String SINGLE_LABELS = "<single-label>";

    /** The kind of hosts that a pattern matches. */
    public enum Kind {
        /** One host. */
        EXACT,
        /** All hosts below a domain. */
        SUFFIX,
        /** All hosts whose labels are like those of a name with a {@code *} in some. */
        LABELS,
        /** All hosts that are written as addresses of a network. */
        NETWORK,
        /** All names without a dot. */
        SINGLE_LABEL,
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
        boolean network = isLikeNetwork(pattern);
        if ((pattern.indexOf('/') >= 0 && !network) || pattern.indexOf('@') >= 0) {
            throw bad(text, "remove the scheme, path or user");
        }
        int colon = portColon(pattern);
        int port = colon < 0 ? 0 : parsePort(text, pattern.substring(colon + 1));
        String host = colon < 0 ? pattern : pattern.substring(0, colon);
        if (host.equals("*")) {
            return new HostPattern(Kind.ANY, "", port);
        }
        if (host.equals(SINGLE_LABELS)) {
            return new HostPattern(Kind.SINGLE_LABEL, "", port);
        }
        if (network) {
            return new HostPattern(Kind.NETWORK, network(text, host), port);
        }
        boolean suffix = host.startsWith("*.");
        String rest = suffix ? host.substring(2) : host;
        if (rest.indexOf('*') >= 0) {
            return new HostPattern(Kind.LABELS, starred(text, host), port);
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

    /** Returns whether a text has a number behind its only slash, and an address before it. */
    private static boolean isLikeNetwork(String pattern) {
        int slash = pattern.indexOf('/');
        if (slash < 1 || pattern.indexOf('/', slash + 1) >= 0 || slash + 1 == pattern.length()) {
            return false;
        }
        char before = pattern.charAt(slash - 1);
        char behind = pattern.charAt(slash + 1);
        return behind >= '0'
                && behind <= '9'
                && (before == ']' || before == ':' || endsInNumber(pattern.substring(0, slash)));
    }

    private static String network(String text, String network) {
        int slash = network.indexOf('/');
        boolean brackets = network.charAt(0) == '[';
        String address = brackets ? network.substring(1, slash - 1) : network.substring(0, slash);
        int[] groups = brackets ? Ipv6.groups(address) : Ipv6.groupsOfIpv4(address);
        if (groups == null) {
            throw bad(text, "what stands before the / is not an address");
        }
        int most = groups.length * 16;
        String length = network.substring(slash + 1);
        if (length.length() > 1 && length.charAt(0) == '0') {
            throw bad(text, "the number behind the / begins with a 0");
        }
        int bits = 0;
        for (int i = 0; i < length.length(); i++) {
            char c = length.charAt(i);
            bits = c < '0' || c > '9' || bits > most ? most + 1 : bits * 10 + (c - '0');
        }
        if (bits > most) {
            throw bad(text, "the number behind the / is from 0 to " + most);
        }
        if (!NetworkTable.isClean(groups, bits)) {
            throw bad(text, "the address has bits behind the first " + bits + ", which have to be 0");
        }
        int[] mapped = bits < MAPPED_BITS ? null : NetworkTable.mapped(groups);
        if (mapped != null) {
            return ipv4(mapped) + "/" + (bits - MAPPED_BITS);
        }
        return (brackets ? Ipv6.canonical(address) : ipv4(groups)) + "/" + bits;
    }

    private static String ipv4(int[] groups) {
        return groups[0] / 256 + "." + groups[0] % 256 + "." + groups[1] / 256 + "." + groups[1] % 256;
    }

    /** The canonical form of a name with a star within some of its labels. */
    private static String starred(String text, String host) {
        String name = host.toLowerCase(Locale.ROOT);
        boolean written = false;
        boolean letters = false;
        List<String> canonical = new ArrayList<>();
        for (String label : labels(name.endsWith(".") ? name.substring(0, name.length() - 1) : name)) {
            int star = label.indexOf('*');
            if (star >= 0 && label.indexOf('*', star + 1) >= 0) {
                throw bad(text, "a part of a host name holds one * at most");
            }
            if (star >= 0 && !label.chars().allMatch(c -> c < 0x80)) {
                throw bad(
                        text,
                        "a part with a * has ASCII characters only, since a name such as b\u00fccher is looked up as"
                                + " xn--bcher-kva: write that part in full, or * for the whole of it");
            }
            String one = star < 0 ? canonicalHost(label) : label;
            String impossible = HostName.impossible(one.replace('*', 'x'));
            if (impossible != null) {
                throw bad(text, impossible);
            }
            written |= star < 0;
            letters |= star < 0 && !endsInNumber(one);
            letters |= star >= 0 && label.length() > 1;
            canonical.add(one);
        }
        String last = canonical.get(canonical.size() - 1);
        if ((written && !letters) || (last.indexOf('*') < 0 && endsInNumber(last))) {
            throw bad(text, "write addresses as a network, such as 10.0.0.0/8");
        }
        return String.join(".", canonical);
    }

    /** The labels of a name, the first one first. */
    static List<String> labels(String name) {
        List<String> labels = new ArrayList<>(4);
        int from = 0;
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', from)) {
            labels.add(name.substring(from, dot));
            from = dot + 1;
        }
        labels.add(name.substring(from));
        return labels;
    }

    /** Returns whether a host is a name without a dot: neither a number, which is an address, nor an IPv6 address. */
    static boolean isSingleLabel(String host) {
        return host.indexOf('.') < 0 && host.indexOf(':') < 0 && !endsInNumber(host);
    }

    /**
     * Returns whether a host is one of these, whatever its port.
     *
     * @param other in its canonical form ({@link #canonicalHost})
     */
    public boolean matchesHost(String other) {
        String anyZone = HostName.withoutZone(other);
        return switch (kind) {
            case EXACT -> other.equals(host) || host.equals(anyZone);
            case SUFFIX -> other.endsWith("." + host);
            case LABELS -> NetworkTable.groups(other) == null && other.indexOf(':') < 0 && matchesLabels(other);
            case NETWORK -> {
                NetworkTable<Boolean> table = new NetworkTable<>();
                table.put(host, 0, true);
                yield table.find(anyZone == null ? other : anyZone, 0) != null;
            }
            case SINGLE_LABEL -> isSingleLabel(other);
            case ANY -> true;
        };
    }

    private boolean matchesLabels(String other) {
        List<String> mine = labels(host);
        List<String> its = labels(other);
        boolean anyDepth = mine.get(0).equals("*");
        if (anyDepth ? its.size() < mine.size() : its.size() != mine.size()) {
            return false;
        }
        for (int i = anyDepth ? 1 : 0; i < mine.size(); i++) {
            if (!RoutePattern.matchesSegment(mine.get(i), its.get(its.size() - mine.size() + i))) {
                return false;
            }
        }
        return true;
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
        if (port.equals("*")) {
            return 0;
        }
        int value = 0;
        for (int i = 0; i < port.length(); i++) {
            char c = port.charAt(i);
            if (c < '0' || c > '9' || value > 65535) {
                throw bad(text, "the port must be a number from 1 to 65535, or *");
            }
            value = value * 10 + (c - '0');
        }
        if (value < 1 || value > 65535) {
            throw bad(text, "the port must be a number from 1 to 65535, or *");
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
                + "; allowed are a host (api.example.com), *.example.com, api-*.example.com, a network (10.0.0.0/8), "
                + SINGLE_LABELS + ", or *, each with an optional :port");
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
            case SINGLE_LABEL -> SINGLE_LABELS;
            case LABELS -> host;
            case NETWORK ->
                host.indexOf(':') < 0
                        ? host
                        : "[" + host.substring(0, host.indexOf('/')) + "]" + host.substring(host.indexOf('/'));
            case SUFFIX -> "*." + host;
            case EXACT -> host.indexOf(':') >= 0 ? "[" + host.replace("%", "%25") + "]" : host;
        };
        return port == 0 ? name : name + ":" + port;
    }
}
