package dev.holdfast.client.urlconnection;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.call.Target;
import dev.holdfast.fallback.Fallbacks;
import dev.holdfast.weave.Defects;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.SocketException;
import java.net.URL;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code HttpURLConnection}, behind one front: the connection of the current attempt, and the gate through
 * which every entry leads that makes the JDK talk.
 *
 * <p>The call begins with the first such entry and is <em>settled</em> once an attempt's outcome is the application's. From
 * then on everything goes to that attempt's connection, oddities included: what it remembers, it has remembered by
 * itself. Only what the settling entry itself would have thrown has to be kept ({@link #raised}), since the JDK wraps a
 * remembered exception anew when it is asked again.
 *
 * <p>As safe for threads as the JDK's connection: entries that talk exclude each other by a lock (no monitor, since
 * virtual threads come here), and {@link #disconnect} may come from elsewhere at any time.
 */
final class Exchange implements CallInfo {
    private final Engine engine;
    /** Of the host; from the first entry that talks on, of the route. */
    private Target target;

    private final Defects defects;
    private final Recipe recipe;
    private final Rescue rescue;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile HttpURLConnection delegate;
    private @Nullable Front front;
    private @Nullable Session session;
    private Step.@Nullable Send sending;
    private volatile boolean settled;
    private @Nullable Exception raised;
    /** The number of the thread that began the call. */
    private long caller;

    /** Whether the current attempt was cut off for its time. */
    private boolean late;

    /** Whether the entry that now talks only opens the connection. */
    private boolean onlyOpening;

    private @Nullable IOException ended;
    private @Nullable InputStream body;
    private @Nullable InputStream bodySource;

    private volatile @Nullable CountDownLatch waiting;
    /** How often {@link #disconnect} was called. */
    private final AtomicInteger disconnects = new AtomicInteger();
    /** What {@link #disconnects} was when the entry that now talks came in. */
    private int disconnectsBefore;

    Exchange(
            Engine engine,
            Target target,
            HttpURLConnection delegate,
            URL url,
            @Nullable Proxy proxy,
            Fallbacks fallbacks,
            Defects defects) {
        this.engine = engine;
        this.target = target;
        this.delegate = delegate;
        this.defects = defects;
        this.recipe = new Recipe(url, proxy, defects);
        this.rescue = new Rescue(fallbacks, recipe, new Elsewhere(engine, this, recipe), defects);
    }

    /** Set once, by the front's constructor. */
    void setFront(Front made) {
        front = made;
        recipe.setFront(made);
    }

    /** The JDK's connection of the current attempt, or one that shows a fallback's answer. */
    HttpURLConnection delegate() {
        return delegate;
    }

    // ---- what the application sets

    /** Sets something that cannot be refused by a {@link ProtocolException}. */
    void setFreely(Setting setting) {
        try {
            recipe.set(delegate, setting);
        } catch (ProtocolException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A header was set, in place of others of its name, or added to them. */
    void noteHeader(@Nullable String name, @Nullable String value, boolean added) {
        recipe.noteHeader(name, value, added);
    }

    /** An authenticator was set for this connection. */
    void noteAuthenticator() {
        recipe.noteAuthenticator();
    }

    /** A streaming mode was set. */
    void noteStreaming() {
        recipe.noteStreaming();
    }

    void setRequestMethod(String method) throws ProtocolException {
        recipe.setRequestMethod(delegate, method);
    }

    String requestMethod() {
        recipe.bringMethod(delegate);
        return delegate.getRequestMethod();
    }

    void setConnectTimeout(int millis) {
        recipe.setConnectTimeout(delegate, millis);
    }

    void setReadTimeout(int millis) {
        recipe.setReadTimeout(delegate, millis);
    }

    int connectTimeout() {
        return recipe.connectTimeout(delegate);
    }

    int readTimeout() {
        return recipe.readTimeout(delegate);
    }

    // ---- what makes the JDK talk

    void connect() throws IOException {
        establish(HttpURLConnection::connect);
    }

    OutputStream outputStream() throws IOException {
        Upload upload = recipe.upload();
        if (settled || upload != null) {
            // For what the JDK says about it; its stream is the one that we have.
            OutputStream stream = delegate.getOutputStream();
            return upload == null ? stream : upload.stream();
        }
        OutputStream[] opened = new OutputStream[1];
        establish(c -> opened[0] = c.getOutputStream());
        if (opened[0] == null) {
            opened[0] = delegate.getOutputStream(); // a fallback has answered
        }
        Upload made = Upload.of(opened[0], target.policy().retry().replayLimitBytes());
        recipe.setUpload(made);
        return made.stream();
    }

    InputStream inputStream() throws IOException {
        if (settle() && raised != null) {
            throw raised(raised);
        }
        failIfEnded();
        InputStream stream = delegate.getInputStream();
        return stream == bodySource && body != null ? body : watched(stream);
    }

    @Nullable
    InputStream errorStream() {
        InputStream stream = delegate.getErrorStream();
        return stream != null && stream == bodySource && body != null ? body : stream;
    }

    int responseCode() throws IOException {
        if (settle() && raised != null && Talk.status(delegate) < 0) {
            throw raised(raised);
        }
        failIfEnded();
        return delegate.getResponseCode();
    }

    /**
     * For entries that give something of the head and swallow what went wrong: settles the call.
     *
     * @return the connection to ask, null: Holdfast itself ended the call, there is no head
     */
    @Nullable
    HttpURLConnection head() {
        try {
            if (settle() && raised instanceof RuntimeException e) {
                throw e;
            }
        } catch (IOException e) {
            // The wait was interrupted: remembered, and said by the entries that may throw.
        }
        return ended == null ? delegate : null;
    }

    /** For {@code getContent}, which begins with the stream. */
    HttpURLConnection content() throws IOException {
        if (settle() && raised != null) {
            throw raised(raised);
        }
        failIfEnded();
        if (target.policy().fallback().usesCache() && body == null) {
            InputStream unused = inputStream(); // made from our stream, it is recorded
        }
        return delegate;
    }

    /** Whether the application reads a stream of ours: then the content is to be made from that. */
    boolean hasOwnBody() {
        return body != null;
    }

    /** From the thread that talks, as harmless as the JDK's; from another one while that talks, the end of the call. */
    void disconnect() {
        disconnects.incrementAndGet();
        CountDownLatch wait = waiting;
        if (wait != null) {
            wait.countDown();
        }
        rescue.abandon();
        delegate.disconnect();
    }

    // ---- the call

    @Override
    public Client client() {
        return Client.URL_CONNECTION;
    }

    @Override
    public String method() {
        return recipe.method();
    }

    @Override
    public @Nullable String requestHeader(String name) {
        return name.equalsIgnoreCase("Idempotency-Key") ? recipe.idempotencyKey() : delegate.getRequestProperty(name);
    }

    @Override
    public boolean bodyReplayable() {
        Upload upload = recipe.upload();
        return upload == null || upload.replayable();
    }

    @Override
    public long fingerprint() {
        // Not the URL's own hash, for which it would resolve its host.
        return (caller << 32)
                ^ (31L * method().hashCode() + recipe.url().toExternalForm().hashCode());
    }

    /** An operation that opens the connection but does not ask for the answer. */
    private interface Opening {
        void on(HttpURLConnection connection) throws IOException;
    }

    private void establish(Opening opening) throws IOException {
        lock.lock();
        try {
            if (settled) {
                opening.on(delegate);
                return;
            }
            disconnectsBefore = disconnects.get();
            onlyOpening = true;
            while (true) {
                Step.Send send = begun(true);
                if (send == null) {
                    return;
                }
                try (Watchdog watchdog = Watchdog.start(engine, delegate, send)) {
                    try {
                        opening.on(delegate);
                        return;
                    } catch (ProtocolException e) {
                        throw e; // misuse, or a refused expectation: the answer will tell
                    } catch (IOException e) {
                        late = watchdog.barked();
                        raised = late ? Talk.timedOut(e) : e;
                    }
                }
                if (!again(failed(send, raised))) {
                    if (raised == null) {
                        return; // a fallback has answered
                    }
                    throw raised(raised);
                }
            }
        } finally {
            onlyOpening = false;
            lock.unlock();
        }
    }

    /**
     * Runs the call to its end unless it is there already.
     *
     * @return whether it was this very entry that did
     */
    private boolean settle() throws IOException {
        if (settled) {
            return false;
        }
        lock.lock();
        try {
            if (settled) {
                return false;
            }
            disconnectsBefore = disconnects.get();
            if (sending != null) {
                recipe.complete(delegate); // it was opened before
            }
            Step.Send send = begun(false);
            while (send != null && again(attempt(send))) {
                send = begun(false);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private Step attempt(Step.Send send) throws IOException {
        if (send.hedgeNanos() < 0) {
            return attempt(send, null);
        }
        Rival rival = Rival.after(send.hedgeNanos(), engine, delegate, this::beside);
        Step step = attempt(send, rival);
        if (!(step instanceof Step.Drop)) {
            rival.lose();
            return step;
        }
        try {
            Rival.Result result = rival.await();
            if (result == null) {
                return Step.Deliver.INSTANCE; // a defect, which was reported; the first attempt's outcome is there
            }
            Talk.discard(delegate, raised);
            delegate = result.connection();
            raised = result.raised();
            try (Watchdog watchdog = Watchdog.start(engine, delegate, send)) {
                return result.step() instanceof Step.Deliver ? heldBack(watchdog) : result.step();
            }
        } catch (InterruptedException e) {
            rival.lose();
            Thread.currentThread().interrupt();
            end(new InterruptedIOException("interrupted while waiting for an answer"));
            return step;
        }
    }

    private Step attempt(Step.Send send, @Nullable Rival rival) {
        recipe.bringMethod(delegate);
        try (Watchdog watchdog = Watchdog.start(engine, delegate, send)) {
            raised = Talk.send(delegate, recipe, send, watchdog);
            late = watchdog.barked();
            if (rival != null && rival.hasWon()) {
                return after(send.attempt(), Outcome.Cancelled.INSTANCE);
            }
            return told(send, watchdog);
        }
    }

    /** The attempt beside the first one, on a thread of its own. */
    private Rival.@Nullable Result beside(Rival rival) {
        Step.Send send = session().hedge(engine.nanoTime());
        HttpURLConnection connection = send == null ? null : recipe.open();
        if (send == null) {
            return null;
        }
        if (connection == null) {
            Step unused = after(send.attempt(), Outcome.Cancelled.INSTANCE);
            return null;
        }
        rival.talksTo(connection);
        recipe.trim(connection, send);
        try (Watchdog watchdog = Watchdog.start(engine, connection, send)) {
            Exception error = Talk.send(connection, recipe, send, watchdog);
            int status = Talk.status(connection);
            Outcome outcome = new Talk.Head(connection, status);
            if (rival.hasLost()) {
                outcome = Outcome.Cancelled.INSTANCE;
            } else if (status < 0 && error != null) {
                outcome = Failures.of(error, recipe.isFirstRequest(connection));
            }
            Step step = after(send.attempt(), outcome);
            if (step instanceof Step.Drop) {
                Talk.discard(connection, error);
                return null;
            }
            return new Rival.Result(connection, error, step);
        }
    }

    /** Tells the session what the attempt gave. */
    private Step told(Step.Send send, Watchdog watchdog) {
        int status = Talk.status(delegate);
        if (status < 0 && raised != null) {
            return failed(send, raised);
        }
        Step step = after(send.attempt(), new Talk.Head(delegate, status));
        return step instanceof Step.Deliver ? heldBack(watchdog) : step;
    }

    private Step failed(Step.Send send, Exception error) {
        Outcome outcome =
                abandoned() ? Outcome.Cancelled.INSTANCE : Failures.of(error, recipe.isFirstRequest(delegate));
        return after(send.attempt(), outcome);
    }

    /** Whether another thread disconnected since the current entry came in: what fails then, fails because of that. */
    private boolean abandoned() {
        return disconnects.get() != disconnectsBefore;
    }

    private Step heldBack(Watchdog watchdog) {
        long limit = target.policy().retry().bufferResponseBytes();
        long length = Talk.bodyLength(delegate, recipe.method());
        if (limit == 0 || length > limit || length == 0) {
            return Step.Deliver.INSTANCE;
        }
        InputStream stream;
        try {
            stream = raised == null ? delegate.getInputStream() : delegate.getErrorStream();
        } catch (IOException e) {
            return Step.Deliver.INSTANCE;
        }
        if (stream == null) {
            return Step.Deliver.INSTANCE;
        }
        watchdog.bodyIsRead();
        Download.Held held = Download.hold(stream, length, limit, watchdog::barked);
        bodySource = stream;
        body = held.stream();
        if (held.failure() == null) {
            body = raised == null ? rescue.recorded(delegate, held.stream()) : held.stream();
            return Step.Deliver.INSTANCE;
        }
        try {
            return session().bodyLost(Failures.body(held.failure()), engine.nanoTime());
        } catch (RuntimeException e) {
            defects.report("a call ends with the outcome it has", e);
            return Step.Deliver.INSTANCE;
        }
    }

    /** Does what the session says. False: the call is settled. */
    private boolean again(Step step) throws IOException {
        if (step instanceof Step.Wait wait) {
            HttpURLConnection next = recipe.open();
            if (next != null) {
                Talk.discard(delegate, raised);
                Step.Send granted = granted(wait);
                if (granted == null) {
                    return false;
                }
                delegate = next;
                bodySource = null;
                body = null;
                sending = granted;
                recipe.trim(next, granted);
                return true;
            }
        }
        if (step instanceof Step.FallBack fallBack && rescued(fallBack)) {
            return false;
        }
        settled = true;
        sending = null;
        showHead();
        if (raised == null) {
            rescue.recordHead(delegate);
        }
        if (raised != null && session != null) {
            raised = session.finalError(raised);
        }
        if (late && raised instanceof IOException timeout && Talk.status(delegate) < 0) {
            ended = timeout; // what the JDK remembers of it is whatever a connection that we cut off came to
        }
        return false;
    }

    private void showHead() {
        Front shown = front;
        if (shown != null && raised == null) {
            int status = Talk.status(delegate);
            shown.show(true, status, null);
        }
    }

    /** Settles the call with a fallback's answer, if there is one, as if a connection had brought it. */
    private boolean rescued(Step.FallBack step) {
        boolean beforeBody = onlyOpening && delegate.getDoOutput() && recipe.upload() == null;
        HttpURLConnection made = rescue.answer(step, session(), delegate, raised, beforeBody);
        if (made == null) {
            return false;
        }
        if (session().attempts() > 0) {
            Talk.discard(delegate, raised); // one that never talked would begin to
        }
        delegate = made;
        raised = null;
        body = null;
        bodySource = null;
        settled = true;
        sending = null;
        if (!beforeBody) {
            showHead();
        }
        return true;
    }

    /**
     * Waits as long as the session asks for before the next attempt may be sent.
     *
     * @return null: none may be, and a fallback has settled the call
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
            } else {
                throw ended(new SocketException("Socket closed"));
            }
        }
        return (Step.Send) next;
    }

    private void sleep(Step.Wait wait) throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        waiting = over;
        try {
            if (wait.ticket() != null) {
                wait.ticket().onGranted(over::countDown);
            }
            if (!abandoned()) {
                boolean unused = over.await(wait.nanos(), TimeUnit.NANOSECONDS);
            }
            if (abandoned()) {
                end(new SocketException("Socket closed"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(new InterruptedIOException("interrupted while waiting to try again"));
        } finally {
            waiting = null;
        }
    }

    /** The application itself ended the call during a wait. */
    private void end(IOException how) throws IOException {
        session().cancel(engine.nanoTime());
        throw ended(how);
    }

    /** What every entry throws from now on. */
    private IOException ended(IOException how) {
        settled = true;
        sending = null;
        ended = how;
        return how;
    }

    private void failIfEnded() throws IOException {
        IOException how = ended;
        if (how != null) {
            throw how;
        }
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
            recipe.begin(delegate, mayWrite);
            target = engine.routeOrUntouched(target, recipe.method(), recipe.path());
            rescue.begin(target.policy().fallback(), delegate);
            caller = Thread.currentThread().getId();
            Session begun = engine.session(target, this);
            session = begun;
            current = granted(begun.begin(engine.nanoTime()));
            sending = current;
            if (current != null) {
                recipe.trim(delegate, current);
            }
        }
        return current;
    }

    private Session session() {
        Session current = session;
        if (current == null) {
            throw new IllegalStateException("not begun");
        }
        return current;
    }

    private Step after(int attempt, Outcome outcome) {
        try {
            return session().after(attempt, outcome, engine.nanoTime());
        } catch (RuntimeException e) {
            defects.report("a call ends with the outcome it has", e);
            return Step.Deliver.INSTANCE;
        }
    }

    private InputStream watched(InputStream stream) {
        InputStream given = stream;
        long length = Talk.bodyLength(delegate, recipe.method());
        if (length != 0 && session != null && !(delegate instanceof MadeConnection)) {
            given = Download.watched(stream, length, this::bodyBroke);
        }
        given = rescue.recorded(delegate, given);
        if (given != stream) {
            bodySource = stream;
            body = given;
        }
        return given;
    }

    private void bodyBroke(IOException how) {
        if (abandoned()) {
            return; // the application itself cut it off
        }
        try {
            session().bodyFailed(Failures.body(how), engine.nanoTime());
        } catch (RuntimeException defect) {
            defects.report("a failure was not counted", defect);
        }
    }

    private static IOException raised(Exception error) {
        if (error instanceof RuntimeException e) {
            throw e;
        }
        return (IOException) error;
    }
}
