package dev.holdfast.fallback;

import dev.holdfast.policy.CachePolicy;
import dev.holdfast.policy.Content;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
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

    private CacheRules() {}

    /** Whether any answer to a request may be kept, or given from what is kept. */
    static boolean concerns(Request request) {
        return (request.method().equals("GET") || request.method().equals("HEAD"))
                && !request.hasBody()
                && request.identity() != null
                && request.header("range").isEmpty()
                && !new Directives(request.header("cache-control")).has("no-store");
    }

    /**
     * Whether an answer may be kept.
     *
     * @param headers its headers
     */
    static boolean mayKeep(Request request, int status, Map<String, List<String>> headers, CachePolicy policy) {
        if (!concerns(request) || !policy.statuses().contains(status) || status == 206) {
            return false;
        }
        Map<String, List<String>> lower = lower(headers);
        Directives control = new Directives(all(lower, "cache-control"));
        if (control.has("no-store")
                || control.has("no-cache")
                || lower.containsKey(Offer.MARK.toLowerCase(Locale.ROOT))
                || lower.containsKey("content-range")) {
            return false;
        }
        if (control.has("private") && !Credentials.areIn(request)) {
            return false;
        }
        if (lower.containsKey("set-cookie") && !control.has("public")) {
            return false;
        }
        if (control.has("must-revalidate") && lifetime(lower, control) <= ageAtReceipt(lower)) {
            return false; // could never be given
        }
        return !varyNames(lower).contains("*")
                && Directives.seconds(first(lower, "content-length"), 0) <= policy.maxBodyBytes();
    }

    /** An answer as it is kept. */
    static KeptAnswer kept(Request request, int status, Map<String, List<String>> headers, Content body, long now) {
        Map<String, List<String>> lower = lower(headers);
        List<String> ofConnection = new ArrayList<>();
        for (String value : all(lower, "connection")) {
            for (String name : value.split(",", -1)) {
                ofConnection.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        long age = ageAtReceipt(lower);
        Map<String, List<String>> lasting = new LinkedHashMap<>();
        headers.forEach((name, values) -> {
            String key = name.toLowerCase(Locale.ROOT);
            if (!key.startsWith(":") && !OF_ONE_CONNECTION.contains(key) && !ofConnection.contains(key)) {
                lasting.put(name, List.copyOf(values));
            }
        });
        Map<String, String> varying = new TreeMap<>();
        for (String name : varyNames(lower)) {
            varying.put(name, CacheKey.ofValues(request.header(name)));
        }
        Request.Identity identity = request.identity();
        return new KeptAnswer(
                status,
                lasting,
                body,
                varying,
                now - TimeUnit.SECONDS.toMillis(age),
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
        Map<String, List<String>> lower = lower(kept.headers());
        Directives control = new Directives(all(lower, "cache-control"));
        Directives asked = new Directives(request.header("cache-control"));
        long age = TimeUnit.MILLISECONDS.toSeconds(Math.max(0, now - kept.madeAt()));
        long lifetime = lifetime(lower, control);
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
        return new Offer.Answer(Strategy.CACHE, kept.status(), headers, kept.body());
    }

    /** How long an answer is fresh, in seconds (RFC 9111, section 4.2.1); 0 where it does not say. */
    private static long lifetime(Map<String, List<String>> lower, Directives control) {
        if (control.has("max-age")) {
            return control.seconds("max-age");
        }
        String expires = first(lower, "expires");
        if (expires == null) {
            return 0;
        }
        Long until = date(expires);
        Long from = date(first(lower, "date"));
        return until == null || from == null ? 0 : Math.max(0, until - from);
    }

    private static long ageAtReceipt(Map<String, List<String>> lower) {
        return Directives.seconds(first(lower, "age"), 0);
    }

    private static @Nullable Long date(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toEpochSecond();
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static List<String> varyNames(Map<String, List<String>> lower) {
        List<String> names = new ArrayList<>();
        for (String value : all(lower, "vary")) {
            for (String name : value.split(",", -1)) {
                if (!name.isBlank()) {
                    names.add(name.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        return names;
    }

    private static Map<String, List<String>> lower(Map<String, List<String>> headers) {
        Map<String, List<String>> lower = new TreeMap<>();
        headers.forEach((name, values) -> lower.merge(name.toLowerCase(Locale.ROOT), values, (a, b) -> {
            List<String> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }));
        return lower;
    }

    private static List<String> all(Map<String, List<String>> lower, String name) {
        List<String> values = lower.get(name);
        return values == null ? List.of() : values;
    }

    private static @Nullable String first(Map<String, List<String>> lower, String name) {
        List<String> values = all(lower, name);
        return values.isEmpty() ? null : values.get(0);
    }
}
