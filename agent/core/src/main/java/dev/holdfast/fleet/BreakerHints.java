package dev.holdfast.fleet;

import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.policy.CircuitBreaker;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Tells other instances which breakers have opened, and the breakers of this one what others tell: see
 * {@link CircuitBreaker#hint}. A call adds to a set at most; one round trip, four times a second and for all breakers
 * together, does the rest on the background thread of the store's client, as long as a breaker is in use. What cannot
 * be told now is not told later: nothing would be new in it.
 */
public final class BreakerHints {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long IN_USE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final StoreClient client;
    private final PolicyTargets targets;
    private final String key;
    private final @Nullable SharedKey sharedKey;
    private final String instance = UUID.randomUUID().toString();
    private final Set<PolicyTarget> opened = ConcurrentHashMap.newKeySet();
    private final LongAdder sent = new LongAdder();
    private final LongAdder taken = new LongAdder();
    private volatile boolean closed;
    /** Only of the background thread. */
    private long last;

    /**
     * Begins.
     *
     * @param targets all policies with their origins
     */
    public BreakerHints(StoreClient client, PolicyTargets targets) {
        this.client = client;
        this.targets = targets;
        this.key = client.settings().namespace() + ":b";
        String secret = client.settings().key();
        this.sharedKey = secret.isEmpty() ? null : new SharedKey(secret);
        targets.hintOpenings(this::opened);
        client.schedule(this::run, 0);
    }

    /** Ends with the next look. */
    public void close() {
        closed = true;
    }

    /** Returns how many breakers of this instance the others were told of. */
    public long sent() {
        return sent.sum();
    }

    /** Returns how many hints of others the breakers of this instance took into account. */
    public long taken() {
        return taken.sum();
    }

    /** Returns how many breakers have opened that the store was not told of yet. */
    int untold() {
        return opened.size();
    }

    private void opened(PolicyTarget target) {
        if (!closed && opened.size() < HintScript.MOST) {
            opened.add(target);
        }
    }

    private void run() {
        if (closed) {
            return;
        }
        try {
            look();
        } finally {
            client.schedule(this::run, LOOK_NANOS);
        }
    }

    private void look() {
        List<PolicyTarget> told = List.copyOf(opened);
        told.forEach(opened::remove);
        if (told.isEmpty() && !targets.hasBreakerInUse(System.nanoTime(), IN_USE_NANOS)) {
            return;
        }
        List<String> names = told.stream().map(this::name).toList();
        boolean unused = client.run(connection -> {
            HintScript.Hints hints = HintScript.run(connection, key, instance, last, names);
            if (hints != null) {
                last = hints.last();
                sent.add(names.size());
                hints(hints.names());
            }
            return null;
        });
    }

    private void hints(Set<String> names) {
        if (names.isEmpty()) {
            return;
        }
        for (PolicyTarget target : targets.all()) {
            CircuitBreaker breaker = target.breaker();
            if (breaker != null && names.contains(name(target)) && breaker.hint(System.nanoTime())) {
                taken.increment();
            }
        }
    }

    private String name(PolicyTarget target) {
        String text = target.policy().name() + '\n' + target.origin();
        return sharedKey == null ? SharedKey.plainName(text) : sharedKey.name("breaker\n" + text);
    }
}
