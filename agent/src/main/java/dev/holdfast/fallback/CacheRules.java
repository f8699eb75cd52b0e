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
 * What may be kept, and what of it may be given, as RFC 9111 and RFC 5861 have it for a private cache that answers only
 * when the origin does not. Pure functions, thread-safe.
 *
 * <p>Stricter than the RFCs in two places, for a cache that serves all users of a program: an answer that sets a cookie is
 * not kept unless it says that it is public, and one that is private only where the request says who asks.
 */
final class CacheRules {
    private static final Set<String> OF_ONE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "set-cookie",
            "set-cookie2",
            "alt-svc",
            "age");

    /** Methods that change nothing (RFC 9110, section 9.2.1). */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private CacheRules() {}

    /** Whether any answer to a request may be kept, or given from what is kept. */
    static boolean concerns(Request request) {
        return (request.method().equals("GET") || request.method().equals("HEAD"))
                && !request.hasBody()
                && request.identity() != null
                && request.header("range").isEmpty()
                && !Directives.of(request.header("cache-control")).has("no-store");
    }

    /**
     * Whether an answer may be kept.
     *
     * @param head its headers
     */
    static boolean mayKeep(Request request, int status, AnswerHead head, CachePolicy policy) {
        if (!concerns(request) || !policy.statuses().contains(status) || status == 206) {
            return false;
        }
        Directives control = head.control();
        if (control.has("no-store") || control.has("no-cache") || head.isOurs() || head.isPart()) {
            return false;
        }
        if (control.has("private") && !Credentials.areIn(request)) {
            return false;
        }
        if (head.setsCookie() && !control.has("public")) {
            return false;
        }
        if (control.has("must-revalidate") && head.lifetime() <= head.ageAtReceipt()) {
            return false; // could never be given
        }
        return !head.varying().contains("*") && head.length() <= policy.maxBodyBytes();
    }

    /**
     * Whether an answer tells that what was kept for its URI is no longer so: that of a request that changed something there
     * (RFC 9111, section 4.4). An error says nothing; nor does a method that only asks.
     */
    static boolean outdates(Request request, int status) {
        return status >= 200 && status < 400 && request.identity() != null && !SAFE.contains(request.method());
    }

    /** An answer as it is kept. */
    static KeptAnswer kept(Request request, int status, AnswerHead head, Body body, long now) {
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
        Request.Identity identity = request.identity();
        return new KeptAnswer(
                status,
                lasting,
                body,
                varying,
                now - TimeUnit.SECONDS.toMillis(head.ageAtReceipt()),
                now,
                identity != null && identity.lasting());
    }

    /**
     * What is given of a kept answer, null: it may not be.
     *
     * @param now in milliseconds since the epoch
     */
    static Offer.@Nullable Answer given(KeptAnswer kept, Request request, CachePolicy policy, long now) {
        long resident = Math.max(0, now - kept.receivedAt());
        if (resident > TimeUnit.NANOSECONDS.toMillis(policy.ttlNanos())) {
            return null;
        }
        AnswerHead head = new AnswerHead(kept.headers());
        Directives control = head.control();
        Directives asked = Directives.of(request.header("cache-control"));
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
        return answer(kept, age, lifetime - age, request.method());
    }

    private static boolean mayBeStale(Directives control, Directives asked, long stale) {
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

    private static Offer.Answer answer(KeptAnswer kept, long age, long ttl, String method) {
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
        headers.put(Offer.MARK, List.of(Strategy.CACHE.configName()));
        return new Offer.Answer(
                Strategy.CACHE, kept.status(), headers, kept.body().whole());
    }
}
