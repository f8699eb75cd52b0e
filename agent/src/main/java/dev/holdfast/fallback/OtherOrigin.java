package dev.holdfast.fallback;

import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The strategy {@code degraded}: where a request goes in place of its own origin, what goes along, and how its answer is marked. */
public final class OtherOrigin {
    private OtherOrigin() {}

    /** Where a request would go; null: there is no such place, or it is where the request was. */
    static Offer.@Nullable Elsewhere of(DegradedPolicy policy, URI request) {
        if (policy.url().isEmpty()) {
            return null;
        }
        URI elsewhere = mapped(policy.url(), request);
        return sameOrigin(elsewhere, request) && path(elsewhere).equals(path(request))
                ? null
                : new Offer.Elsewhere(elsewhere, policy);
    }

    /** The request's path and query behind the other URL. User information stays behind. */
    private static URI mapped(String url, URI request) {
        StringBuilder text = new StringBuilder(url);
        while (text.length() > 0 && text.charAt(text.length() - 1) == '/') {
            text.setLength(text.length() - 1);
        }
        text.append(path(request));
        if (request.getRawQuery() != null) {
            text.append('?').append(request.getRawQuery());
        }
        return URI.create(text.toString());
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
     * Whether a header of the request goes along.
     *
     * @param name its name
     * @param policy what is configured
     */
    public static boolean goesAlong(String name, DegradedPolicy policy) {
        return !name.equalsIgnoreCase("Host") && (policy.forwardCredentials() || !Credentials.isOne(name));
    }

    /** The headers of an answer from elsewhere, marked as such. */
    public static Map<String, List<String>> marked(Map<String, List<String>> headers) {
        Map<String, List<String>> marked = new LinkedHashMap<>();
        headers.forEach((name, values) -> {
            if (!name.equalsIgnoreCase(Offer.MARK)) {
                marked.put(name, values);
            }
        });
        marked.put(Offer.MARK, List.of(Strategy.DEGRADED.configName()));
        return marked;
    }
}
