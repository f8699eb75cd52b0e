package dev.holdfast.fallback;

import dev.holdfast.policy.CachePolicy;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The strategy {@code cache}: the last good answers. Thread-safe. */
final class CachedAnswers {
    private final AnswerStore store;
    private final LongSupplier epochMillis;

    /**
     * None yet.
     *
     * @param epochMillis the wall clock: an answer may outlive the JVM
     */
    CachedAnswers(LongSupplier epochMillis) {
        this.store = new AnswerStore(0);
        this.epochMillis = epochMillis;
    }

    /** What may be given for a request, null: nothing. */
    Offer.@Nullable Answer find(Request request, CachePolicy policy) {
        if (!CacheRules.concerns(request)) {
            return null;
        }
        KeptAnswer kept = store.find(CacheKey.of(request, policy.keyHeaders()), request);
        return kept == null ? null : CacheRules.given(kept, request, policy, epochMillis.getAsLong());
    }

    /** Begins to record an answer, or returns null: it may not be kept. */
    @Nullable
    Recording record(Request request, int status, Map<String, List<String>> headers, CachePolicy policy) {
        if (!CacheRules.mayKeep(request, status, headers, policy)) {
            return null;
        }
        return new Recording(
                body -> {
                    KeptAnswer kept = CacheRules.kept(request, status, headers, body, epochMillis.getAsLong());
                    store.resize(policy.maxBytes());
                    store.put(CacheKey.of(request, policy.keyHeaders()), kept);
                },
                request.method().equals("HEAD") ? 0 : length(headers),
                policy.maxBodyBytes());
    }

    private static long length(Map<String, List<String>> headers) {
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            if (header.getKey().toLowerCase(Locale.ROOT).equals("content-length")) {
                return Directives.seconds(header.getValue().get(0), 0);
            }
        }
        return 0;
    }

    /** How many bytes are taken. */
    long bytes() {
        return store.bytes();
    }
}
