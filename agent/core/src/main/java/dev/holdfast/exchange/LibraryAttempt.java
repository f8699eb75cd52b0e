package dev.holdfast.exchange;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Step;
import dev.holdfast.policy.StreamingMediaTypes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a library's call, and what it gave. Cut off when its time is up before the response's head is there,
 * or before a body is complete that is held back; a response that arrived in time is delivered whole. A wait for
 * something of the program's own is no part of its time, but of the call's.
 *
 * @param <R> the library's response
 */
final class LibraryAttempt<R> extends AttemptClock
        implements FinalResult.Candidate, BiConsumer<@Nullable R, @Nullable Throwable> {
    /** The largest body that is kept until the call has ended. */
    private static final int MAX_KEPT = 16 * 1024;
    /** The largest body that is read to its end so that its connection can be used again. */
    private static final int MAX_DRAINED = 64 * 1024;

    /** The longest time that this takes: the wait begins behind it, and neither deadline nor interrupt ends it. */
    private static final long MAX_DRAINING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long REPEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final LibraryCall<R> call;
    private final LibraryTransport<R> transport;
    private final LibraryTransport.Attempt<R> inner;
    private final Step.Send send;
    /** True once the time was up before the end. Written with the monitor of this. */
    private volatile boolean late;
    /** True once it has ended. Written with the monitor of this where its time is limited. */
    private volatile boolean over;
    /** Written with the monitor of this. */
    private volatile @Nullable Future<?> timer;
    /** The end of its time, where that is limited. */
    private volatile long endsAt;

    /** Hears what follows, where the attempt is started and not sent. */
    private @Nullable Consumer<Step> hears;

    private volatile boolean heard;
    private volatile boolean lost;
    private volatile @Nullable R response;
    private volatile @Nullable Throwable error;
    private volatile boolean refused;
    /** True if nothing of the response is on a connection any more. */
    private volatile boolean detached;

    /** An attempt that was not sent. */
    LibraryAttempt(LibraryCall<R> call, Step.Send send) {
        super(call.session().engine(), call.session().sentAt(), send.timeoutNanos() != Long.MAX_VALUE);
        this.call = call;
        this.transport = call.transport();
        this.send = send;
        this.inner = transport.attempt(send);
    }

    /** The library's side of it. */
    LibraryTransport.Attempt<R> inner() {
        return inner;
    }

    /** The attempt's number. */
    int number() {
        return send.attempt();
    }

    /** Sends it on the calling thread, and says what follows from what it gave. */
    Step send() {
        startTimer();
        R given;
        try {
            given = inner.send();
        } catch (Throwable e) {
            return ended(null, e, Thread.currentThread().isInterrupted());
        }
        return ended(given, null, false);
    }

    /**
     * Sends it, and comes back at its end or before.
     *
     * @param then hears, once and on whatever thread, what follows from what it gave
     */
    void start(Consumer<Step> then) {
        hears = then;
        startTimer();
        try {
            inner.start(this);
        } catch (RuntimeException | Error e) {
            if (heard) {
                throw e;
            }
            then.accept(ended(null, e, false)); // it was not started, and nobody else says so
        }
    }

    /** The library says how the attempt ended that was started. */
    @Override
    public void accept(@Nullable R given, @Nullable Throwable failure) {
        heard = true;
        Objects.requireNonNull(hears).accept(ended(given, failure, false));
    }

    /** Cancels it; it ends as the library ends it. Any thread. */
    void cancel() {
        inner.cancel();
    }

    /** Cancels it because the attempt beside it won. */
    void lose() {
        lost = true;
        if (!over) {
            inner.cancel();
        }
    }

    // ---- its time

    private void startTimer() {
        inner.clock(this);
        if (isLimited()) {
            endsIn(send.timeoutNanos());
        }
    }

    /** Returns whether the policy limits its time, which waits of the program's own do not change. */
    private boolean isLimited() {
        return send.timeoutNanos() != Long.MAX_VALUE;
    }

    /** The rest of the time that it is to stay alone, in nanoseconds. */
    long stillAlone(long nanos) {
        long left = nanos - (engine().nanoTime() - begunAt() - waitedNanos());
        return isPaused() ? Math.max(left, REPEAT_NANOS) : left;
    }

    @Override
    void waited(long nanos) {
        long rest = call.session().heldUp(number(), nanos);
        if (rest != Long.MAX_VALUE && !over && !late) {
            endsIn(rest);
        }
    }

    private void endsIn(long nanos) {
        endsAt = engine().nanoTime() + nanos;
        arm(nanos);
    }

    private synchronized void arm(long nanos) {
        disarm();
        if (!over) {
            timer = engine().schedule(this::timeIsUp, nanos);
        }
    }

    private synchronized void disarm() {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
    }

    /** The rest of its time; during a wait, that of the call. */
    private long rest() {
        long now = engine().nanoTime();
        return isPaused() ? call.session().session().remainingNanos(now) : endsAt - now;
    }

    /** On the timer's thread. A cancel may come too early to have an effect, so that it is repeated. */
    private void timeIsUp() {
        long rest = over || late ? 0 : rest();
        if (rest > 0) {
            // Of the end of a wait the time hears only where the wait was long enough to count.
            arm(rest == Long.MAX_VALUE ? REPEAT_NANOS : rest);
            return;
        }
        if (cut()) {
            engine().onThread(inner::cancel);
            arm(REPEAT_NANOS);
        }
    }

    /** Ends its time. False: it has ended before. */
    private synchronized boolean cut() {
        if (!over) {
            late = true;
        }
        return !over;
    }

    /** Stops the time. False: it was up before. Most calls come here twice. */
    private boolean stopTimer() {
        if (!over) {
            if (isLimited()) {
                stop();
            } else {
                over = true; // nobody could cut it off
            }
        }
        return !late;
    }

    private synchronized void stop() {
        over = true;
        disarm();
    }

    private boolean isLate() {
        return late;
    }

    // ---- its end

    private Step ended(@Nullable R given, @Nullable Throwable failure, boolean interrupted) {
        resume();
        try {
            return given != null ? responded(given) : failed(failure, interrupted);
        } finally {
            boolean unused = stopTimer();
        }
    }

    private Step failed(@Nullable Throwable failure, boolean interrupted) {
        boolean inTime = stopTimer();
        Throwable thrown = failure == null ? new IOException("the client gave no response") : failure;
        boolean unwanted = lost || transport.isCancelled();
        Throwable shown = inTime || unwanted ? thrown : transport.timedOut(thrown);
        error = shown;
        if (inTime && !unwanted && !interrupted && inner.isRefused(thrown)) {
            refused = true;
            return call.withdraw(number());
        }
        return unwanted || interrupted
                ? call.after(number(), Outcome.Cancelled.INSTANCE)
                : call.failed(number(), inner, shown);
    }

    private Step responded(R whole) {
        R given = cut(whole);
        // A response that is lost, or that came with the end of its time, is on a connection that is being closed.
        if (lost || (isLate() && !holdsBack())) {
            discard(given);
            return failed(null, false);
        }
        ResponseHead head;
        Outcome.Failure refused;
        try {
            head = transport.head(given);
            refused = transport.refusedTunnel(inner, given);
        } catch (RuntimeException | LinkageError e) {
            call.session().report(e);
            response = given;
            call.giveUp();
            return Step.Deliver.INSTANCE;
        }
        if (!holdsBack() && !stopTimer()) {
            discard(given);
            return failed(null, false);
        }
        response = given;
        ResponseStreams.Held early = refused == null && call.session().needsBody(head) ? held(given, head) : null;
        if (early != null) {
            return judged(head, early);
        }
        Step step = dropped(call.after(number(), refused == null ? head : refused));
        ResponseStreams.Held held = step instanceof Step.Deliver ? held(given, head) : null;
        return held == null || held.failure() == null ? step : call.bodyLost(held.failure());
    }

    private R cut(R given) {
        try {
            BodyCut cut = call.session().bodyCut(number());
            return cut == null ? given : transport.wrapBody(given, cut::of);
        } catch (RuntimeException | LinkageError e) {
            call.session().report(e);
            return given;
        }
    }

    /** The step of a response that is judged by its body, too: by its head alone, where there is no whole body. */
    private Step judged(ResponseHead head, ResponseStreams.Held held) {
        boolean unused = call.isOver(); // the session hears first that the program gave the call up
        Step step = dropped(call.session().after(number(), () -> held.seenWith(head, call.holdBackBytes())));
        return step instanceof Step.Deliver && held.failure() != null ? call.bodyLost(held.failure()) : step;
    }

    /** Lets go of a response that does not count. */
    private Step dropped(Step step) {
        if (!(step instanceof Step.Deliver)) {
            boolean unused = stopTimer();
        }
        if (step instanceof Step.Drop) {
            discard();
        }
        return step;
    }

    private boolean holdsBack() {
        return call.holdBackBytes() > 0;
    }

    /**
     * Reads the body before anybody sees it, where the policy wants that and the body is one to wait for.
     *
     * @return null: nothing was read
     */
    private ResponseStreams.@Nullable Held held(R given, ResponseHead head) {
        long limit = call.holdBackBytes();
        ResponseStreams.Held held;
        try {
            long length = limit == 0 ? 0 : transport.bodyLength(given);
            InputStream stream = length == 0
                            || length > limit
                            || !StreamingMediaTypes.mayHoldBack(head.header("Content-Type"), length)
                    ? null
                    : transport.body(given);
            if (stream == null) {
                return null;
            }
            held = ResponseStreams.hold(stream, length, limit, this::isLate, null);
        } catch (IOException | RuntimeException | LinkageError e) {
            call.session().report(e);
            return null;
        }
        boolean inTime = stopTimer();
        response = transport.withBody(given, held.stream());
        IOException broken = held.failure();
        detached = broken != null || !held.flowsOn();
        return broken == null || inTime
                ? held
                : new ResponseStreams.Held(held.stream(), transport.timedOut(broken), false, null);
    }

    // ---- what becomes of its response

    /** The response, null: none arrived, or it was let go of. */
    @Nullable
    R response() {
        return response;
    }

    @Override
    public @Nullable Throwable error() {
        return error;
    }

    /** Returns whether the body that the program reads comes from memory. */
    boolean isDetached() {
        return detached;
    }

    @Override
    public boolean canStand() {
        return error != null || response != null;
    }

    @Override
    public boolean isRefused() {
        return refused;
    }

    /**
     * The call goes on: takes a small body into memory, and gives the connection back, which others may be waiting for.
     * A long one is closed unread, and cannot be delivered any more.
     */
    void letGo() {
        R given = response;
        if (given == null || detached) {
            return;
        }
        response = null;
        Future<?> limit = engine().schedule(() -> engine().onThread(inner::cancel), MAX_DRAINING_NANOS);
        try {
            InputStream stream = transport.body(given);
            byte[] small = stream == null ? new byte[0] : stream.readNBytes(MAX_KEPT + 1);
            boolean whole = small.length <= MAX_KEPT || drained(stream, small.length);
            if (!whole) {
                inner.cancel(); // to close it would read it to its end
            }
            if (stream != null) {
                stream.close();
            }
            transport.close(given);
            if (small.length <= MAX_KEPT) {
                response = stream == null ? given : transport.withBody(given, new ByteArrayInputStream(small));
                detached = true;
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            inner.cancel(); // it breaks while nobody wants it
            closeQuietly(given);
        } finally {
            limit.cancel(false);
        }
    }

    private static boolean drained(@Nullable InputStream stream, int before) throws IOException {
        byte[] piece = new byte[8192];
        int total = before;
        int n = 0;
        while (stream != null && n >= 0 && total <= MAX_DRAINED) {
            total += n;
            n = stream.read(piece);
        }
        return n < 0;
    }

    /** Nobody wants its response. */
    void discard() {
        R given = response;
        response = null;
        if (given != null && !detached) {
            discard(given);
        }
    }

    private void discard(R given) {
        response = given;
        detached = false;
        letGo();
        response = null;
    }

    private void closeQuietly(R given) {
        try {
            transport.close(given);
        } catch (IOException | RuntimeException | LinkageError e) {
            // It is broken already.
        }
    }

    private Engine engine() {
        return call.session().engine();
    }
}
