package dev.holdfast.config;

import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Origin;
import java.util.Locale;

/**
 * A URL as far as policies look at it. User information, query and fragment are left out right here, so that nothing
 * made of this can show them.
 *
 * @param origin scheme, host and port, in their canonical form
 * @param path as the URL has it, {@code /} where it has none
 */
public record RequestUrl(Origin origin, String path) {
    /**
     * The length limit of a host, the same as for calls: the longest domain name, with room for a trailing dot and for
     * address literals.
     */
    private static final int LONGEST_HOST = 255;

    /**
     * Reads a URL as the clients do, host names in Unicode included.
     *
     * @throws IllegalArgumentException if it is none that Holdfast could be concerned with; the message says why, and
     *     shows nothing of the URL but its scheme, host or port
     */
    public static RequestUrl parse(String url) {
        String text = url.strip();
        int colon = text.indexOf("://");
        String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException(
                    colon <= 0 || !isScheme(scheme)
                            ? "the URL begins with http:// or https://"
                            : "calls to " + scheme + ":// URLs are none of Holdfast's; it is for http:// and https://");
        }
        int end = colon + 3;
        while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        String authority = text.substring(colon + 3, end);
        authority = authority.substring(authority.lastIndexOf('@') + 1);
        int portColon =
                authority.startsWith("[") ? authority.indexOf(':', authority.indexOf(']')) : authority.indexOf(':');
        String host = portColon < 0 ? authority : authority.substring(0, portColon);
        int port = portColon < 0 || portColon == authority.length() - 1
                ? scheme.equals("https") ? 443 : 80
                : port(authority.substring(portColon + 1));
        String canonical = HostPattern.canonicalHost(host);
        if (canonical.isEmpty() || canonical.chars().anyMatch(c -> c <= ' ')) {
            throw new IllegalArgumentException("the URL names no host");
        }
        if (canonical.length() > LONGEST_HOST) {
            throw new IllegalArgumentException("the URL's host is longer than " + LONGEST_HOST
                    + " characters: no name server knows it, and Holdfast leaves it alone");
        }
        int pathEnd = end;
        while (pathEnd < text.length() && "?#".indexOf(text.charAt(pathEnd)) < 0) {
            pathEnd++;
        }
        String path = text.substring(end, pathEnd);
        return new RequestUrl(new Origin(scheme, canonical, port), path.isEmpty() ? "/" : path);
    }

    private static boolean isScheme(String text) {
        return text.length() <= 20
                && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+');
    }

    private static int port(String text) {
        try {
            int port = text.length() > 5 ? -1 : Integer.parseInt(text);
            if (port > 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // As any other that is none.
        }
        throw new IllegalArgumentException("the URL's port is no number from 1 to 65535");
    }

    /** The URL, less what is secret or of no concern. */
    @Override
    public String toString() {
        boolean usual = origin.port() == (origin.scheme().equals("https") ? 443 : 80);
        String text = origin.toString();
        return (usual ? text.substring(0, text.lastIndexOf(':')) : text) + path;
    }
}
