package dev.holdfast.client.urlconnection;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackStrategies;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.SocketException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The course of one call of {@code HttpURLConnection}: attempt after attempt, each on a connection of its own, as the
 * {@link Session} says, until the call is <em>settled</em>: the current attempt is the application's.
 *
 * <p>As safe for threads as the JDK's connection: what talks excludes each other by a lock (no monitor, since virtual
 * threads come here), and {@link #disconnect} may come from elsewhere at any time.
 */
final class UrlCall implements CallInfo {
    private static final String DEFECT = "a call ends with the outcome it has";

    private final Engine engine;
    private final RequestRecorder requestRecorder;
    private final FallbackHandler fallbackHandler;
    private final ErrorReporter errorReporter;
    private final ReentrantLock lock = new ReentrantLock();
    private final DisconnectSignal disconnectSignal = new DisconnectSignal();

    private final PolicyTarget host;
    /** Of the host; from the first entry that talks on, of the route. */
    private PolicyTarget target;

    private volatile Attempt attempt;
    /** The attempt before the current one, if what it gave can still be given. */
    private @Nullable Attempt previous;

    private @Nullable ConnectionWrapper wrapper;
    private @Nullable Session session;
    private volatile Step.@Nullable Send sending;
    private volatile boolean settled;
    /** The number of the thread that began the call. */
    private long caller;

    /** True if the entry that now talks only opens the connection. */
    private boolean onlyOpening;

    private @Nullable IOException ended;

    /** A call that has not begun, with a connection that has not talked. */
    UrlCall(
            Engine engine,
            PolicyTarget target,
            HttpURLConnection first,
            RequestRecorder requestRecorder,
            FallbackStrategies fallbackStrategies,
            ErrorReporter errorReporter) {
        this.engine = engine;
        this.host = target;
        this.target = target;
        this.attempt = Attempt.first(first);
        this.requestRecorder = requestRecorder;
        this.errorReporter = errorReporter;
        this.fallbackHandler = new FallbackHandler(
                engine,
                fallbackStrategies,
                requestRecorder,
                new AlternateOriginCall(engine, this, requestRecorder),
                errorReporter);
    }

    /** Set once, by the front's constructor. */
    void setFront(ConnectionWrapper made) {
        wrapper = made;
    }

    /** The current attempt. */
    Attempt attempt() {
        return attempt;
    }

    /** Returns whether the current attempt is the application's. */
    boolean isSettled() {
        return settled;
    }

    /** What Holdfast itself ended the call with, null: it did not. */
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

    /** How many bytes of the request's body the application has written. */
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
            Session begun = session;
            if (sending == send && begun != null) {
                begun.idle(send.attempt());
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
        return HttpUrlConnectionHook.CLIENT;
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
        return (caller << 32)
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
        Exception raised = attempt.raised();
        if (raised instanceof RuntimeException e) {
            throw e;
        }
        if (raised != null) {
            throw (IOException) raised;
        }
    }

    /**
     * From another thread while one talks: the end of the call. Else the end of what was begun, if anything was: the
     * application may never ask for the answer, and if it does, the JDK connects anew, which is another call.
     */
    void disconnect() {
        disconnectSignal.add();
        fallbackHandler.abandon();
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
        Session begun = session;
        if (settled || begun == null) {
            return;
        }
        begun.cancel(engine.nanoTime());
        settleNow();
        closePrevious();
        if (attempt.isOurs() && !attempt.isAsked()) {
            // Asked for anything, its connection would send the request without the body.
            attempt = Attempt.showing(SyntheticConnection.failed(
                    attempt.connection(), requestRecorder.method(), attempt, new IOException(error)));
        }
    }

    /** Ends what was begun and is not under way: it counts as nothing, and the next entry that talks begins a call. */
    private void abandon() {
        Session begun = session;
        if (!settled && begun != null) {
            sending = null;
            session = null;
            closePrevious();
            begun.cancel(engine.nanoTime());
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
                            : FailureClassifier.upload(error));
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
     * What is to be sent.
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
            fallbackHandler.begin(target.policy().fallback(), first);
            caller = Thread.currentThread().getId();
            Session begun = engine.session(target, this);
            session = begun;
            current = granted(begun.begin(engine.nanoTime()));
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
        HedgedAttempt hedgedAttempt =
                HedgedAttempt.after(send.hedgeNanos(), engine, this, requestRecorder, attempt.connection());
        Step step;
        try {
            step = sent(send, hedgedAttempt);
        } catch (RuntimeException | Error e) {
            hedgedAttempt.lose();
            throw e;
        }
        if (!(step instanceof Step.Drop)) {
            hedgedAttempt.lose();
            return step;
        }
        try {
            HedgedAttempt.Result result = hedgedAttempt.await();
            if (result == null) {
                return Step.Deliver.INSTANCE; // a defect, which was reported; the first attempt's outcome is there
            }
            attempt.discard();
            attempt = result.attempt();
            try (Watchdog watchdog = Watchdog.start(engine, attempt.connection(), send)) {
                return result.step() instanceof Step.Deliver ? heldBack(watchdog) : result.step();
            }
        } catch (InterruptedException e) {
            hedgedAttempt.lose();
            Thread.currentThread().interrupt();
            end(interrupted("interrupted while waiting for an answer"));
            return step;
        }
    }

    private Step sent(Step.Send send, @Nullable HedgedAttempt hedgedAttempt) {
        Attempt current = attempt;
        try (Watchdog watchdog = Watchdog.start(engine, current.connection(), send)) {
            current.send(requestRecorder, watchdog);
            if (hedgedAttempt != null && hedgedAttempt.hasWon()) {
                return after(send.attempt(), Outcome.Cancelled.INSTANCE);
            }
            Step step = onOutcome(send);
            return current.head() != null && step instanceof Step.Deliver ? heldBack(watchdog) : step;
        }
    }

    /** Tells the session what the attempt gave. */
    private Step onOutcome(Step.Send send) {
        boolean abandoned = attempt.head() == null
                && (disconnectSignal.abandoned() || VirtualThreads.interruptedSocket(attempt.raised()));
        return after(send.attempt(), abandoned ? Outcome.Cancelled.INSTANCE : attempt.outcome(requestRecorder));
    }

    private Step heldBack(Watchdog watchdog) {
        long limit = target.policy().retry().bufferResponseBytes();
        Download.Held held = limit == 0 ? null : attempt.holdBack(requestRecorder, limit, watchdog);
        if (held == null) {
            return Step.Deliver.INSTANCE;
        }
        if (held.failure() == null) {
            Attempt.Head head = attempt.head();
            if (head != null && attempt.raised() == null) {
                attempt.readAs(fallbackHandler.recorded(head, held.stream()));
            }
            return Step.Deliver.INSTANCE;
        }
        try {
            return session().bodyLost(FailureClassifier.body(held.failure()), engine.nanoTime());
        } catch (RuntimeException e) {
            errorReporter.report(DEFECT, e);
            return Step.Deliver.INSTANCE;
        }
    }

    /** Does what the session says. False: the call is settled. */
    private boolean again(Step step) throws IOException {
        if (step instanceof Step.Wait wait) {
            // Interrupted before the wait, the application would get nothing of what there is.
            HttpURLConnection next =
                    Thread.currentThread().isInterrupted() ? null : requestRecorder.open(attempt.connection());
            if (next == null) {
                session().cancel(engine.nanoTime());
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
        Attempt earlier = previous;
        if (earlier != null && session().deliversPrevious()) {
            attempt.discard();
            attempt = earlier;
            previous = null;
        }
        closePrevious();
        showHead();
        Exception raised = attempt.raised();
        Attempt.Head head = attempt.head();
        if (head != null) {
            fallbackHandler.answered(head);
        }
        if (raised == null) {
            return;
        }
        if (session != null) {
            Exception unused = session.finalError(raised);
        }
        if (attempt.isLate() && raised instanceof IOException timeout && head == null) {
            ended = timeout; // what the JDK remembers of it is whatever a connection that we cut off came to
        } else if (attempt.isOurs() && !attempt.isAsked()) {
            // The application wrote its body to an earlier one: asked for anything, this one would send the request
            // without.
            attempt = Attempt.showing(
                    SyntheticConnection.failed(attempt.connection(), requestRecorder.method(), attempt, raised));
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
        ConnectionWrapper shown = wrapper;
        if (shown != null && attempt.raised() == null) {
            shown.show(true, attempt.status(), null);
        }
    }

    /** Settles the call with a fallback's answer, if there is one, as if a connection had brought it. */
    private boolean rescued(Step.FallBack step) {
        Attempt failed = attempt;
        boolean beforeBody = onlyOpening && failed.connection().getDoOutput() && requestRecorder.upload() == null;
        SyntheticConnection made =
                fallbackHandler.answer(step, session(), failed.connection(), failed.raised(), beforeBody);
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
        Step next = step;
        while (!(next instanceof Step.Send)) {
            if (next instanceof Step.Wait wait) {
                sleep(wait);
                next = session().resume(engine.nanoTime());
            } else if (next instanceof Step.FallBack fallBack) {
                if (rescued(fallBack)) {
                    return null;
                }
                next = fallBack.otherwise();
            } else if (next instanceof Step.Reject reject) {
                throw ended(reject.error());
            } else if (disconnectSignal.abandoned()) {
                throw ended(new SocketException("Socket closed"));
            } else {
                deliver();
                return null;
            }
        }
        return (Step.Send) next;
    }

    private void sleep(Step.Wait wait) throws IOException {
        try {
            disconnectSignal.sleep(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(interrupted("interrupted while waiting to try again"));
        }
        if (disconnectSignal.abandoned()) {
            end(new SocketException("Socket closed"));
        }
    }

    /** A virtual thread gets what its socket throws: an interrupt closes that. */
    private static IOException interrupted(String message) {
        return VirtualThreads.isCurrent()
                ? new SocketException("Closed by interrupt")
                : new InterruptedIOException(message);
    }

    /** The application itself ended the call during a wait. */
    private void end(IOException how) throws IOException {
        session().cancel(engine.nanoTime());
        throw ended(how);
    }

    /** What every entry throws from now on. */
    private IOException ended(IOException how) {
        settleNow();
        ended = how;
        return how;
    }

    private Session session() {
        Session current = session;
        if (current == null) {
            throw new IllegalStateException("not begun");
        }
        return current;
    }

    /** What is to be sent beside a first attempt that takes long; null: nothing. */
    Step.@Nullable Send hedge() {
        return session().hedge(engine.nanoTime());
    }

    /** An attempt beside the first one could not be made. */
    void withdraw(int number) {
        Step unused = session().withdraw(number, engine.nanoTime());
    }

    /** Tells the session of an outcome. A defect in it must not cost the application the outcome: that is delivered. */
    Step after(int number, Outcome outcome) {
        try {
            return session().after(number, outcome, engine.nanoTime());
        } catch (RuntimeException e) {
            errorReporter.report(DEFECT, e);
            return Step.Deliver.INSTANCE;
        }
    }

    // ---- the body

    /**
     * What the application reads in place of a stream of the JDK's: one that is watched, and recorded where that is
     * asked for.
     */
    InputStream watched(InputStream stream) {
        Attempt.Head head = attempt.head();
        if (head == null || head.connection() instanceof SyntheticConnection) {
            return stream; // of a fallback, or of an exchange that the application began when the call was over
        }
        InputStream given = stream;
        long length = head.bodyLength(requestRecorder.method());
        if (length != 0 && session != null) {
            given = Download.watched(stream, length, this::bodyBroke);
        }
        given = fallbackHandler.recorded(head, given);
        if (given != stream) {
            attempt.replace(stream, given);
        }
        return given;
    }

    private void bodyBroke(IOException how) {
        if (disconnectSignal.abandoned()) {
            return; // the application itself cut it off
        }
        try {
            session().bodyFailed(FailureClassifier.body(how), engine.nanoTime());
        } catch (RuntimeException defect) {
            errorReporter.report("a failure was not counted", defect);
        }
    }
}
