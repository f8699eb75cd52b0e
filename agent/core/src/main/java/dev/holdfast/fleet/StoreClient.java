package dev.holdfast.fleet;

import dev.holdfast.policy.StoreSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The one way to the shared store. Everything that the store does is done by two daemon threads: one for what calls
 * wait for, one for all else. A call waits for a few milliseconds at most, and not at all while the store is away or
 * slow; nothing that goes wrong here reaches it. Thread-safe.
 */
public final class StoreClient {
    /** The largest number of answers that are waited for at a time. */
    private static final int MOST_ASKED = 256;

    /** The largest number of tasks that wait to be done in the background. */
    private static final int MOST_WAITING = 1024;

    private static final long BETWEEN_NOTICES_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final String PROBE = ":probe";

    private final StoreSettings settings;
    private final StoreCircuit circuit;
    private final StoreThread asking;
    private final StoreThread background;
    private final BiConsumer<Boolean, String> notices;
    private final ConcurrentHashMap<String, CompletableFuture<?>> asked = new ConcurrentHashMap<>();
    private final List<Runnable> whenUp = new CopyOnWriteArrayList<>();
    private final LongAdder late = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private volatile boolean closed;
    /** True if a refusal was reported, and not yet its end. */
    private volatile boolean saidRefused;

    // Guarded by this.
    private @Nullable String said;
    private @Nullable String saidLast;
    private long saidAt;

    /**
     * Begins to connect.
     *
     * @param connector opens connections
     * @param notices receives what an operator should know, rarely: true with what does not work, false with what works
     *     again
     */
    public StoreClient(
            StoreSettings settings, StoreConnection.Connector connector, BiConsumer<Boolean, String> notices) {
        this.settings = settings;
        this.notices = notices;
        this.circuit = new StoreCircuit(settings.timeoutNanos());
        this.asking = new StoreThread(connector, "holdfast-store");
        this.background = new StoreThread(connector, "holdfast-store-background");
        asking.execute(this::probe);
    }

    /** Returns the settings. */
    public StoreSettings settings() {
        return settings;
    }

    /** Returns whether the store answers in time, as far as is known. */
    public boolean isUp() {
        return circuit.mayWait();
    }

    /** Adds what is to be done, by a thread of this, each time that the store can be used again. */
    public void whenUp(Runnable task) {
        whenUp.add(task);
    }

    /**
     * Asks the store something, and waits for the answer as long as a call may. Calls that ask the same at the same
     * time share the answer.
     *
     * @param key identifies the question
     * @param question asks it
     * @return null: there is no answer, or none in time
     */
    @SuppressWarnings("unchecked") // one key stands for one question, which has one type
    public <T> @Nullable T ask(String key, StoreCommand<T> question) {
        if (!circuit.mayWait() || closed || asked.size() >= MOST_ASKED) {
            skipped.increment();
            return null;
        }
        CompletableFuture<@Nullable T> mine = new CompletableFuture<>();
        CompletableFuture<@Nullable T> first = (CompletableFuture<@Nullable T>) asked.putIfAbsent(key, mine);
        if (first == null) {
            asking.execute(() -> answer(key, question, mine));
        }
        try {
            T answer = (first == null ? mine : first).get(settings.timeoutNanos(), TimeUnit.NANOSECONDS);
            circuit.inTime();
            return answer;
        } catch (TimeoutException e) {
            late.increment();
            if (circuit.late()) {
                say("answers later than timeout allows");
                probeLater();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            skipped.increment(); // which is reported
        }
        return null;
    }

    /** Whoever asks after the answer is there asks anew. */
    private <T> void answer(String key, StoreCommand<T> question, CompletableFuture<@Nullable T> to) {
        try {
            T answer = circuit.mayWrite() ? asking.use(question) : null;
            asked.remove(key, to);
            to.complete(answer);
            taken();
        } catch (IOException e) {
            asked.remove(key, to);
            to.completeExceptionally(e);
            failed(e);
        }
    }

    /** Returns whether a value can be sent to the store soon: it is not away, and not too much waits. */
    public boolean accepts() {
        return circuit.mayWrite() && !closed && background.waiting() < MOST_WAITING;
    }

    /** Counts a value that is not written. */
    public void dropped() {
        dropped.increment();
    }

    /** Does something on the background thread at a time to come, whatever the store's state is then. */
    public void schedule(Runnable task, long delayNanos) {
        if (!closed) {
            background.schedule(task, delayNanos);
        }
    }

    /**
     * Runs a command on the background thread, which calls this.
     *
     * @return whether the store has done it
     */
    public boolean run(StoreCommand<?> command) {
        return circuit.mayWrite() && runAnyway(command);
    }

    /** Runs a command as {@link #run} does, even where the store is known to be away. */
    boolean runAnyway(StoreCommand<?> command) {
        if (closed) {
            return false;
        }
        try {
            Object unused = background.use(command);
            writes.increment();
            taken();
            return true;
        } catch (IOException e) {
            failed(e);
            return false;
        }
    }

    private void failed(IOException e) {
        errors.increment();
        if (e instanceof StoreConnection.Refused) {
            // It is there, and answers: a full one can still be read.
            say("refuses a command (" + e.getMessage() + ")");
            saidRefused = true;
            return;
        }
        if (circuit.failed()) {
            say("cannot be used (" + describe(e) + ")");
            probeLater();
        }
    }

    /** By types alone: a message may repeat what was sent. */
    private static String describe(Throwable e) {
        Throwable deepest = e;
        for (int i = 0; i < 8 && deepest.getCause() != null; i++) {
            deepest = deepest.getCause();
        }
        return deepest instanceof StoreConnection.Refused
                ? String.valueOf(deepest.getMessage())
                : deepest.getClass().getSimpleName();
    }

    private void probeLater() {
        asking.schedule(this::probe, circuit.pauseNanos());
    }

    private void probe() {
        if (closed) {
            return;
        }
        try {
            // The first one of a connection takes longer, as the connection is opened.
            byte[] unused = asking.use(connection -> connection.read(settings.namespace() + PROBE, 1));
            long began = System.nanoTime();
            unused = asking.use(connection -> connection.read(settings.namespace() + PROBE, 1));
            if (circuit.probed(System.nanoTime() - began)) {
                works();
            } else {
                say("answers later than timeout allows");
                probeLater();
            }
        } catch (IOException e) {
            errors.increment();
            circuit.failed();
            say("cannot be used (" + describe(e) + ")");
            probeLater();
        }
    }

    /** The store has done something: perhaps the last of what it had refused. */
    private void taken() {
        if (saidRefused && !asking.refuses() && !background.refuses()) {
            sayInUse();
        }
    }

    private void sayInUse() {
        String before;
        synchronized (this) {
            before = said;
            said = null;
            saidRefused = false;
        }
        if (before != null) {
            notices.accept(false, name() + " is in use again");
        }
    }

    private void works() {
        sayInUse();
        for (Runnable task : whenUp) {
            background.execute(task);
        }
    }

    /** Says what does not work, once, and what comes and goes at most twice a minute. */
    private void say(String what) {
        synchronized (this) {
            long now = System.nanoTime();
            boolean again = what.equals(saidLast) && now - saidAt < BETWEEN_NOTICES_NANOS;
            if (what.equals(said) || again) {
                return;
            }
            said = what;
            saidLast = what;
            saidAt = now;
        }
        notices.accept(true, name() + ' ' + what + "; calls go on without it, as long as needed");
    }

    private String name() {
        return "the shared store " + (settings.source().isExternal() ? "at " : "") + settings.where();
    }

    /** Ends the threads, and closes the connections. */
    public void close() {
        closed = true;
        asking.close();
        background.close();
        new ArrayList<>(asked.values()).forEach(waiting -> waiting.cancel(false));
    }

    /**
     * Returns the figures.
     *
     * @param hits of reads, as their caller counts them
     * @param misses likewise
     * @param damaged likewise
     */
    public StoreStats stats(long hits, long misses, long damaged) {
        return new StoreStats(
                settings.where(),
                circuit.state().name().toLowerCase(Locale.ROOT),
                hits,
                misses,
                late.sum(),
                skipped.sum(),
                damaged,
                writes.sum(),
                dropped.sum(),
                errors.sum(),
                0,
                0,
                0,
                0,
                0);
    }
}
