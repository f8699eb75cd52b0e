package dev.holdfast.fallback;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A good answer that is kept for worse times. Immutable.
 *
 * @param status its status
 * @param headers its headers, but for those that concern one connection or set cookies
 * @param body its body
 * @param varying digests of the request's values of the headers that {@code Vary} names, by their names in lower case
 * @param madeAt when the origin made it, as far as its {@code Age} tells, in milliseconds since the epoch
 * @param receivedAt when it was complete, in milliseconds since the epoch
 * @param lasting whether who asked means the same in another JVM
 */
record StoredResponse(
        int status,
        Map<String, List<String>> headers,
        StoredBody body,
        Map<String, String> varying,
        long madeAt,
        long receivedAt,
        boolean lasting) {
    private static final int OVERHEAD = 600;
    private static final int HEADER_OVERHEAD = 120;

    StoredResponse {
        headers = Collections.unmodifiableMap(headers);
        varying = Map.copyOf(varying);
    }

    /** Returns whether it answers this request too, as far as {@code Vary} goes (RFC 9111, section 4.1). */
    boolean matches(FallbackRequest request) {
        for (Map.Entry<String, String> header : varying.entrySet()) {
            if (!header.getValue().equals(CacheKey.ofValues(request.header(header.getKey())))) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether both answer the same requests. */
    boolean replaces(StoredResponse other) {
        return Objects.equals(varying, other.varying);
    }

    /** About how many bytes of memory it takes. */
    long size() {
        long size = (long) OVERHEAD + body.length() + 2L * HEADER_OVERHEAD * varying.size();
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            size += HEADER_OVERHEAD + header.getKey().length();
            for (String value : header.getValue()) {
                size += HEADER_OVERHEAD / 2 + value.length();
            }
        }
        return size;
    }
}
