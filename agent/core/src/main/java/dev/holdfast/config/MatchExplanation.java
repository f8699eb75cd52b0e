package dev.holdfast.config;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Origin;
import dev.holdfast.policy.RoutePattern;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Explains in words why patterns match or do not. The match itself is decided elsewhere, and agrees: a property test
 * holds it.
 */
final class MatchExplanation {
    private MatchExplanation() {}

    /** Returns the reason why a pattern matches, given that it does. */
    static String match(HostPattern pattern, Origin origin) {
        String what = switch (pattern.kind()) {
            case EXACT ->
                pattern.host().equals(origin.host()) ? "names this host" : "names this address, whatever its zone";
            case SUFFIX -> "is for every host below " + pattern.host();
            case LABELS -> "is for every host like " + pattern.host();
            case NETWORK -> "is for every address in " + pattern.host();
            case SINGLE_LABEL -> "is for every name without a dot";
            case ANY -> "is for every host";
        };
        return pattern.port() == 0 ? what : what + ", at port " + pattern.port();
    }

    /** Returns the reason why a pattern does not match; null: it does. */
    static @Nullable String mismatch(HostPattern pattern, Origin origin) {
        String host = origin.host();
        String suffix = pattern.host();
        if (pattern.kind() == HostPattern.Kind.EXACT && !host.equals(suffix) && !suffix.equals(address(host))) {
            if (isZoned(suffix) && address(suffix).equals(address(host))) {
                return "is for zone " + zone(suffix) + " of this address, and the URL names "
                        + (isZoned(host) ? "zone " + zone(host) : "none");
            }
            return host.endsWith("." + suffix) ? "names " + suffix + " itself, not the hosts below it" : "another host";
        }
        if (pattern.kind() == HostPattern.Kind.SUFFIX && !host.endsWith("." + suffix)) {
            return host.equals(suffix) ? "is for hosts below " + suffix + ", not for it itself" : "not below " + suffix;
        }
        if (!pattern.matchesHost(host)) {
            return switch (pattern.kind()) {
                case LABELS -> "not like " + suffix;
                case NETWORK -> "no address in " + suffix;
                case SINGLE_LABEL -> "is for names without a dot";
                case EXACT, SUFFIX, ANY -> "another host";
            };
        }
        return pattern.port() == 0 || pattern.port() == origin.port()
                ? null
                : "is for port " + pattern.port() + ", and this is port " + origin.port();
    }

    /** Returns whether a host is an IPv6 address that names a zone (RFC 6874). */
    private static boolean isZoned(String host) {
        return host.indexOf(':') >= 0 && host.indexOf('%') > 0;
    }

    /** The address without its zone; a host that names none is itself. */
    private static String address(String host) {
        return isZoned(host) ? host.substring(0, host.indexOf('%')) : host;
    }

    private static String zone(String host) {
        return host.substring(host.indexOf('%') + 1);
    }

    /**
     * Returns the number of trailing labels that the host of a pattern has in common with a host; with all of them, it
     * is the same.
     */
    static int labelsInCommon(HostPattern pattern, Origin origin) {
        String one = pattern.host();
        String other = origin.host();
        if (address(one).equals(address(other))) {
            return Integer.MAX_VALUE;
        }
        int labels = 0;
        int i = one.length() - 1;
        int j = other.length() - 1;
        for (; i >= 0 && j >= 0 && one.charAt(i) == other.charAt(j); i--, j--) {
            labels += one.charAt(i) == '.' ? 1 : 0;
        }
        boolean whole = (i < 0 && j >= 0 && other.charAt(j) == '.') || (j < 0 && i >= 0 && one.charAt(i) == '.');
        return labels + (whole ? 1 : 0);
    }

    /**
     * Returns the reason why a route does not match; null: it does.
     *
     * @param pattern the route's
     * @param method the request's
     * @param path the segments of the request's
     */
    static @Nullable String mismatch(RoutePattern pattern, String method, List<String> path) {
        if (!pattern.matchesPath(path)) {
            return path(pattern, path);
        }
        return pattern.matches(method, path)
                ? null
                : "is for " + String.join(", ", new TreeSet<>(pattern.methods())) + ", and this is " + method;
    }

    private static String path(RoutePattern pattern, List<String> path) {
        List<String> wanted = pattern.segments();
        for (int i = 0; i < Math.min(wanted.size(), path.size()); i++) {
            RoutePattern one = new RoutePattern(List.of(wanted.get(i)), false, pattern.methods());
            if (!one.matchesPath(path.subList(i, i + 1))) {
                return "its segment " + (i + 1) + " is " + segment(wanted.get(i)) + ", the path's is "
                        + segment(path.get(i));
            }
        }
        return "it has " + wanted.size() + (wanted.size() == 1 ? " segment" : " segments")
                + (pattern.prefix() ? " or more" : "") + ", the path " + path.size();
    }

    private static String segment(String text) {
        return text.isEmpty() ? "empty" : MessageText.quoted(text);
    }
}
