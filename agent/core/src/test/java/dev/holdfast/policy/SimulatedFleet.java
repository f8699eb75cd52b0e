package dev.holdfast.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Instances, each with a clock of its own, that share a rate by way of a store, which goes away, comes back, and loses
 * what it knew; in one thread, on a clock that the test moves. The store's part is the script's, in Java.
 */
final class SimulatedFleet {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    /** The clock moves by so much at a time. */
    static final long STEP = 5 * MILLI;

    private static final long SILENCE = 1_500 * MILLI;
    private static final long GRACE = (FleetShare.RETURN_MILLIS + 1_000) * MILLI;

    final int permits;
    final long window;
    private final int most;
    private final Random random;
    private final List<Instance> instances = new ArrayList<>();
    private final Deque<Long> arrived = new ArrayDeque<>();
    private final List<Sent> onTheirWay = new ArrayList<>();
    private final Table table = new Table();
    private boolean calm;
    private boolean down;
    private long downSince;
    private long upSince;
    private long lostAt;
    private int names;

    SimulatedFleet(int permits, long window, int most, long seed) {
        this.permits = permits;
        this.window = window;
        this.most = most;
        this.random = new Random(seed);
        while (instances.size() < most) {
            instances.add(new Instance());
        }
    }

    /** Makes all instances busy from now on, and nothing fail. */
    void calm() {
        calm = true;
        instances.forEach(one -> one.load = 1);
    }

    List<Instance> instances() {
        return instances;
    }

    int sentInWindow() {
        return arrived.size();
    }

    /** Moves the clock, and lets each instance call and renew as it would. */
    void run(long now) {
        if (!calm) {
            disturb(now);
        }
        for (Instance one : instances) {
            if (!calm && random.nextInt(300) == 0) {
                one.load = random.nextBoolean() ? 0 : random.nextDouble() * 3;
            }
            // Of a program that goes on after a standstill, calls may be the first to do so.
            boolean callsFirst = random.nextBoolean();
            if (!callsFirst) {
                one.renew(now);
            }
            for (double left = one.load; random.nextDouble() < left; left--) {
                one.call(now);
            }
            if (callsFirst) {
                one.renew(now);
            }
        }
        onTheirWay.removeIf(sent -> {
            boolean there = sent.arrives <= now;
            if (there) {
                sent.by.limit.end(sent.turn, now + sent.by.ahead);
                arrived.add(now);
            }
            return there;
        });
        while (!arrived.isEmpty() && arrived.peek() <= now - window) {
            arrived.remove();
        }
    }

    private void disturb(long now) {
        if (random.nextInt(down ? 600 : 1_000) == 0) {
            down = !down;
            if (down) {
                downSince = now;
            } else {
                upSince = now;
                // One that was away before anybody had asked is taken for one that has been restarted.
                if (random.nextInt(3) == 0 || table.rows.isEmpty()) {
                    table.rows.clear();
                    table.last = Long.MIN_VALUE;
                    lostAt = now;
                }
            }
        }
        if (random.nextInt(1_000) == 0 && isCalm(now)) {
            instances.get(random.nextInt(instances.size())).standStill(now, random.nextInt(20_000) * MILLI);
        }
        if (random.nextInt(1_500) == 0) {
            // What an instance sent is known to nobody if it dies before it has come back to the store.
            if (isCalm(now)) {
                instances.remove(random.nextInt(instances.size()));
            }
            if (instances.size() < most) {
                instances.add(new Instance());
            }
        }
    }

    private boolean isCalm(long now) {
        return !down && now - upSince > window + RateLimit.way(window) + GRACE;
    }

    /** Returns whether an outage has begun so lately that leases may be in use still. */
    private boolean isFresh(long now) {
        return down && now - downSince < window + RateLimit.way(window) + (FleetShare.VALID_MILLIS + 1_000) * MILLI;
    }

    /** The hash of the store, in its own time. */
    private final class Table {
        final Map<Instance, Row> rows = new HashMap<>();
        long last = Long.MIN_VALUE;
        long grace;
        boolean shares;

        Row run(Instance id, FleetShare.Request request, long now) {
            long lease = FleetShare.VALID_MILLIS * MILLI + GRACE + window + RateLimit.way(window);
            if (last == Long.MIN_VALUE) {
                boolean lost = !request.fresh() || (lostAt != 0 && now - lostAt <= lease);
                grace = lost ? now + GRACE : now;
                shares = false;
            } else if (request.fresh()
                    && grace <= last
                    && rows.values().stream().allMatch(row -> row.hold == 0 && row.want == 0)) {
                grace = now;
            } else if (now - last > (grace > last ? SILENCE / 4 : SILENCE)) {
                long shift = now - last;
                rows.values().forEach(row -> row.ends += shift);
                shares = !(grace > last && !shares);
                grace = now + GRACE;
            }
            shares |= lostAt == 0 || now - lostAt > lease - GRACE;
            last = now;
            rows.values().removeIf(row -> row.ends < now);
            Row mine = rows.computeIfAbsent(id, key -> new Row());
            int others = others(id).stream().mapToInt(row -> row.hold).sum();
            int more = request.target();
            if (grace > now) {
                more = shares ? Math.min(more, request.alone()) : 0;
            }
            mine.hold = Math.max(request.declared(), Math.min(more, permits - others));
            mine.want = request.wanted();
            mine.ends = now + lease;
            return mine;
        }

        List<Row> others(Instance id) {
            return rows.entrySet().stream()
                    .filter(row -> row.getKey() != id)
                    .map(Map.Entry::getValue)
                    .toList();
        }

        long rank(Instance id) {
            return rows.entrySet().stream()
                    .filter(row -> row.getKey().name < id.name && row.getValue().want > 0)
                    .count();
        }
    }

    private record Sent(Instance by, RateLimit.Turn turn, long arrives) {}

    private static final class Row {
        int hold;
        int want;
        long ends;
    }

    /** One JVM. */
    final class Instance {
        final RateLimit limit = new RateLimit(1, window);
        final FleetShare share = new FleetShare(permits, window, limit, most);
        private final long ahead = random.nextLong() >> 1;
        private final int name = names++;
        double load;
        int sent;
        long sentAt;
        long longestPause;
        private boolean registered;
        private long nextLook;
        private long standsUntil = Long.MIN_VALUE;
        private long pause;
        private @Nullable Answer underWay;

        int lanes(long now) {
            return share.lanes(now + ahead);
        }

        /** Does nothing for a while; then it goes on as if nothing had been. */
        void standStill(long now, long nanos) {
            standsUntil = now + nanos;
            // If the store goes away now, it cannot know what others have got meanwhile, and are sending still.
            registered &= nanos <= FleetShare.VALID_MILLIS * MILLI;
        }

        /** Renews the lease as the agent does: answers take their time, and may be lost with the store. */
        void renew(long now) {
            if (now < standsUntil) {
                return;
            }
            Answer answer = underWay;
            if (answer != null) {
                if (now < answer.at) {
                    return;
                }
                underWay = null;
                if (answer.row == null) {
                    share.unreachable(now + ahead);
                    pause = Math.min(Math.max(100 * MILLI, pause * 2), 2_000 * MILLI);
                    nextLook = now + pause;
                    return;
                }
                pause = 0;
                share.granted(answer.hold, answer.others, answer.turn, answer.request, now + ahead);
            }
            if (now < nextLook || (!share.isActive(now + ahead) && answer == null && sent == 0)) {
                return;
            }
            nextLook = now + (random.nextInt(10) == 0 ? 5 : 250) * MILLI;
            FleetShare.Request request = share.request(now + ahead);
            // Whose very first request is lost does not know that the store is there.
            boolean lost = down || (share.isLeased(now + ahead) && random.nextInt(2_000) == 0 && !calm);
            boolean executed = !down;
            Row row = executed ? table.run(this, request, now) : null;
            long at = now + (lost ? random.nextInt(900) : random.nextInt(20)) * MILLI;
            registered |= row != null && !lost;
            underWay = new Answer(at, request, lost ? null : row, row);
        }

        void call(long now) {
            if (now < standsUntil || (!registered && isFresh(now))) {
                return; // cannot know what others are sending still: has its part at once, as the documentation says
            }
            RateLimit.Turn turn = share.prepare(true, now + ahead) ? limit.acquire(now + ahead, 0) : null;
            if (turn != null) {
                long way = RateLimit.way(window);
                long takes = random.nextInt(4) == 0 ? random.nextLong(way) : random.nextInt(10) * MILLI;
                onTheirWay.add(new Sent(this, turn, now + Math.min(takes, way - STEP)));
                sent++;
                longestPause = Math.max(longestPause, now - sentAt);
                sentAt = now;
            }
        }

        private final class Answer {
            final long at;
            final FleetShare.Request request;
            final @Nullable Row row;
            final int hold;
            final FairShare.Others others;
            final long turn;

            Answer(long at, FleetShare.Request request, @Nullable Row row, @Nullable Row counted) {
                this.at = at;
                this.request = request;
                this.row = row;
                this.hold = counted == null ? 0 : counted.hold;
                List<Row> rows = table.others(Instance.this);
                this.others = new FairShare.Others(
                        rows.stream().mapToInt(other -> other.hold).sum(),
                        rows.stream().mapToInt(other -> other.want).toArray());
                this.turn = table.rank(Instance.this) - table.last / FleetShare.turnNanos(window) * permits;
            }
        }
    }
}
