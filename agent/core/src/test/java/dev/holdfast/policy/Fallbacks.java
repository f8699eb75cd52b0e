package dev.holdfast.policy;

import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Fallback policies for tests. */
public final class Fallbacks {
    private static final Set<Integer> STATUSES = Set.of(500, 502, 503, 504);
    private static final Set<ErrorKind> ERRORS =
            Set.of(ErrorKind.CONNECTION_REFUSED, ErrorKind.CONNECTION_RESET, ErrorKind.READ_TIMEOUT);

    private Fallbacks() {}

    /** One answer for every GET and HEAD. */
    public static FallbackPolicy defaultValue(int status, Map<String, List<String>> headers, String body) {
        return new FallbackPolicy(
                List.of(Strategy.DEFAULT_VALUE),
                STATUSES,
                ERRORS,
                Set.of(),
                CachePolicy.NONE,
                List.of(new DefaultResponse(
                        "",
                        Set.of("GET", "HEAD"),
                        status,
                        headers,
                        ByteString.owning(body.getBytes(StandardCharsets.UTF_8)))),
                DegradedPolicy.NONE);
    }

    /** The last good answers. */
    public static FallbackPolicy cache() {
        return new FallbackPolicy(
                List.of(Strategy.CACHE),
                STATUSES,
                ERRORS,
                Set.of(),
                new CachePolicy(
                        Duration.ofHours(1).toNanos(),
                        1 << 20,
                        Set.of(200, 203),
                        Set.of(),
                        Set.of(),
                        false,
                        16 << 20,
                        ""),
                List.of(),
                DegradedPolicy.NONE);
    }

    /** Another origin, after whatever ends a call without a good answer. */
    public static FallbackPolicy degraded(String url) {
        return new FallbackPolicy(
                List.of(FallbackPolicy.Strategy.DEGRADED),
                Set.of(500, 502, 503, 504),
                Set.of(),
                Set.of(),
                CachePolicy.NONE,
                List.of(),
                new DegradedPolicy(url, Duration.ofSeconds(5).toNanos(), false));
    }
}
