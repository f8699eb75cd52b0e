package dev.holdfast.client.urlconnection;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.BlockingExchange;
import dev.holdfast.exchange.FailOpenSession;
import dev.holdfast.exchange.FailureClassifier;
import dev.holdfast.exchange.FinalResult;
import dev.holdfast.exchange.HedgedAttempt;
import dev.holdfast.exchange.ResponseStreams;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.policy.ClientNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.SocketException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The course of one call of {@code HttpURLConnection}: attempt after attempt, each on a connection of its own, as the
 * {@link Session} says, until the call is <em>settled</em>: the current attempt is the application's.
 *
 * <p>As safe for threads as the JDK's connection: what talks excludes each other by a lock (no monitor, since virtual
 * threads come here), and {@link #disconnect} may come from elsewhere at any time.
 */
final class UrlCall implements CallInfo, BlockingExchange.Pauses {
    /** The client's name, as its instrumentation declares it. */
    static final String NAME = ClientNames.HTTP_URL_CONNECTION;

    static final Client CLIENT = Client.of(NAME);

    private final Engine engine;
    private final RequestRecorder requestRecorder;
    private final AdapterContext context;
    private final ReentrantLock lock = new ReentrantLock();
    private final DisconnectSignal disconnectSignal = new DisconnectSignal();

    private final PolicyTarget host;
    /** The target of the host; once the call has begun, of the route. */
    private PolicyTarget target;

    private volatile Attempt attempt;
    /** The attempt before the current one, if what it gave can still be given. */
    private @Nullable Attempt previous;

    private @Nullable FailOpenSession session;
    /** Made for a policy that has a strategy. */
    private volatile @Nullable CallFallback fallback;

    private volatile Step.@Nullable Send sending;
    private volatile boolean settled;
    /** A number of the thread that began the call. */
    private int caller;

    /** True if the entry that now talks only opens the connection. */
    private boolean onlyOpening;

    private @Nullable IOException ended;

    /** A call that has not begun, with a connection that has not talked. */
    UrlCall(
            Engine engine,
            PolicyTarget target,
            HttpURLConnection first,
            RequestRecorder requestRecorder,
            AdapterContext context) {
        this.engine = engine;
        this.host = target;
        this.target = target;
        this.attempt = Attempt.first(first);
        this.requestRecorder = requestRecorder;
        this.context = context;
    }

    /** The current attempt. */
    Attempt attempt() {
        return attempt;
    }

    /** Returns whether the current attempt is the application's. */
    boolean isSettled() {
        return settled;
    }

    /** Returns the exception that Holdfast itself ended the call with, null: it did not. */
    @Nullable
    IOException ended() {
        return ended;
    }

    /** The body that the application writes to a stream of the JDK's, recorded for a next attempt. */
    Upload upload(OutputStream stream) {
        return Upload.of(
                stream,
                target.policy().retry(),
                engine.replayMemory(),
                requestRecorder.announcedLength(),
                this::uploadBroke);
    }

    /** Returns whether an attempt of it counts under a limit on attempts at a time. */
    boolean holdsPermit() {
        return target.concurrency() != null;
    }

    /** Returns the number of bytes of the request's body that the application has written. */
    long written() {
        Upload upload = requestRecorder.upload();
        return upload == null ? 0 : upload.written();
    }

    /**
     * The application has not written for as long as an attempt may take. Called by the timer's thread, which must not
     * wait.
     *
     * @return false: somebody talks at this moment, so that it is to be asked again
     */
    @SuppressWarnings("ReferenceEquality") // a later call on the same connection may send an equal one
    boolean idle(Step.Send send) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            FailOpenSession begun = session;
            if (sending == send && begun != null) {
                begun.session().idle(send.attempt());
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether an attempt is still to be sent, or to be brought to its end. */
    @SuppressWarnings("ReferenceEquality") // a later call on the same connection may send an equal one
    boolean awaits(Step.Send send) {
        return !settled && sending == send;
    }

    /** Returns whether its answer may be recorded. */
    boolean usesCache() {
        return target.policy().fallback().usesCache();
    }

    // ---- what the session asks

    @Override
    public Client client() {
        return CLIENT;
    }

    @Override
    public String method() {
        return requestRecorder.method();
    }

    @Override
    public @Nullable String requestHeader(String name) {
        return name.equalsIgnoreCase("Idempotency-Key")
                ? requestRecorder.idempotencyKey()
                : requestRecorder.header(name);
    }

    @Override
    public boolean bodyReplayable() {
        Upload upload = requestRecorder.upload();
        return upload == null ? !requestRecorder.lacksBody() : upload.replayable();
    }

    @Override
    public long fingerprint() {
        // Not the URL's own hash, for which it would resolve its host.
        return ((long) caller << 32)
                ^ (31L * method().hashCode()
                        + requestRecorder.url().toExternalForm().hashCode());
    }

    // ---- its course

    /**
     * Opens a connection, the first or one of a further attempt, without asking for an answer. One that a fallback has
     * answered instead is not opened.
     */
    void establish(Attempt.Opening opening) throws IOException {
        lock.lock();
        try {
            if (settled) {
                opening.on(attempt.connection());
                return;
            }
            boolean begins = session == null;
            disconnectSignal.entered();
            onlyOpening = true;
            opened(opening, begins);
        } catch (RuntimeException | Error e) {
            abort(e);
            throw e;
        } finally {
            onlyOpening = false;
            lock.unlock();
        }
    }

    private void opened(Attempt.Opening opening, boolean begins) throws IOException {
        try {
            Step.Send send = begun(true);
            while (send != null) {
                boolean open;
                try (Watchdog watchdog = Watchdog.start(engine, attempt.connection(), send)) {
                    open = attempt.open(opening, watchdog);
                }
                if (open) {
                    IdleUploadMonitor.watch(engine, this, send);
                    return;
                }
                if (!again(onOutcome(send))) {
                    throwRaised();
                    return; // a fallback has answered, or an earlier attempt's answer is the call's
                }
                send = begun(true);
            }
        } catch (ProtocolException e) {
            if (begins) {
                abandon(); // nothing was sent, and the application may give it up
            }
            throw e;
        }
    }

    /**
     * Runs the call to its end unless it is there already.
     *
     * @return whether it was this very entry that did
     */
    boolean settle() throws IOException {
        if (settled) {
            return false;
        }
        lock.lock();
        try {
            if (settled) {
                return false;
            }
            disconnectSignal.entered();
            Step.Send open = sending;
            if (open != null) {
                syncMethod(); // it was opened before
                requestRecorder.complete(attempt.connection());
                session().goesOn(open.attempt());
            }
            Step.Send send = begun(false);
            while (send != null && again(sent(send))) {
                send = begun(false);
            }
            return true;
        } catch (RuntimeException | Error e) {
            abort(e);
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** Throws what the current attempt ended in, if that was an exception. */
    void throwRaised() throws IOException {
        Exception raised = attempt.error();
        if (raised instanceof RuntimeException e) {
            throw e;
        }
        if (raised != null) {
            throw (IOException) raised;
        }
    }

    /**
     * Disconnects. Called by another thread during the call: aborts it. Otherwise ends what was begun, if anything was:
     * the application may never ask for the response, and if it does, the JDK connects again, which is another call.
     */
    void disconnect() {
        disconnectSignal.add();
        CallFallback asked = fallback;
        if (asked != null) {
            asked.abandon();
        }
        attempt.connection().disconnect();
        if (!lock.isHeldByCurrentThread() && lock.tryLock()) {
            try {
                abandon();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Ends the call after an {@link Error}, or a defect, which the application gets: whatever there is goes on without
     * Holdfast.
     */
    private void abort(Throwable error) {
        FailOpenSession begun = session;
        if (settled || begun == null) {
            return;
        }
        begun.cancel();
        settleNow();
        closePrevious();
        if (attempt.isOurs() && !attempt.isAsked()) {
            // Asked for anything, its connection would send the request without the body.
            attempt = Attempt.showing(SyntheticConnection.failed(
                    attempt.connection(), requestRecorder.method(), attempt.head(), new IOException(error)));
        }
    }

    /** Ends what was begun and is not under way: it counts as nothing, and the next entry that talks begins a call. */
    private void abandon() {
        FailOpenSession begun = session;
        if (!settled && begun != null) {
            sending = null;
            session = null;
            closePrevious();
            begun.cancel();
        }
    }

    /**
     * The application could not write its streamed body to the end. The attempt ends at once: the application has its
     * exception, and may never ask for anything more. If it does, it gets what the JDK's connection has to say.
     *
     * @param error what it got, null: by its own mistake
     */
    void uploadBroke(@Nullable IOException error) {
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            return; // the thread that waits for the answer will tell
        }
        try {
            Step.Send send = sending;
            if (send == null) {
                return;
            }
            Step unused = after(
                    send.attempt(),
                    error == null || disconnectSignal.abandoned()
                            ? Outcome.Cancelled.INSTANCE
                            : FailureClassifier.requestBody(error));
            settleNow();
        } finally {
            lock.unlock();
        }
    }

    /** The current attempt is the application's; no other one will need the request's body. */
    private void settleNow() {
        settled = true;
        sending = null;
        requestRecorder.releaseUpload();
    }

    /**
     * Returns the attempt to send.
     *
     * @param mayWrite whether a body may still be written
     * @return null: nothing any more, a fallback has settled the call
     */
    private Step.@Nullable Send begun(boolean mayWrite) throws IOException {
        Step.Send current = sending;
        if (current == null) {
            HttpURLConnection first = attempt.connection();
            requestRecorder.begin(first, mayWrite);
            target = engine.routeOrUntouched(host, requestRecorder.method(), requestRecorder.path());
            caller = (int) Thread.currentThread().getId();
            FailOpenSession begun = new FailOpenSession(engine, target, this, context.errorReporter());
            fallback = target.policy().fallback().enabled()
                    ? new CallFallback(begun, this, requestRecorder, context.fallbackStrategies(), first)
                    : null;
            session = begun;
            current = granted(begun.begin());
            sending = current;
            if (current != null) {
                requestRecorder.timeouts().shorten(first, current);
            }
        }
        return current;
    }

    private void syncMethod() throws IOException {
        try {
            requestRecorder.syncMethod(attempt.connection());
        } catch (ProtocolException e) {
            end(e);
        }
    }

    /** Sends the current attempt, with another one beside it if it takes long and may have one. */
    private Step sent(Step.Send send) throws IOException {
        if (send.hedgeNanos() < 0) {
            return sent(send, null);
        }
        Attempt first = attempt;
        HedgeTransport transport = new HedgeTransport(failOpen(), requestRecorder, first.connection());
        HedgedAttempt<Attempt> hedged = new HedgedAttempt<>(failOpen(), transport, first);
        hedged.arm(send.hedgeNanos());
        try {
            Step step = sent(send, transport);
            hedged.ended(first, step);
            return step instanceof Step.Drop ? decided(send, hedged.result().get()) : step;
        } catch (InterruptedException e) {
            hedged.abandon();
            Thread.currentThread().interrupt();
            end(interrupted("interrupted while waiting for an answer"));
            return Step.Drop.INSTANCE;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // nobody completes it so
        } catch (RuntimeException | Error e) {
            hedged.abandon();
            throw e;
        }
    }

    /** Goes on with the attempt that decided while the first one was dropped. */
    private Step decided(Step.Send send, HedgedAttempt.Result<Attempt> result) {
        if (result.attempt() != attempt) {
            attempt.discard();
            attempt = result.attempt();
        }
        try (Watchdog watchdog = Watchdog.start(engine, attempt.connection(), send)) {
            return result.step() instanceof Step.Deliver ? heldBack(watchdog) : result.step();
        }
    }

    private Step sent(Step.Send send, @Nullable HedgeTransport hedge) {
        Attempt current = attempt;
        try (Watchdog watchdog = Watchdog.start(engine, current.connection(), send)) {
            current.send(requestRecorder, watchdog);
            if (hedge != null && hedge.isFirstLost()) {
                return after(send.attempt(), Outcome.Cancelled.INSTANCE);
            }
            Step step = onOutcome(send);
            return current.head() != null && step instanceof Step.Deliver ? heldBack(watchdog) : step;
        }
    }

    /** Tells the session what the attempt gave. */
    private Step onOutcome(Step.Send send) {
        boolean abandoned = attempt.head() == null
                && (disconnectSignal.abandoned() || VirtualThreads.interruptedSocket(attempt.error()));
        return after(send.attempt(), abandoned ? Outcome.Cancelled.INSTANCE : attempt.outcome(requestRecorder));
    }

    private Step heldBack(Watchdog watchdog) {
        long limit = target.policy().retry().bufferResponseBytes();
        ResponseStreams.Held held = limit == 0 ? null : attempt.holdBack(requestRecorder, limit, watchdog);
        if (held == null) {
            return Step.Deliver.INSTANCE;
        }
        IOException broken = held.failure();
        if (broken == null) {
            ConnectionHead head = attempt.head();
            if (head != null && attempt.error() == null) {
                attempt.readAs(recorded(head, held.stream()));
            }
            return Step.Deliver.INSTANCE;
        }
        return failOpen().bodyLost(() -> FailureClassifier.responseBody(broken));
    }

    /** The stream to give in place of a body's own, where the answer may be stored. */
    private InputStream recorded(ConnectionHead head, InputStream stream) {
        CallFallback recorder = fallback;
        return recorder == null ? stream : recorder.recorded(head, stream);
    }

    /** Does what the session says. False: the call is settled. */
    private boolean again(Step step) throws IOException {
        if (step instanceof Step.Wait wait) {
            // Interrupted before the wait, the application would get nothing of what there is.
            HttpURLConnection next =
                    Thread.currentThread().isInterrupted() ? null : requestRecorder.open(attempt.connection());
            if (next == null) {
                failOpen().cancel();
            } else {
                closePrevious();
                Step.Send granted = awaited(wait);
                if (granted == null) {
                    return false;
                }
                if (target.policy().retry().deadlineNanos() > 0) {
                    attempt.keep(requestRecorder.method());
                    previous = attempt;
                } else {
                    attempt.discard();
                }
                attempt = onlyOpening ? Attempt.opening(next, requestRecorder) : Attempt.again(next, requestRecorder);
                sending = granted;
                requestRecorder.timeouts().shorten(next, granted);
                return true;
            }
        }
        if (step instanceof Step.FallBack fallBack && rescued(fallBack)) {
            return false;
        }
        deliver();
        return false;
    }

    /**
     * The current attempt is the application's, or the one before it, where that is what the call gives and was kept.
     */
    private void deliver() {
        settleNow();
        Attempt last = attempt;
        Attempt counts = FinalResult.of(failOpen(), last, previous);
        if (counts != last) {
            last.discard();
            attempt = counts;
            previous = null;
        }
        closePrevious();
        showHead();
        Exception raised = attempt.error();
        ConnectionHead head = attempt.head();
        CallFallback recorder = fallback;
        if (head != null && recorder != null) {
            recorder.answered(head);
        }
        if (raised == null) {
            return;
        }
        if (attempt.isLate() && raised instanceof IOException timeout && head == null) {
            ended = timeout; // what the JDK remembers of it is whatever a connection that we cut off came to
        } else if (attempt.isOurs() && !attempt.isAsked()) {
            // The application wrote its body to an earlier one: asked for anything, this one would send the request
            // without.
            attempt = Attempt.showing(
                    SyntheticConnection.failed(attempt.connection(), requestRecorder.method(), head, raised));
        }
    }

    private void closePrevious() {
        Attempt earlier = previous;
        previous = null;
        if (earlier != null) {
            earlier.letGo();
        }
    }

    private void showHead() {
        ConnectionWrapper shown = requestRecorder.front();
        if (shown != null && attempt.error() == null) {
            shown.show(true, attempt.status(), null);
        }
    }

    /** Settles the call with a fallback's answer, if there is one, as if a connection had brought it. */
    private boolean rescued(Step.FallBack step) {
        Attempt failed = attempt;
        boolean beforeBody = onlyOpening && failed.connection().getDoOutput() && requestRecorder.upload() == null;
        CallFallback asked = fallback;
        SyntheticConnection made =
                asked == null ? null : asked.answer(step, failed.connection(), failed.error(), beforeBody);
        if (made == null) {
            return false;
        }
        failed.discard();
        closePrevious();
        attempt = Attempt.showing(made);
        settled = true;
        sending = null;
        if (!beforeBody) {
            requestRecorder.releaseUpload();
            showHead();
        }
        return true;
    }

    /** {@link #granted} after an attempt, whose response is there until the wait has ended. */
    private Step.@Nullable Send awaited(Step.Wait wait) throws IOException {
        boolean ended = true;
        try {
            Step.Send granted = granted(wait);
            ended = false;
            return granted;
        } finally {
            if (ended) {
                attempt.discard();
            }
        }
    }

    /**
     * Waits as long as the session asks for before the next attempt may be sent.
     *
     * @return null: none may be, and the call is settled, by a fallback or the outcome before the wait
     */
    private Step.@Nullable Send granted(Step step) throws IOException {
        Step.Send next = null;
        try {
            next = BlockingExchange.next(failOpen(), step, this);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(interrupted("interrupted while waiting to try again"));
        } catch (IOException rejected) {
            throw ended(rejected);
        }
        if (next == null && !settled) {
            if (disconnectSignal.abandoned()) {
                throw ended(new SocketException("Socket closed"));
            }
            deliver();
        }
        return next;
    }

    @Override
    public void waiting(Runnable end) {
        disconnectSignal.waiting(end);
    }

    @Override
    public boolean isStopped() {
        return disconnectSignal.abandoned();
    }

    @Override
    public Step fallBack(Step.FallBack step) {
        return rescued(step) ? Step.Deliver.INSTANCE : step.otherwise();
    }

    /** A virtual thread gets what its socket throws: an interrupt closes that. */
    private static IOException interrupted(String message) {
        return VirtualThreads.isCurrent()
                ? new SocketException("Closed by interrupt")
                : new InterruptedIOException(message);
    }

    /** The application itself ended the call during a wait. */
    private void end(IOException how) throws IOException {
        failOpen().cancel();
        throw ended(how);
    }

    /** Sets the exception that every method throws from now on. */
    private IOException ended(IOException how) {
        settleNow();
        ended = how;
        return how;
    }

    private FailOpenSession failOpen() {
        FailOpenSession current = session;
        if (current == null) {
            throw new IllegalStateException("not begun");
        }
        return current;
    }

    private Session session() {
        return failOpen().session();
    }

    /** Tells the session of an outcome. */
    private Step after(int number, Outcome outcome) {
        return failOpen().after(number, outcome);
    }

    // ---- the body

    /**
     * Returns the stream that the application reads in place of one of the JDK's: it is watched, and recorded where
     * needed.
     */
    InputStream watched(InputStream stream) {
        ConnectionHead head = attempt.head();
        if (head == null || head.connection() instanceof SyntheticConnection) {
            return stream; // of a fallback, or of an exchange that the application began when the call was over
        }
        InputStream given = stream;
        long length = head.bodyLength(requestRecorder.method());
        if (length != 0 && session != null) {
            given = ResponseStreams.watched(stream, length, this::bodyBroke);
        }
        given = recorded(head, given);
        if (given != stream) {
            attempt.replace(stream, given);
        }
        return given;
    }

    private void bodyBroke(IOException how) {
        if (disconnectSignal.abandoned()) {
            return; // the application itself cut it off
        }
        failOpen().bodyFailed(() -> FailureClassifier.responseBody(how));
    }
}
