package dev.holdfast.fallback;

import dev.holdfast.call.Privileges;
import dev.holdfast.fleet.StoreStats;
import dev.holdfast.policy.CachePolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The strategy {@code cache}: the last good answers, in memory and, where that is asked for, in files and in a shared
 * store. Thread-safe.
 */
final class CachedResponses {
    private final ResponseCache store;
    private final LongSupplier epochMillis;
    private final BiConsumer<String, @Nullable Throwable> reports;
    /** Held for what a key's answer in memory and its file have to see in the same order; never across I/O. */
    private final Object order = new Object();

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private volatile @Nullable DiskCacheWriter writer;
    private volatile @Nullable SharedResponses shared;

    /**
     * None yet.
     *
     * @param epochMillis the wall clock: an answer may outlive the JVM
     * @param reports receives the defects of files
     */
    CachedResponses(LongSupplier epochMillis, BiConsumer<String, @Nullable Throwable> reports) {
        this.store = new ResponseCache();
        this.epochMillis = epochMillis;
        this.reports = reports;
    }

    /** Keeps answers in a store of several JVMs too, from now on; null: no longer. */
    void share(@Nullable SharedResponses with) {
        shared = with;
    }

    /** Returns the stored response that may be served for a request, null: none. */
    FallbackCandidate.@Nullable Response find(FallbackRequest request, CachePolicy policy) {
        FallbackCandidate.Response found = CacheStrategy.concerns(request) ? look(request, policy) : null;
        (found == null ? misses : hits).increment();
        return found;
    }

    private FallbackCandidate.@Nullable Response look(FallbackRequest request, CachePolicy policy) {
        String key = CacheKey.of(request, policy);
        StoredResponse kept = store.find(key, request);
        FallbackCandidate.Response given = kept == null ? null : given(kept, request, policy);
        if (given != null) {
            return given;
        }
        // Not there, or too old: another JVM that shares the directory may have heard from the origin since.
        StoredResponse filed = fromFile(key, request, policy, kept == null ? Long.MIN_VALUE : kept.receivedAt());
        given = filed == null ? null : given(filed, request, policy);
        if (given != null) {
            return given;
        }
        StoredResponse latest = filed == null ? kept : filed;
        StoredResponse others = fromOthers(key, request, policy, latest == null ? Long.MIN_VALUE : latest.receivedAt());
        return others == null ? null : given(others, request, policy);
    }

    private @Nullable StoredResponse fromOthers(
            String key, FallbackRequest request, CachePolicy policy, long newerThan) {
        SharedResponses from = shared;
        if (from == null || !isLasting(request)) {
            return null;
        }
        long began = store.invalidations();
        StoredResponse found = from.find(key, request, policy, newerThan);
        if (found == null) {
            return null;
        }
        store.setCapacity(policy.maxBytes());
        return store.put(key, found, began) ? found : null;
    }

    private FallbackCandidate.@Nullable Response given(
            StoredResponse kept, FallbackRequest request, CachePolicy policy) {
        return CacheStrategy.servedHeaders(kept, request, policy, epochMillis.getAsLong());
    }

    private @Nullable StoredResponse fromFile(String key, FallbackRequest request, CachePolicy policy, long newerThan) {
        if (!isInFiles(request, policy)) {
            return null;
        }
        long began = store.invalidations();
        List<StoredResponse> found =
                Privileges.withOwnPrivileges(() -> writer(policy).read(key, policy.maxBytes()));
        if (found == null) {
            return null;
        }
        for (StoredResponse response : found) {
            if (response.matches(request) && response.receivedAt() > newerThan) {
                store.setCapacity(policy.maxBytes());
                return store.put(key, response, began) ? response : null;
            }
        }
        return null;
    }

    private static boolean isInFiles(FallbackRequest request, CachePolicy policy) {
        return !policy.directory().isEmpty() && isLasting(request);
    }

    /** Returns whether the caller means the same in another JVM. */
    private static boolean isLasting(FallbackRequest request) {
        FallbackRequest.Identity identity = request.identity();
        return identity != null && identity.lasting();
    }

    /**
     * Forgets what was kept for the same user and URI, where the answer to a request that changed something tells so.
     */
    void invalidate(FallbackRequest request, int status, CachePolicy policy) {
        if (CacheStrategy.outdates(request, status)) {
            remove(request, policy);
            FallbackRequest asked = request.withoutChange();
            if (!asked.headers().equals(request.headers())) {
                remove(asked, policy);
            }
        }
    }

    private void remove(FallbackRequest request, CachePolicy policy) {
        for (String method : List.of("GET", "HEAD")) {
            String key = CacheKey.of(request.by(method), policy);
            // One after the other, for a file must not be written by who came before and deleted before it was.
            synchronized (order) {
                store.invalidate(key);
                if (isInFiles(request, policy)) {
                    Privileges.withOwnPrivileges(() -> writer(policy)).delete(key);
                }
                SharedResponses with = shared;
                if (with != null && isLasting(request)) {
                    with.delete(key, policy);
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
    ResponseRecording record(
            FallbackRequest request, int status, Map<String, List<String>> headers, CachePolicy policy) {
        ResponseHead head = new ResponseHead(headers);
        if (status == 304) {
            return ofHead(() -> refresh(request, head, policy));
        }
        switch (CacheStrategy.verdict(request, status, head, policy)) {
            case LEAVE -> {
                return null;
            }
            case FORGET -> {
                if (status < 400) {
                    return ofHead(() -> remove(request, policy));
                }
                remove(request.whole(), policy); // whichever URL refused: the caller does not get there
                return null;
            }
            default -> store.setCapacity(policy.maxBytes());
        }
        long began = store.invalidations();
        return new ResponseRecording(
                body -> {
                    StoredResponse response = CacheStrategy.kept(request, status, head, body, epochMillis.getAsLong());
                    keep(CacheKey.of(request, policy), response, policy, began);
                },
                defect -> reports.accept("a response is not stored", defect),
                store,
                request.method().equals("HEAD") ? 0 : head.length(),
                Math.min(policy.maxBodyBytes(), policy.maxBytes()));
    }

    private ResponseRecording ofHead(Runnable done) {
        return ResponseRecording.ofHead(done, defect -> reports.accept("what is kept may be outdated", defect), store);
    }

    private void keep(String key, StoredResponse response, CachePolicy policy, long began) {
        boolean toFile = response.lasting() && !policy.directory().isEmpty();
        SharedResponses with = response.lasting() ? shared : null;
        if (!toFile && with == null) {
            boolean unused = store.put(key, response, began);
            return;
        }
        response.body().show();
        synchronized (order) {
            if (!store.put(key, response, began)) {
                return;
            }
            if (toFile) {
                Privileges.withOwnPrivileges(() -> writer(policy)).write(key, response, policy.maxBytes());
            }
            if (with != null) {
                with.write(key, response, policy);
            }
        }
    }

    /** The origin says that a representation is still valid (RFC 9111, section 4.3.4). */
    private void refresh(FallbackRequest request, ResponseHead head, CachePolicy policy) {
        if (!CacheStrategy.concerns(request)) {
            return;
        }
        if (CacheStrategy.forbids(head, policy)) {
            remove(request, policy);
            return;
        }
        String key = CacheKey.of(request, policy);
        long now = epochMillis.getAsLong();
        long began = store.invalidations();
        StoredResponse fresh = store.update(key, request, kept -> CacheStrategy.refreshed(kept, request, head, now));
        SharedResponses with = shared;
        if (fresh != null && with != null && fresh.lasting()) {
            with.write(key, fresh, policy);
        }
        if (isInFiles(request, policy)) {
            DiskCacheWriter files = Privileges.withOwnPrivileges(() -> writer(policy));
            if (fresh != null) {
                files.write(key, fresh, policy.maxBytes());
            } else {
                files.update(key, policy.maxBytes(), kept -> {
                    StoredResponse updated =
                            kept.matches(request) ? CacheStrategy.refreshed(kept, request, head, now) : null;
                    return updated != null && store.put(key, updated, began) ? updated : null;
                });
            }
        }
    }

    private DiskCacheWriter writer(CachePolicy policy) {
        DiskCacheWriter current = writer;
        Path path = Path.of(policy.directory());
        if (current == null || !current.files().directory().equals(path)) {
            synchronized (this) {
                current = writer;
                if (current == null || !current.files().directory().equals(path)) {
                    current = new DiskCacheWriter(new DiskCache(path, policy.directorySource()), reports);
                    writer = current;
                }
            }
        }
        return current;
    }

    /** Returns the figures of the shared store, null: there is none. */
    @Nullable
    StoreStats storeFigures() {
        SharedResponses with = shared;
        return with == null ? null : with.stats();
    }

    /** See {@link FallbackStrategies#cacheFigures}. */
    CacheStats figures() {
        ResponseCache.Figures held = store.figures();
        return new CacheStats(
                hits.sum(), misses.sum(), held.kept(), held.evicted(), held.entries(), held.bytes(), held.maxBytes());
    }
}
