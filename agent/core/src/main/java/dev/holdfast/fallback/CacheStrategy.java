package dev.holdfast.fallback;

import dev.holdfast.policy.CachePolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides which responses may be stored, and which stored ones may be served, by RFC 9111 and RFC 5861 for a private
 * cache that responds only when the origin does not. Pure functions, thread-safe.
 *
 * <p>Stricter than the RFCs, for a cache that serves all users of a program: a response that sets a cookie is not
 * stored unless it says that it is public, one that is private only where the configuration says so, and none that took
 * part in an authentication.
 */
final class CacheStrategy {
    private static final Set<String> OF_ONE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "set-cookie",
            "set-cookie2",
            "alt-svc",
            "age");

    /** The headers that a 304 must not change in a response that is stored with its body. */
    private static final Set<String> OF_THE_CONTENT =
            Set.of("content-length", "content-encoding", "content-type", "content-range", "content-location");

    /** Methods that change nothing (RFC 9110, section 9.2.1). */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private CacheStrategy() {}

    /**
     * Statuses of errors that say something of the moment, of this request's form or of its conditions. Any other
     * answer of the 4xx class says that the caller may not see the resource, or that it is gone.
     */
    private static final Set<Integer> SAYS_NOTHING = Set.of(400, 408, 411, 412, 413, 414, 416, 417, 421, 425, 429, 431);

    /** The effect of a response to a GET or HEAD on the cache. */
    enum Verdict {
        /** It may be stored once it is complete. */
        STORE,
        /** It says nothing about what is stored. */
        LEAVE,
        /** The response makes the stored one for the same request invalid. */
        FORGET
    }

    /** Returns whether any response to a request may be stored, or given from what is stored. */
    static boolean concerns(FallbackRequest request) {
        return isAboutResource(request)
                && request.header("range").isEmpty()
                && !asks(request).has("no-store");
    }

    /** Returns whether responses to a request say something about the resource, to a caller who is known. */
    private static boolean isAboutResource(FallbackRequest request) {
        return (request.method().equals("GET") || request.method().equals("HEAD"))
                && !request.hasBody()
                && request.identity() != null;
    }

    /**
     * The request's own directives; {@code Pragma} means the same where that is all there is (RFC 9111, section 5.4).
     */
    private static CacheControl asks(FallbackRequest request) {
        List<String> control = request.header("cache-control");
        return CacheControl.of(control.isEmpty() ? request.header("pragma") : control);
    }

    /**
     * Judges a response.
     *
     * @param head its headers
     */
    static Verdict verdict(FallbackRequest request, int status, ResponseHead head, CachePolicy policy) {
        if (!isAboutResource(request) || head.isOurs()) {
            return Verdict.LEAVE;
        }
        if (status >= 400 && !policy.statuses().contains(status)) {
            return status < 500 && !SAYS_NOTHING.contains(status) ? Verdict.FORGET : Verdict.LEAVE;
        }
        if ((status >= 300 && !policy.statuses().contains(status))
                || !request.header("range").isEmpty()) {
            return Verdict.LEAVE; // a redirect may lead to a page for everybody: to log in, or to wait
        }
        if (!concerns(request) || !policy.statuses().contains(status) || status == 206 || !mayStore(head, policy)) {
            return Verdict.FORGET;
        }
        return head.isStream() || head.length() > policy.maxBodyBytes() ? Verdict.LEAVE : Verdict.STORE;
    }

    /** Returns whether the headers of a response allow to store it under a policy. */
    private static boolean mayStore(ResponseHead head, CachePolicy policy) {
        CacheControl control = head.control();
        if (head.forbidsStoring() || head.isPart() || head.authenticates()) {
            return false;
        }
        if (control.has("private") && !policy.keepPrivate()) {
            return false;
        }
        if (head.setsCookie() && !control.has("public")) {
            return false;
        }
        if (control.has("must-revalidate") && head.lifetime() <= head.ageAtReceipt()) {
            return false; // could never be given
        }
        return !head.varying().contains("*");
    }

    /**
     * Returns whether an answer tells that what was kept for its URI is no longer so: that of a request that changed
     * something there (RFC 9111, section 4.4). An error says nothing; nor does a method that only asks.
     */
    static boolean outdates(FallbackRequest request, int status) {
        return status >= 200 && status < 400 && request.identity() != null && !SAFE.contains(request.method());
    }

    /** Returns whether the head of a 304 says that what it speaks of may not be stored any more. */
    static boolean forbids(ResponseHead head, CachePolicy policy) {
        return !mayStore(head, policy);
    }

    /**
     * A stored response that a 304 speaks of, with the headers and the age that the 304 gives it (RFC 9111, section
     * 3.2).
     *
     * @return null: the 304 speaks of another representation, or does not tell of which
     */
    static @Nullable StoredResponse refreshed(
            StoredResponse kept, FallbackRequest request, ResponseHead head, long now) {
        ResponseHead before = new ResponseHead(kept.headers());
        if (!isSame(before, request, head)) {
            return null;
        }
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(kept.headers());
        head.headers().forEach((name, values) -> {
            if (!OF_THE_CONTENT.contains(name.toLowerCase(Locale.ROOT))) {
                headers.put(name, values);
            }
        });
        return kept(request, kept.status(), new ResponseHead(headers), kept.body(), now);
    }

    private static boolean isSame(ResponseHead before, FallbackRequest request, ResponseHead head) {
        if (head.entityTag() != null) {
            return head.entityTag().equals(before.entityTag());
        }
        if (head.lastModified() != null) {
            return head.lastModified().equals(before.lastModified());
        }
        List<String> tags = request.header("if-none-match");
        return tags.isEmpty()
                ? before.lastModified() != null
                        && request.header("if-modified-since").equals(List.of(before.lastModified()))
                : before.entityTag() != null && tags.equals(List.of(before.entityTag()));
    }

    /** An answer as it is kept. */
    static StoredResponse kept(FallbackRequest request, int status, ResponseHead head, StoredBody body, long now) {
        Map<String, List<String>> lasting = new LinkedHashMap<>();
        head.headers().forEach((name, values) -> {
            String key = name.toLowerCase(Locale.ROOT);
            if (!key.startsWith(":")
                    && !OF_ONE_CONNECTION.contains(key)
                    && !head.ofConnection().contains(key)) {
                lasting.put(name, List.copyOf(values));
            }
        });
        Map<String, String> varying = new TreeMap<>();
        for (String name : head.varying()) {
            varying.put(name, CacheKey.ofValues(request.header(name)));
        }
        FallbackRequest.Identity identity = request.identity();
        return new StoredResponse(
                status,
                lasting,
                body,
                varying,
                now - TimeUnit.SECONDS.toMillis(head.ageAtReceipt()),
                now,
                identity != null && identity.lasting());
    }

    /**
     * Returns the response to serve from a stored one, null: it may not be served.
     *
     * @param now in milliseconds since the epoch
     */
    static FallbackCandidate.@Nullable Response servedHeaders(
            StoredResponse kept, FallbackRequest request, CachePolicy policy, long now) {
        long resident = Math.max(0, now - kept.receivedAt());
        if (resident > TimeUnit.NANOSECONDS.toMillis(policy.ttlNanos())) {
            return null;
        }
        ResponseHead head = new ResponseHead(kept.headers());
        if (!policy.statuses().contains(kept.status()) || !mayStore(head, policy)) {
            return null; // it was stored under another configuration
        }
        CacheControl control = head.control();
        CacheControl asked = asks(request);
        long age = TimeUnit.MILLISECONDS.toSeconds(Math.max(0, now - Math.min(kept.madeAt(), head.madeAt(now))));
        long lifetime = head.lifetime();
        long stale = age - lifetime;
        if (stale > 0 && !mayBeStale(control, asked, stale)) {
            return null;
        }
        if (asked.has("no-cache")
                || (asked.has("max-age") && age > asked.seconds("max-age"))
                || (asked.has("min-fresh") && -stale < asked.seconds("min-fresh"))) {
            return null;
        }
        return toResponse(kept, age, lifetime - age, request.method());
    }

    private static boolean mayBeStale(CacheControl control, CacheControl asked, long stale) {
        if (control.has("must-revalidate")) {
            return false;
        }
        // RFC 5861, section 4: of the request and the response, either may say how stale.
        if (control.has("stale-if-error") && stale > control.seconds("stale-if-error")) {
            return asked.has("stale-if-error") && stale <= asked.seconds("stale-if-error");
        }
        if (asked.has("stale-if-error") && !control.has("stale-if-error")) {
            return stale <= asked.seconds("stale-if-error");
        }
        // A max-stale without a value allows any (RFC 9111, section 5.2.1.2).
        return !asked.has("max-stale") || asked.isBare("max-stale") || stale <= asked.seconds("max-stale");
    }

    private static FallbackCandidate.Response toResponse(StoredResponse kept, long age, long ttl, String method) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        List<String> status = new ArrayList<>();
        boolean length = false;
        for (Map.Entry<String, List<String>> header : kept.headers().entrySet()) {
            if (header.getKey().equalsIgnoreCase("Cache-Status")) {
                status.addAll(header.getValue());
            } else {
                headers.put(header.getKey(), header.getValue());
                length |= header.getKey().equalsIgnoreCase("Content-Length");
            }
        }
        if (!length && !method.equals("HEAD")) {
            headers.put("Content-Length", List.of(Integer.toString(kept.body().length())));
        }
        headers.put("Age", List.of(Long.toString(age)));
        // RFC 9211: the member of the cache that is nearest to the user comes last.
        status.add("holdfast; hit; ttl=" + ttl + "; detail=origin-failed");
        headers.put("Cache-Status", status);
        headers.put(FallbackCandidate.MARK, List.of(Strategy.CACHE.configName()));
        return new FallbackCandidate.Response(
                Strategy.CACHE, kept.status(), headers, kept.body().whole());
    }
}
