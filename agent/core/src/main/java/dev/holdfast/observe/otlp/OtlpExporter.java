package dev.holdfast.observe.otlp;

import dev.holdfast.observe.Log;
import dev.holdfast.observe.Recurrence;
import dev.holdfast.observe.Snapshot;
import dev.holdfast.observe.meters.OtlpEncoder;
import dev.holdfast.policy.OtlpExport;
import dev.holdfast.policy.ValueSource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pushes all meters to a receiver of OTLP, wherever the configuration wants them at the moment, and once more when the
 * JVM ends. One daemon thread, which mostly sleeps. The values are cumulative, so a push that fails is not repeated:
 * the next one says everything. That the receiver cannot be reached is logged when it begins, at growing intervals, and
 * when it is over. Thread-safe.
 */
public final class OtlpExporter {
    /** The longest time that the end of the JVM waits for the last push. */
    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_REASONS = 5;

    private final Supplier<Snapshot> status;
    private final String agent;
    private final Log log;
    private final BiConsumer<String, Throwable> defects;
    private @Nullable OtlpExport wanted;
    /** Another number whenever something else is wanted. */
    private int generation;

    private @Nullable Thread thread;
    private @Nullable OtlpHttpSender posting;
    private boolean hooked;
    private boolean ending;
    private boolean ended;

    /**
     * Nothing is pushed yet.
     *
     * @param status what is pushed
     * @param agent how the requests name their sender
     * @param log told where meters go, and that they cannot
     * @param defects told of what goes wrong here
     */
    public OtlpExporter(Supplier<Snapshot> status, String agent, Log log, BiConsumer<String, Throwable> defects) {
        this.status = status;
        this.agent = agent;
        this.log = log;
        this.defects = defects;
    }

    /** Pushes where it is wanted; null: nowhere. */
    public synchronized void want(@Nullable OtlpExport receiver) {
        if (Objects.equals(receiver, wanted)) {
            return;
        }
        wanted = receiver;
        generation++;
        if (posting != null) {
            posting.close();
        }
        notifyAll();
        if (receiver == null) {
            log.say(Log.Level.INFO, "meters are not pushed any more");
        } else if (thread == null) {
            thread = started(new Thread(null, this::run, "holdfast-otlp"));
            hook();
        }
    }

    private void hook() {
        if (!hooked) {
            hooked = true;
            try {
                Runtime.getRuntime().addShutdownHook(quiet(new Thread(null, this::last, "holdfast-otlp-last")));
            } catch (IllegalStateException e) {
                ending = true; // the JVM ends already
            }
        }
    }

    private static Thread started(Thread thread) {
        quiet(thread).start();
        return thread;
    }

    private static Thread quiet(Thread thread) {
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        return thread;
    }

    /** Ends a request that takes too long; to be called every second or so. */
    public void tick() {
        OtlpHttpSender current;
        synchronized (this) {
            current = posting;
        }
        if (current != null) {
            current.overdue();
        }
    }

    /** Pushes once more while the JVM shuts down; bounded, so that the exit is not held up. */
    private synchronized void last() {
        ending = true;
        notifyAll();
        long until = System.nanoTime() + LAST_NANOS;
        try {
            while (thread != null && !ended) {
                long left = until - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            int before = 0;
            for (Round round = next(before); round != null; round = next(before)) {
                before = round.number;
                if (!completes(round)) {
                    before--; // the same once more
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody who knows this thread does that
        } catch (RuntimeException | LinkageError e) {
            defects.accept("meters are not pushed any more", e);
        } finally {
            over();
        }
    }

    /**
     * Pushes until something else is wanted.
     *
     * @return false: an error ended it that the program survives, an {@code OutOfMemoryError} above all
     */
    private boolean completes(Round round) throws InterruptedException {
        try {
            round.run();
            return true;
        } catch (LinkageError e) {
            throw e; // the same each time
        } catch (Error e) {
            try {
                defects.accept("an error in the push of meters; it goes on", e);
            } catch (RuntimeException | Error again) {
                // There is no memory left to report it.
            }
            LockSupport.parkNanos(PAUSE_NANOS); // allocates nothing
            return false;
        }
    }

    /** Returns the next round after a change of the configuration; null ends the thread. */
    private synchronized @Nullable Round next(int before) throws InterruptedException {
        while (wanted != null && generation == before && !ended) {
            wait();
        }
        OtlpExport to = wanted;
        if (to == null || ended) {
            thread = null; // whoever wants something from here on starts another
            return null;
        }
        return new Round(to, generation);
    }

    private synchronized void over() {
        if (thread == Thread.currentThread()) {
            thread = null;
        }
        notifyAll();
    }

    private synchronized boolean begin(OtlpHttpSender otlpHttpSender, int number) {
        posting = otlpHttpSender;
        return number == generation;
    }

    private synchronized void ended() {
        ended = true;
        notifyAll();
    }

    private synchronized boolean isWanted(int number) {
        return number == generation;
    }

    /** Waits for the time of a push. */
    private synchronized Turn turn(int number, long at) throws InterruptedException {
        while (number == generation) {
            long left = at - System.nanoTime();
            if (ending || left <= 0) {
                return ending ? Turn.LAST : Turn.ONE_OF_MANY;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return Turn.NONE;
    }

    private enum Turn {
        ONE_OF_MANY,
        LAST,
        NONE
    }

    /** The pushes to one receiver, until another is wanted. */
    private final class Round {
        private final OtlpExport to;
        private final int number;
        private @Nullable OtlpEncoder encoder;
        /** The reasons of recent failures that are in the log already. */
        private final Set<String> reasons = new HashSet<>();

        private Recurrence trouble = new Recurrence(System.nanoTime());
        private long failed;

        Round(OtlpExport to, int number) {
            this.to = to;
            this.number = number;
        }

        void run() throws InterruptedException {
            OtlpHttpSender otlpHttpSender = post();
            if (otlpHttpSender == null || !begin(otlpHttpSender, number)) {
                return;
            }
            log.say(
                    Log.Level.INFO,
                    "meters are pushed to " + otlpHttpSender.shown() + " every " + time(to.stepNanos()));
            // Programs that start together do not push together.
            long at = System.nanoTime() + ThreadLocalRandom.current().nextLong(to.stepNanos());
            for (Turn turn = turn(number, at); turn != Turn.NONE; turn = turn(number, at)) {
                push(otlpHttpSender);
                if (turn == Turn.LAST) {
                    ended();
                    return;
                }
                at = Math.max(at + to.stepNanos(), System.nanoTime());
            }
        }

        private @Nullable OtlpHttpSender post() {
            try {
                OtlpEncoder made = new OtlpEncoder(to.resourceAttributes());
                Map<String, List<String>> headers = new LinkedHashMap<>();
                made.environmentHeaders().forEach((name, value) -> headers.put(name, List.of(value)));
                to.headers().forEach((name, values) -> {
                    headers.keySet().removeIf(name::equalsIgnoreCase);
                    headers.put(name, values);
                });
                encoder = made;
                return new OtlpHttpSender(
                        OtlpEndpoint.find(to.url(), to.source(), System::getenv), agent, headers, to.timeoutNanos());
            } catch (IllegalArgumentException e) {
                log.say(Log.Level.WARN, "meters cannot be pushed: " + e.getMessage());
                return null;
            }
        }

        private void push(OtlpHttpSender otlpHttpSender) {
            OtlpEncoder used = encoder;
            if (used == null) {
                return;
            }
            try {
                long[] rejected = {0};
                used.encode(status.get(), message -> rejected[0] += accepted(used, otlpHttpSender.send(message)));
                if (rejected[0] == 0) {
                    succeeded(otlpHttpSender);
                } else {
                    failed(otlpHttpSender, "it does not take all values");
                }
            } catch (IOException e) {
                failed(otlpHttpSender, reason(e, otlpHttpSender.source()));
            }
        }

        private long accepted(OtlpEncoder used, OtlpHttpSender.Response response) throws IOException {
            if (response.status() >= 300) {
                throw new Refused(response.status());
            }
            return used.rejected(response.body());
        }

        private String reason(IOException e, ValueSource source) {
            if (e instanceof Refused refused) {
                return "it responds with status " + refused.status;
            } else if (e instanceof SocketTimeoutException) {
                return "no response within " + time(to.timeoutNanos());
            } else if (e instanceof UnknownHostException) {
                return "no address is known for that name";
            }
            if (e instanceof ConnectException) {
                return "no connection";
            }
            // The message of a failed handshake names the host.
            return source.isExternal() ? source.reason(e, null) : String.valueOf(e.getMessage());
        }

        private void failed(OtlpHttpSender otlpHttpSender, String why) {
            failed++;
            if (!isWanted(number)) {
                return;
            }
            long now = System.nanoTime();
            boolean begins = false;
            if (!trouble.lasts()) {
                if (trouble.isOver(now)) {
                    trouble = new Recurrence(now);
                    reasons.clear();
                }
                begins = trouble.begin(now);
            }
            boolean another = reasons.size() < MOST_REASONS && reasons.add(why);
            boolean reminder = trouble.isReminderDue(now);
            if (begins || another || reminder) {
                log.pushes(
                        Log.Level.WARN,
                        "meters cannot be pushed to " + otlpHttpSender.shown() + ": " + why
                                + "; it is tried again every "
                                + time(to.stepNanos())
                                + (failed == 1
                                        ? ""
                                        : "; " + failed + " pushes have failed since the last that succeeded"));
            }
        }

        private void succeeded(OtlpHttpSender otlpHttpSender) {
            if (trouble.end(System.nanoTime())) {
                log.pushes(
                        Log.Level.INFO,
                        "meters are pushed to " + otlpHttpSender.shown() + " again, after " + failed
                                + (failed == 1 ? " push that failed" : " pushes that failed"));
            }
            failed = 0;
        }
    }

    private static String time(long nanos) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }

    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1;
        private final int status;

        Refused(int status) {
            super("status " + status);
            this.status = status;
        }
    }
}
