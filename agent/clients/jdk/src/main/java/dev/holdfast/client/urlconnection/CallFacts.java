package dev.holdfast.client.urlconnection;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.FailOpenSession;
import dev.holdfast.exchange.InjectedErrors;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.policy.ClientNames;
import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The state of one call of {@code HttpURLConnection}, and the facts that its {@link Session} asks for.
 *
 * <p>{@link CallEnd}, {@link CallAttempts} and {@link UrlCall} extend it in turn, one for each phase of a call. They
 * are one object, as each call has one: as objects that refer to each other they would take some 50 bytes more.
 */
abstract class CallFacts implements CallInfo {
    /** The client's name, as its instrumentation declares it. */
    static final String NAME = ClientNames.HTTP_URL_CONNECTION;

    static final Client CLIENT = Client.of(NAME);

    final Engine engine;
    final RequestRecorder requestRecorder;
    final AdapterContext context;
    final DisconnectSignal disconnectSignal = new DisconnectSignal();

    final PolicyTarget host;

    /** The target of the host; once the call has begun, of the route. */
    PolicyTarget target;

    volatile Attempt attempt;

    /** The attempt before the current one, if what it gave can still be given. */
    @Nullable
    Attempt previous;

    @Nullable
    FailOpenSession session;

    /** Made for a policy that has a strategy, or injects faults. */
    volatile @Nullable CallFallback fallback;

    /** The attempt that is under way; null: none is. */
    volatile Step.@Nullable Send sending;
    /** True if the current attempt is the application's. */
    volatile boolean settled;

    /** A number of the thread that began the call. */
    int caller;

    /** True if the entry that now talks only opens the connection. */
    boolean onlyOpening;

    /** The exception that Holdfast itself ended the call with, null: it did not. */
    @Nullable
    IOException ended;

    /** A call that has not begun, with a connection that has not talked. */
    CallFacts(
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

    /** Returns whether an attempt of it counts under a limit on attempts at a time. */
    boolean holdsPermit() {
        return target.concurrency() != null;
    }

    /** Returns the number of bytes of the request's body that the application has written. */
    long written() {
        Upload upload = requestRecorder.upload();
        return upload == null ? 0 : upload.written();
    }

    /** Returns whether its answer may be recorded. */
    boolean usesCache() {
        return target.policy().fallback().usesCache();
    }

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
    public long responseTimeoutNanos() {
        int millis = attempt.connection().getReadTimeout();
        return millis > 0 ? TimeUnit.MILLISECONDS.toNanos(millis) : Long.MAX_VALUE;
    }

    @Override
    public IOException faultError(ErrorKind kind, String message) {
        return InjectedErrors.of(kind, message);
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

    FailOpenSession failOpen() {
        FailOpenSession current = session;
        if (current == null) {
            throw new IllegalStateException("not begun");
        }
        return current;
    }

    Session session() {
        return failOpen().session();
    }

    /** Tells the session of an outcome. */
    Step after(int number, Outcome outcome) {
        return failOpen().after(number, outcome);
    }
}
