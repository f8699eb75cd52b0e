package dev.holdfast.fallback;

import dev.holdfast.call.Rights;
import dev.holdfast.policy.CachePolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The strategy {@code cache}: the last good answers, in memory and, where that is asked for, in files. Thread-safe. */
final class CachedAnswers {
    private final AnswerStore store;
    private final LongSupplier epochMillis;
    private final BiConsumer<String, @Nullable Throwable> reports;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private volatile @Nullable AnswerWriter writer;

    /**
     * None yet.
     *
     * @param epochMillis the wall clock: an answer may outlive the JVM
     * @param reports hears what goes wrong with files
     */
    CachedAnswers(LongSupplier epochMillis, BiConsumer<String, @Nullable Throwable> reports) {
        this.store = new AnswerStore();
        this.epochMillis = epochMillis;
        this.reports = reports;
    }

    /** What may be given for a request, null: nothing. */
    Offer.@Nullable Answer find(Request request, CachePolicy policy) {
        Offer.Answer found = CacheRules.concerns(request) ? look(request, policy) : null;
        (found == null ? misses : hits).increment();
        return found;
    }

    private Offer.@Nullable Answer look(Request request, CachePolicy policy) {
        String key = CacheKey.of(request, policy.keyHeaders());
        KeptAnswer kept = store.find(key, request);
        Offer.Answer given = kept == null ? null : given(kept, request, policy);
        if (given != null) {
            return given;
        }
        // Not there, or too old: another JVM that shares the directory may have heard from the origin since.
        KeptAnswer filed = fromFile(key, request, policy, kept == null ? Long.MIN_VALUE : kept.receivedAt());
        return filed == null ? null : given(filed, request, policy);
    }

    private Offer.@Nullable Answer given(KeptAnswer kept, Request request, CachePolicy policy) {
        return CacheRules.given(kept, request, policy, epochMillis.getAsLong());
    }

    private @Nullable KeptAnswer fromFile(String key, Request request, CachePolicy policy, long newerThan) {
        Request.Identity identity = request.identity();
        if (policy.directory().isEmpty() || identity == null || !identity.lasting()) {
            return null;
        }
        List<KeptAnswer> found =
                Rights.ours(() -> writer(policy.directory()).files().read(key, policy.maxBytes()));
        if (found == null) {
            return null;
        }
        for (KeptAnswer answer : found) {
            if (answer.fits(request) && answer.receivedAt() > newerThan) {
                store.put(key, answer, policy.maxBytes());
                return answer;
            }
        }
        return null;
    }

    /** Forgets what was kept for the same user and URI, where an answer tells that it is outdated. */
    void heed(Request request, int status, CachePolicy policy) {
        if (!CacheRules.outdates(request, status)) {
            return;
        }
        for (String method : List.of("GET", "HEAD")) {
            String key = CacheKey.of(request.by(method), policy.keyHeaders());
            store.forget(key);
            if (!policy.directory().isEmpty()) {
                Rights.ours(() -> writer(policy.directory())).delete(key);
            }
        }
    }

    /** Begins to record an answer, or returns null: it may not be kept. */
    @Nullable
    Recording record(Request request, int status, Map<String, List<String>> headers, CachePolicy policy) {
        AnswerHead head = new AnswerHead(headers);
        if (!CacheRules.mayKeep(request, status, head, policy)) {
            return null;
        }
        return new Recording(
                body -> keep(request, CacheRules.kept(request, status, head, body, epochMillis.getAsLong()), policy),
                defect -> reports.accept("an answer is not kept", defect),
                store,
                request.method().equals("HEAD") ? 0 : head.length(),
                policy.maxBodyBytes());
    }

    private void keep(Request request, KeptAnswer answer, CachePolicy policy) {
        String key = CacheKey.of(request, policy.keyHeaders());
        boolean toFile = answer.lasting() && !policy.directory().isEmpty();
        if (toFile) {
            answer.body().show();
        }
        store.put(key, answer, policy.maxBytes());
        if (toFile) {
            Rights.ours(() -> writer(policy.directory())).write(key, answer, policy.maxBytes());
        }
    }

    private AnswerWriter writer(String directory) {
        AnswerWriter current = writer;
        Path path = Path.of(directory);
        if (current == null || !current.files().directory().equals(path)) {
            synchronized (this) {
                current = writer;
                if (current == null || !current.files().directory().equals(path)) {
                    current = new AnswerWriter(new AnswerFiles(path), reports);
                    writer = current;
                }
            }
        }
        return current;
    }

    /** See {@link Fallbacks#cacheFigures}. */
    CacheFigures figures() {
        AnswerStore.Figures held = store.figures();
        return new CacheFigures(
                hits.sum(), misses.sum(), held.kept(), held.evicted(), held.entries(), held.bytes(), held.maxBytes());
    }
}
