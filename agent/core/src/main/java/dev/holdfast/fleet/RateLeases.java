package dev.holdfast.fleet;

import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.policy.FleetShare;
import dev.holdfast.policy.LimitPolicy;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Keeps the leases of all rates that instances share: renews them, asks for more where calls need them, and gives back
 * what is not needed. One round trip for each rate and renewal, however many calls there are; none by a call. All on
 * the background thread of the store's client.
 */
public final class RateLeases {
    private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long RENEWAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Calls wait for a lease that decides for so many times as long as for another answer of the store. */
    private static final int ANSWERS_AWAITED = 10;

    /** The time that the client and its first connection may take. */
    private static final long FIRST_CONNECTION_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final StoreClient client;
    private final PolicyTargets targets;
    private final String instance = UUID.randomUUID().toString();
    private final Set<FleetShare> shares = ConcurrentHashMap.newKeySet();
    private final LongAdder renewals = new LongAdder();
    private final long began = System.nanoTime();
    private volatile boolean closed;

    /**
     * Begins.
     *
     * @param targets all policies with their origins
     */
    public RateLeases(StoreClient client, PolicyTargets targets) {
        this.client = client;
        this.targets = targets;
        targets.leaseRates(this::add);
        targets.all().forEach(this::add);
    }

    /** Ends with the next look. */
    public void close() {
        closed = true;
    }

    /** Returns how often a lease was renewed. */
    public long renewals() {
        return renewals.sum();
    }

    /** Returns how many rates are shared. */
    public int rates() {
        return shares.size();
    }

    /** Returns how many of them go by a share without the store at the moment. */
    public int alone() {
        long now = System.nanoTime();
        return (int) shares.stream().filter(share -> !share.isLeased(now)).count();
    }

    private void add(PolicyTarget target) {
        FleetShare share = target.fleetShare();
        if (share != null && !closed && shares.add(share)) {
            long answer = client.settings().timeoutNanos() * ANSWERS_AWAITED;
            long later = Math.max(answer, target.policy().limits().maxWaitNanos());
            long connecting = client.isUp() ? 0 : FIRST_CONNECTION_NANOS - (System.nanoTime() - began);
            share.awaitStore(Math.max(later, connecting), later);
            client.schedule(new Renewal(target, share), 0);
        }
    }

    /** Renews one lease again and again, until its target is forgotten. */
    private final class Renewal implements Runnable {
        private final FleetShare share;
        private final PolicyTarget target;
        private final LimitPolicy limits;
        private final String key;
        private boolean first = true;
        private long renewedAt;
        private int wantedThen;
        private boolean gaveBack = true;

        Renewal(PolicyTarget target, FleetShare share) {
            this.share = share;
            this.target = target;
            this.limits = target.policy().limits();
            this.key = key(target);
        }

        @Override
        public void run() {
            if (closed || !targets.isShared(target)) {
                shares.remove(share);
                return;
            }
            long pause = QUIET_NANOS;
            try {
                pause = look(System.nanoTime());
            } finally {
                client.schedule(this, pause);
            }
        }

        /** Returns the time until the next look. */
        private long look(long now) {
            boolean active = share.isActive(now);
            if (!active && gaveBack) {
                return QUIET_NANOS;
            }
            int wanted = share.wanted(now);
            boolean more = wanted > wantedThen && share.mayGrow(now);
            if (first || more || share.mustAsk() || now - renewedAt >= RENEWAL_NANOS) {
                first = false;
                renewedAt = now;
                wantedThen = wanted;
                gaveBack = !active && share.lanes(now) == 0;
                if (renew()) {
                    boolean unused = renew();
                }
            }
            return BUSY_NANOS;
        }

        private boolean renew() {
            boolean[] more = new boolean[1];
            boolean[] answered = new boolean[1];
            boolean must = share.mustAsk();
            share.asking(System.nanoTime());
            StoreCommand<?> command = connection -> {
                FleetShare.Request request = share.request(System.nanoTime());
                LeaseScript.Granted granted =
                        LeaseScript.run(connection, key, instance, limits.ratePermits(), limits.rateNanos(), request);
                if (granted != null) {
                    answered[0] = true;
                    renewals.increment();
                    more[0] = share.granted(
                            granted.lanes(), granted.others(), granted.turn(), request, System.nanoTime());
                }
                return null;
            };
            boolean done = must ? client.runAnyway(command) : client.run(command);
            if (!done || !answered[0]) {
                share.unreachable(System.nanoTime());
            }
            return more[0];
        }
    }

    /**
     * A name that is the same in each instance whatever its key, and its rate, so that another one does not double the
     * rate.
     */
    private String key(PolicyTarget target) {
        return client.settings().namespace()
                + ":q:"
                + SharedKey.plainName(target.policy().name() + '\n' + target.origin());
    }
}
