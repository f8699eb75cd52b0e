package dev.holdfast.client.urlconnection;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.call.Target;
import dev.holdfast.weave.Defects;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HoldfastBridge;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.List;
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

    private final URL url;
    private final @Nullable Proxy proxy;
    private final Defects defects;
    private final List<Setting> settings = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();

    private volatile HttpURLConnection delegate;
    private @Nullable Front front;
    private @Nullable Session session;
    private Step.@Nullable Send sending;
    private @Nullable Upload upload;
    private volatile boolean settled;
    private @Nullable Exception raised;
    private @Nullable IOException ended;
    private @Nullable InputStream body;
    private @Nullable InputStream bodySource;

    private String method = "GET";
    private String methodField = "GET";
    private @Nullable String idempotencyKey;
    private boolean trimmed;
    private int connectTimeout;
    private int readTimeout;
    private volatile @Nullable CountDownLatch waiting;
    /** How often {@link #disconnect} was called. */
    private final AtomicInteger disconnects = new AtomicInteger();
    /** What {@link #disconnects} was when the entry that now talks came in. */
    private int disconnectsBefore;

    Exchange(
            Engine engine, Target target, HttpURLConnection delegate, URL url, @Nullable Proxy proxy, Defects defects) {
        this.engine = engine;
        this.target = target;
        this.delegate = delegate;
        this.url = url;
        this.proxy = proxy;
        this.defects = defects;
    }

    /** Set once, by the front's constructor. */
    void setFront(Front front) {
        this.front = front;
    }

    /** The JDK's connection of the current attempt. */
    HttpURLConnection delegate() {
        return delegate;
    }

    // ---- what the application sets

    /** Sets something on the current connection, and on those to come. What the JDK refuses is not recorded. */
    void set(Setting setting) throws ProtocolException {
        setting.applyTo(delegate);
        settings.add(setting);
    }

    /** {@link #set} for what cannot be refused by a {@link ProtocolException}. */
    void setFreely(Setting setting) {
        try {
            set(setting);
        } catch (ProtocolException e) {
            throw new IllegalStateException(e);
        }
    }

    void setRequestMethod(String newMethod) throws ProtocolException {
        set(c -> c.setRequestMethod(newMethod));
        methodField = newMethod;
    }

    String requestMethod() {
        bringMethod(delegate);
        return delegate.getRequestMethod();
    }

    void setConnectTimeout(int millis) {
        setFreely(c -> c.setConnectTimeout(millis));
        connectTimeout = millis;
    }

    void setReadTimeout(int millis) {
        setFreely(c -> c.setReadTimeout(millis));
        readTimeout = millis;
    }

    int connectTimeout() {
        return trimmed ? connectTimeout : delegate.getConnectTimeout();
    }

    int readTimeout() {
        return trimmed ? readTimeout : delegate.getReadTimeout();
    }

    // ---- what makes the JDK talk

    void connect() throws IOException {
        establish(HttpURLConnection::connect);
    }

    OutputStream outputStream() throws IOException {
        if (settled || upload != null) {
            // For what the JDK says about it; its stream is the one that we have.
            OutputStream stream = delegate.getOutputStream();
            return upload == null ? stream : upload.stream();
        }
        OutputStream[] opened = new OutputStream[1];
        establish(c -> opened[0] = c.getOutputStream());
        Upload made = Upload.of(opened[0], target.policy().retry().replayLimitBytes());
        upload = made;
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
        if (settle() && raised != null && delegate.getHeaderField(0) == null) {
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
        delegate.disconnect();
    }

    // ---- the call

    @Override
    public String method() {
        return method;
    }

    @Override
    public @Nullable String requestHeader(String name) {
        return name.equalsIgnoreCase("Idempotency-Key") ? idempotencyKey : delegate.getRequestProperty(name);
    }

    @Override
    public boolean bodyReplayable() {
        return upload == null || upload.replayable();
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
            while (true) {
                Step.Send send = begun();
                try (Watchdog watchdog = Watchdog.start(engine, delegate, send)) {
                    try {
                        opening.on(delegate);
                        return;
                    } catch (ProtocolException e) {
                        throw e; // misuse, or a refused expectation: the answer will tell
                    } catch (IOException e) {
                        raised = watchdog.barked() ? timedOut(e) : e;
                    }
                }
                if (!again(failed(raised))) {
                    throw raised(raised);
                }
            }
        } finally {
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
            while (again(attempt(begun()))) {}
            return true;
        } finally {
            lock.unlock();
        }
    }

    private Step attempt(Step.Send send) {
        bringMethod(delegate);
        try (Watchdog watchdog = Watchdog.start(engine, delegate, send)) {
            try {
                raised = null;
                if (send.attempt() > 1 && upload != null) {
                    upload.replayTo(delegate.getOutputStream());
                }
                delegate.getInputStream();
            } catch (IOException | RuntimeException e) {
                raised = watchdog.barked() ? timedOut(e) : e;
            }
            return told(watchdog);
        }
    }

    /** Tells the session what the attempt gave. */
    private Step told(Watchdog watchdog) {
        int status = status();
        if (status < 0 && raised != null) {
            return failed(raised);
        }
        Step step = after(new Head(delegate, status));
        return step instanceof Step.Deliver ? heldBack(watchdog) : step;
    }

    private Step failed(Exception error) {
        return after(abandoned() ? Outcome.Cancelled.INSTANCE : Failures.of(error, isFirstRequest()));
    }

    /** Whether another thread disconnected since the current entry came in: what fails then, fails because of that. */
    private boolean abandoned() {
        return disconnects.get() != disconnectsBefore;
    }

    private int status() {
        try {
            return delegate.getHeaderField(0) == null ? -1 : delegate.getResponseCode();
        } catch (IOException | RuntimeException e) {
            return -1;
        }
    }

    private Step heldBack(Watchdog watchdog) {
        long limit = target.policy().retry().bufferResponseBytes();
        long length = delegate.getContentLengthLong();
        if (limit == 0 || length > limit || method.equals("HEAD")) {
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
            return Step.Deliver.INSTANCE;
        }
        try {
            return session()
                    .bodyLost(Failures.body(held.failure()), engine.nanoTime())
                    .withoutFallback();
        } catch (RuntimeException e) {
            defects.report("a call ends with the outcome it has", e);
            return Step.Deliver.INSTANCE;
        }
    }

    /** Does what the session says. False: the call is settled. */
    private boolean again(Step step) throws IOException {
        if (step instanceof Step.Wait wait) {
            HttpURLConnection next = next();
            if (next != null) {
                discard();
                Step.Send granted = granted(wait);
                delegate = next;
                bodySource = null;
                body = null;
                sending = granted;
                trim(next, granted);
                return true;
            }
        }
        settled = true;
        sending = null;
        Front shown = front;
        if (shown != null && raised == null) {
            int status = status();
            shown.show(true, status, null);
        }
        if (raised != null && session != null) {
            raised = session.finalError(raised);
        }
        return false;
    }

    private @Nullable HttpURLConnection next() {
        try {
            URLConnection opened = proxy == null ? url.openConnection() : url.openConnection(proxy);
            // Under the agent that is a front again, of which only the JDK's connection is wanted.
            HttpURLConnection next = (HttpURLConnection)
                    (opened instanceof Front made ? made.exchange().delegate() : opened);
            for (Setting setting : settings) {
                setting.applyTo(next);
            }
            Front shown = front;
            if (shown != null && !shown.methodField().equals(next.getRequestMethod())) {
                HoldfastBridge.setMethod(next, shown.methodField());
            }
            return next;
        } catch (IOException | RuntimeException e) {
            defects.report("a call ends with the outcome it has", e);
            return null;
        }
    }

    /** Lets go of a response that nobody will read. The JDK drains what is left of a short body, to use the connection again. */
    private void discard() {
        try {
            InputStream rest = raised == null ? delegate.getInputStream() : delegate.getErrorStream();
            if (rest != null) {
                rest.close();
                return;
            }
        } catch (IOException | RuntimeException e) {
            // It breaks while nobody wants it.
        }
        delegate.disconnect();
    }

    /** Waits as long as the session asks for before the next attempt may be sent. */
    private Step.Send granted(Step step) throws IOException {
        Step next = step;
        while (!(next instanceof Step.Send)) {
            if (next instanceof Step.Wait wait) {
                sleep(wait);
                next = session().resume(engine.nanoTime()).withoutFallback();
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

    private Step.Send begun() throws IOException {
        Step.Send current = sending;
        if (current == null) {
            bringMethod(delegate);
            method = delegate.getRequestMethod();
            if (upload == null && delegate.getDoOutput() && method.equals("GET")) {
                method = "POST"; // what getOutputStream is about to make of it
            }
            idempotencyKey = delegate.getRequestProperty("Idempotency-Key");
            target = engine.routeOrUntouched(target, method, url.getPath());
            Session begun = engine.session(target, this);
            session = begun;
            current = granted(begun.begin(engine.nanoTime()).withoutFallback());
            sending = current;
            trim(delegate, current);
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

    private Step after(Outcome outcome) {
        try {
            return session().after(outcome, engine.nanoTime()).withoutFallback();
        } catch (RuntimeException e) {
            defects.report("a call ends with the outcome it has", e);
            return Step.Deliver.INSTANCE;
        }
    }

    private boolean isFirstRequest() {
        return delegate.getURL().toExternalForm().equals(url.toExternalForm());
    }

    /** Shortens the connection's own timeouts; longer ones of the application stay in view. */
    private void trim(HttpURLConnection connection, Step.Send send) {
        if (send.timeoutNanos() == Long.MAX_VALUE) {
            return;
        }
        if (!trimmed) {
            connectTimeout = connection.getConnectTimeout();
            readTimeout = connection.getReadTimeout();
            trimmed = true;
        }
        int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, TimeUnit.NANOSECONDS.toMillis(send.timeoutNanos())));
        connection.setConnectTimeout(connectTimeout == 0 ? millis : Math.min(millis, connectTimeout));
        connection.setReadTimeout(readTimeout == 0 ? millis : Math.min(millis, readTimeout));
    }

    private void bringMethod(HttpURLConnection connection) {
        Front shown = front;
        if (shown != null && !shown.methodField().equals(methodField)) {
            methodField = shown.methodField();
            HoldfastBridge.setMethod(connection, methodField);
        }
    }

    private InputStream watched(InputStream stream) {
        long length = delegate.getContentLengthLong();
        if (length <= 0 || method.equals("HEAD") || session == null) {
            return stream;
        }
        bodySource = stream;
        InputStream watched = Download.watched(stream, length, e -> {
            try {
                session().bodyFailed(Failures.body(e), engine.nanoTime());
            } catch (RuntimeException defect) {
                defects.report("a failure was not counted", defect);
            }
        });
        body = watched;
        return watched;
    }

    private static SocketTimeoutException timedOut(Exception cause) {
        SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");
        timeout.initCause(cause);
        return timeout;
    }

    private static IOException raised(Exception error) {
        if (error instanceof RuntimeException e) {
            throw e;
        }
        return (IOException) error;
    }

    /** The head of a response, asked only while its attempt is the current one. */
    private record Head(HttpURLConnection connection, int status) implements Outcome.Response {
        @Override
        public @Nullable String header(String name) {
            return connection.getHeaderField(name);
        }
    }
}
