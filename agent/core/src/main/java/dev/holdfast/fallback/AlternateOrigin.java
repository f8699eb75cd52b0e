package dev.holdfast.fallback;

import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import dev.holdfast.policy.HostPattern;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The strategy {@code degraded}: where a request goes in place of its own origin, what goes along, and how its answer
 * is marked.
 */
public final class AlternateOrigin {
    private AlternateOrigin() {}

    /**
     * Returns the request to the alternate origin.
     *
     * @return null: there is no such place, it is where the request was, or the request may not go there
     */
    static FallbackCandidate.@Nullable AlternateOriginRequest of(DegradedPolicy policy, URI request) {
        if (policy.url().isEmpty()) {
            return null;
        }
        DegradedPolicy inForce = leavesTls(URI.create(policy.url()), request) ? policy.inTheClear() : policy;
        URI alternateOrigin = mapped(inForce, request);
        return alternateOrigin == null
                        || (sameOrigin(alternateOrigin, request)
                                && path(alternateOrigin).equals(path(request)))
                ? null
                : new FallbackCandidate.AlternateOriginRequest(alternateOrigin, inForce);
    }

    /** Returns whether others than this machine could read what a request says that only its own origin could read. */
    private static boolean leavesTls(URI alternateOrigin, URI request) {
        return "https".equalsIgnoreCase(request.getScheme())
                && "http".equalsIgnoreCase(alternateOrigin.getScheme())
                && !HostPattern.isLoopback(alternateOrigin.getHost());
    }

    /** The request's path and query behind the other URL, null: it may not go there. User information stays behind. */
    private static @Nullable URI mapped(DegradedPolicy policy, URI request) {
        StringBuilder text = new StringBuilder(policy.url());
        while (text.length() > 0 && text.charAt(text.length() - 1) == '/') {
            text.setLength(text.length() - 1);
        }
        String query = request.getRawQuery();
        if (policy.forwardQuery()) {
            text.append(path(request));
            return URI.create(
                    query == null
                            ? text.toString()
                            : text.append('?').append(query).toString());
        }
        String path = ForwardedTarget.path(path(request));
        String kept = query == null ? "" : ForwardedTarget.query(query);
        if (path == null || kept == null) {
            return null;
        }
        text.append(path);
        return URI.create(
                kept.isEmpty() ? text.toString() : text.append('?').append(kept).toString());
    }

    private static boolean sameOrigin(URI one, URI other) {
        return lower(one.getScheme()).equals(lower(other.getScheme()))
                && lower(one.getHost()).equals(lower(other.getHost()))
                && port(one) == port(other);
    }

    private static String path(URI uri) {
        String path = uri.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private static String lower(@Nullable String text) {
        return text == null ? "" : text.toLowerCase(Locale.ROOT);
    }

    /**
     * Returns whether a header of the request goes along.
     *
     * @param name its name
     * @param policy what is configured
     */
    public static boolean goesAlong(String name, DegradedPolicy policy) {
        return ForwardedHeaders.include(name, policy);
    }

    /** The headers of an answer from elsewhere, marked as such. */
    public static Map<String, List<String>> marked(Map<String, List<String>> headers) {
        Map<String, List<String>> marked = new LinkedHashMap<>();
        headers.forEach((name, values) -> {
            if (!name.equalsIgnoreCase(FallbackCandidate.MARK)) {
                marked.put(name, values);
            }
        });
        marked.put(FallbackCandidate.MARK, List.of(Strategy.DEGRADED.configName()));
        return marked;
    }
}
