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
    /** Held for what a key's answer in memory and its file have to see in the same order; never across I/O. */
    private final Object order = new Object();

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
        String key = CacheKey.of(request, policy);
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
        if (!isInFiles(request, policy)) {
            return null;
        }
        long began = store.invalidations();
        List<KeptAnswer> found = Rights.ours(() -> writer(policy.directory()).read(key, policy.maxBytes()));
        if (found == null) {
            return null;
        }
        for (KeptAnswer answer : found) {
            if (answer.fits(request) && answer.receivedAt() > newerThan) {
                store.setRoom(policy.maxBytes());
                return store.put(key, answer, began) ? answer : null;
            }
        }
        return null;
    }

    private static boolean isInFiles(Request request, CachePolicy policy) {
        Request.Identity identity = request.identity();
        return !policy.directory().isEmpty() && identity != null && identity.lasting();
    }

    /**
     * Forgets what was kept for the same user and URI, where the answer to a request that changed something tells so.
     */
    void heed(Request request, int status, CachePolicy policy) {
        if (CacheRules.outdates(request, status)) {
            forget(request, policy);
            Request asked = request.withoutChange();
            if (!asked.headers().equals(request.headers())) {
                forget(asked, policy);
            }
        }
    }

    private void forget(Request request, CachePolicy policy) {
        for (String method : List.of("GET", "HEAD")) {
            String key = CacheKey.of(request.by(method), policy);
            // One after the other, for a file must not be written by who came before and deleted before it was.
            synchronized (order) {
                store.forget(key);
                if (isInFiles(request, policy)) {
                    Rights.ours(() -> writer(policy.directory())).delete(key);
                }
            }
        }
    }

    /**
     * Hears of a response to a GET or HEAD.
     *
     * @return to be confirmed once it is known to be that URL's: the recording of its body, or of what its head says
     *     about what is stored; null: it says nothing
     */
    @Nullable
    Recording record(Request request, int status, Map<String, List<String>> headers, CachePolicy policy) {
        AnswerHead head = new AnswerHead(headers);
        if (status == 304) {
            return ofHead(() -> freshen(request, head, policy));
        }
        switch (CacheRules.verdict(request, status, head, policy)) {
            case LEAVE -> {
                return null;
            }
            case FORGET -> {
                if (status < 400) {
                    return ofHead(() -> forget(request, policy));
                }
                forget(request.whole(), policy); // whichever URL refused: the caller does not get there
                return null;
            }
            default -> store.setRoom(policy.maxBytes());
        }
        long began = store.invalidations();
        return new Recording(
                body -> {
                    KeptAnswer answer = CacheRules.kept(request, status, head, body, epochMillis.getAsLong());
                    keep(CacheKey.of(request, policy), answer, policy, began);
                },
                defect -> reports.accept("an answer is not kept", defect),
                store,
                request.method().equals("HEAD") ? 0 : head.length(),
                Math.min(policy.maxBodyBytes(), policy.maxBytes()));
    }

    private Recording ofHead(Runnable done) {
        return Recording.ofHead(done, defect -> reports.accept("what is kept may be outdated", defect), store);
    }

    private void keep(String key, KeptAnswer answer, CachePolicy policy, long began) {
        boolean toFile = answer.lasting() && !policy.directory().isEmpty();
        if (!toFile) {
            boolean unused = store.put(key, answer, began);
            return;
        }
        answer.body().show();
        synchronized (order) {
            if (store.put(key, answer, began)) {
                Rights.ours(() -> writer(policy.directory())).write(key, answer, policy.maxBytes());
            }
        }
    }

    /** The origin says that a representation is still valid (RFC 9111, section 4.3.4). */
    private void freshen(Request request, AnswerHead head, CachePolicy policy) {
        if (!CacheRules.concerns(request)) {
            return;
        }
        if (CacheRules.forbids(head, policy)) {
            forget(request, policy);
            return;
        }
        String key = CacheKey.of(request, policy);
        long now = epochMillis.getAsLong();
        long began = store.invalidations();
        KeptAnswer fresh = store.update(key, request, kept -> CacheRules.freshened(kept, request, head, now));
        if (isInFiles(request, policy)) {
            AnswerWriter files = Rights.ours(() -> writer(policy.directory()));
            if (fresh != null) {
                files.write(key, fresh, policy.maxBytes());
            } else {
                files.update(key, policy.maxBytes(), kept -> {
                    KeptAnswer updated = kept.fits(request) ? CacheRules.freshened(kept, request, head, now) : null;
                    return updated != null && store.put(key, updated, began) ? updated : null;
                });
            }
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
