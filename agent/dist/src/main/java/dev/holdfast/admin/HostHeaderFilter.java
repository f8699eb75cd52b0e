package dev.holdfast.admin;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps browsers from being used against their user. A site that lets its name be resolved to this machine (DNS
 * rebinding) has its own name in {@code Host}: only addresses, {@code localhost} and the names that the configuration
 * knows are let in; an address cannot be rebound. A site that asks from within a page of its own is told by
 * {@code Sec-Fetch-Site}, {@code Origin} or {@code Referer}, whichever the browser sends; a link on it counts as well.
 * Programs that are no browsers send none of these.
 *
 * @param names that may be called beside addresses and {@code localhost}; in lower case
 */
record HostHeaderFilter(Set<String> names) {
    static final int OPEN = 0;

    /** The status with which a request is refused, or {@link #OPEN}. */
    int refusal(Request request) {
        String host = request.headers().getOrDefault("host", "");
        if (!isKnown(host)) {
            return 421;
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return 405;
        }
        String site = request.header("sec-fetch-site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return 403;
        }
        String own = "http://" + host.toLowerCase(Locale.ROOT);
        String origin = request.header("origin");
        if (origin != null && !origin.equalsIgnoreCase(own)) {
            return 403;
        }
        String referer = request.header("referer");
        return referer == null || own.equalsIgnoreCase(origin(referer)) ? OPEN : 403;
    }

    private boolean isKnown(String authority) {
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String host = (hasPort ? authority.substring(0, colon) : authority).toLowerCase(Locale.ROOT);
        if (hasPort && !isNumber(authority.substring(colon + 1), 65_535)) {
            return false;
        }
        return host.equals("localhost") || isIpv4(host) || isIpv6(host) || names.contains(host);
    }

    private static boolean isIpv4(String host) {
        String[] parts = host.split("\\.", -1);
        for (String part : parts) {
            if (!isNumber(part, 255)) {
                return false;
            }
        }
        return parts.length == 4;
    }

    /** Returns whether the host is in brackets, where no name can stand. */
    private static boolean isIpv6(String host) {
        if (!host.startsWith("[") || !host.endsWith("]")) {
            return false;
        }
        for (int i = 1; i < host.length() - 1; i++) {
            if ("0123456789abcdef:.".indexOf(host.charAt(i)) < 0) {
                return false;
            }
        }
        return host.indexOf(':') > 0;
    }

    private static boolean isNumber(String text, int most) {
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return false;
            }
            number = Math.min(number * 10 + (c - '0'), most + 1);
        }
        return !text.isEmpty() && number <= most;
    }

    private static @Nullable String origin(String url) {
        try {
            URI uri = new URI(url);
            return uri.getRawAuthority() == null ? null : uri.getScheme() + "://" + uri.getRawAuthority();
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
