package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Privileges;
import dev.holdfast.call.Session;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fallback.ResponseRecording;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the blocking and the asynchronous call have in common: the application's request and handler, the request of
 * each attempt, and the talk with the {@link Session}.
 *
 * <p>Refers to the client weakly. The client keeps the body handler of an exchange that failed for as long as its
 * connection is open, and with it whatever that handler reaches: this object. If that led back to the client, neither
 * would ever be collected, nor the client's thread end. {@link SyncCall}, {@link AsyncCall} and {@link Attempt} hold
 * the client strongly; nothing that the client keeps may refer to them once an attempt has ended.
 *
 * <p>Once the application has given the call up (interrupt, cancel, a future that it completed itself), the session
 * hears of nothing more: what then still arrives on the client's threads is the end of an attempt that nobody asks
 * about.
 *
 * @param <T> the application's body type
 */
final class JdkCall<T> implements CallInfo {
    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;
    static final String DEFECT = "a call ends with the outcome it has";

    /** No thread waits: what is sent again may come from any. */
    static final long ANY_THREAD = 0;

    final Engine engine;
    final Session session;
    final BodyHandler<T> application;
    final FallbackHandler<T> fallbackHandler;
    /** Where attempts are sent from that cannot be sent from the application's thread: with the rights that one has. */
    final Executor pool = Privileges.withCallerPrivileges(AsyncCall.ASYNC_POOL);

    private final HttpRequest request;
    private final RequestBody body;
    private final BooleanSupplier nobodyWaits;
    private final WeakReference<HttpClient> client;
    private final long caller;
    private final ErrorReporter errorReporter;
    private volatile boolean over;

    /**
     * A call that has not begun.
     *
     * @param caller the number of the thread that waits for the call, or {@link #ANY_THREAD}
     * @param nobodyWaits whether the application has ended the call by other means than the ones we are told of
     */
    JdkCall(
            Engine engine,
            PolicyTarget target,
            HttpClient client,
            HttpRequest request,
            BodyHandler<T> application,
            long caller,
            BooleanSupplier nobodyWaits,
            FallbackStrategies fallbackStrategies,
            ErrorReporter errorReporter) {
        this.engine = engine;
        this.client = new WeakReference<>(client);
        this.request = request;
        this.application = application;
        this.caller = caller == ANY_THREAD ? System.identityHashCode(client) : caller;
        this.nobodyWaits = nobodyWaits;
        this.errorReporter = errorReporter;
        this.body = RequestBody.of(request, client, target.policy(), engine.replayMemory());
        this.session = engine.session(target, this);
        this.fallbackHandler = new FallbackHandler<>(this, fallbackStrategies, request);
    }

    /** The client that sends the call. There as long as the call is under way. */
    HttpClient sender() {
        HttpClient sender = client.get();
        if (sender == null) {
            throw new IllegalStateException("the call is over, and its client gone");
        }
        return sender;
    }

    @Override
    public Client client() {
        return JdkHttpHook.CLIENT;
    }

    @Override
    public String method() {
        String method = request.method();
        return method == null ? "GET" : method;
    }

    @Override
    public @Nullable String requestHeader(String name) {
        return Headers.first(request.headers(), name);
    }

    @Override
    public boolean bodyReplayable() {
        return body.replayable();
    }

    @Override
    public long fingerprint() {
        return (caller << 32) ^ (31L * method().hashCode() + request.uri().hashCode());
    }

    /** How much of a response's body is to be held back. */
    long holdBackBytes() {
        return session.policy().retry().bufferResponseBytes();
    }

    /**
     * The request of one attempt: the application's own object wherever nothing has to differ. The application's own
     * timeout bounds each attempt, as the JDK defines it (until the response's head); ours can only shorten it.
     */
    HttpRequest requestOf(Step.Send send) {
        HttpRequest.BodyPublisher publisher = body.publisherOf(send.attempt());
        Duration timeout = shorterTimeout(send.timeoutNanos());
        return publisher == null && timeout == null ? request : AttemptRequest.of(request, publisher, timeout);
    }

    /** Something in Holdfast failed, without harm to the call. */
    void failedInside(Throwable defect) {
        errorReporter.report(DEFECT, defect);
    }

    /** What an attempt has to send in place of the request's own body; null: that one. */
    HttpRequest.@Nullable BodyPublisher publisherOf(int attempt) {
        return body.publisherOf(attempt);
    }

    /** The call has ended: no further attempt will need the request's body. */
    void releaseBody() {
        body.release();
    }

    /** A time of ours, where the application has not set a shorter one. */
    @Nullable
    Duration shorterTimeout(long nanos) {
        if (nanos == Long.MAX_VALUE) {
            return null;
        }
        Duration ours = Duration.ofNanos(nanos);
        return request.timeout().filter(theirs -> theirs.compareTo(ours) <= 0).isPresent() ? null : ours;
    }

    /** The application gave the call up: nothing of it counts, and no other origin is waited for. */
    void giveUp() {
        end();
        fallbackHandler.abandon();
    }

    /** The application gave the call up; whatever another origin is asked for, the caller ends. */
    void end() {
        over = true;
        try {
            session.cancel(engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report(DEFECT, e);
        }
    }

    /** Returns whether the application gave the call up. */
    boolean isOver() {
        if (!over && nobodyWaits.getAsBoolean()) {
            giveUp();
        }
        return over;
    }

    /** What is to be sent beside a first attempt that takes long; null: nothing. */
    Step.@Nullable Send hedge() {
        return isOver() || !body.repeatableAtOnce() ? null : session.hedge(engine.nanoTime());
    }

    /**
     * Tells the session of an outcome. A defect in it must not cost the application the outcome: that is delivered.
     *
     * <p>The session is told also when nobody waits any more: the loser of two hedged attempts ends after the call has,
     * and its concurrency permit is taken until then.
     *
     * @param attempt the attempt's number
     * @param outcome what it gave
     */
    Step after(int attempt, Outcome outcome) {
        boolean unused = isOver(); // the session hears first that the application gave the call up
        try {
            return session.after(attempt, outcome, engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report(DEFECT, e);
            return Step.Deliver.INSTANCE;
        }
    }

    /** The client took no request for an attempt. See {@link Session#withdraw}. */
    Step withdraw(int attempt) {
        Step step = Step.Deliver.INSTANCE;
        try {
            step = isOver() ? step : session.withdraw(attempt, engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report(DEFECT, e);
        }
        if (step instanceof Step.Deliver) {
            giveUp();
        }
        return step;
    }

    /** Begins to record a response that will be delivered, for worse times; null: it is not to be kept. */
    @Nullable
    ResponseRecording recording(ResponseInfo head) {
        try {
            // A proxy's answer to CONNECT: the origin has not been asked (RFC 9110, 15.5.8).
            return head.statusCode() == PROXY_AUTHENTICATION_REQUIRED ? null : fallbackHandler.record(head);
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report("an answer is not kept", e);
            return null;
        }
    }

    /**
     * A response that was recorded is the application's: it is kept, unless something speaks against that.
     *
     * @param attempt which attempt it is of, the first being 1
     */
    void confirm(ResponseRecording recording, HttpResponse<T> response, int attempt) {
        try {
            // Behind a redirect it is another resource's, perhaps a page to log in, under rules that every hop may set.
            if (response.previousResponse().isEmpty()
                    && (!recording.isOfBody() || fallbackHandler.isAskedByTheSame(attempt))) {
                recording.confirm();
                return;
            }
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report("an answer is not kept", e); // a cookie store of the application's own
        }
        recording.cancel();
    }

    /**
     * Asks the strategies.
     *
     * @return the step itself where one has an answer, else the end without: at once, or later, from whatever thread
     */
    CompletableFuture<Step> resolved(Step.FallBack step) {
        try {
            if (!isOver()) {
                return fallbackHandler.ask(step).thenApply(answered -> answered ? step : withoutFallback(step));
            }
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report(DEFECT, e);
        }
        return CompletableFuture.completedFuture(withoutFallback(step));
    }

    private Step withoutFallback(Step.FallBack step) {
        session.fallbackFailed(engine.nanoTime());
        return step.otherwise();
    }

    /** What follows from a step once the strategies were asked, if that is what it asks for. See {@link #resolved}. */
    void resolve(Step step, Consumer<Step> then) {
        if (step instanceof Step.FallBack fallBack) {
            CompletableFuture<?> unused = resolved(fallBack).thenAccept(then);
        } else {
            then.accept(step);
        }
    }

    /** The body of a response that was held back broke: decided anew. See {@link #after}. */
    Step bodyLost(Throwable error) {
        if (isOver()) {
            return Step.Deliver.INSTANCE;
        }
        try {
            return session.bodyLost(FailureClassifier.afterHead(error), engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report(DEFECT, e);
            return Step.Deliver.INSTANCE;
        }
    }

    /** What follows from an attempt that ended in an exception. */
    Step afterError(AttemptHandler<T> handler, Throwable error) {
        Step decided = handler.decision();
        if (decided == null) {
            return after(handler.attempt(), FailureClassifier.beforeHead(error, sending()));
        }
        if (decided instanceof Step.Deliver && handler.lostBody() == null && !ApplicationExceptions.isOne(error)) {
            bodyFailed(error);
        }
        return decided;
    }

    private FailureClassifier.Sending sending() {
        HttpClient sender = sender();
        boolean secure = "https".equalsIgnoreCase(request.uri().getScheme())
                && sender.followRedirects() != HttpClient.Redirect.ALWAYS; // which may lead to an origin without TLS
        return new FailureClassifier.Sending(
                body.notAskedFor(),
                body.provesNotBegun(),
                RequestBody.sendsOnce(sender) && body.replayable(),
                body.unprocessed(),
                secure,
                () -> Proxies.of(sender, request.uri()));
    }

    /** The call as it would be without us. For the case that Holdfast failed before anything was sent. */
    CompletableFuture<HttpResponse<T>> original() {
        return sender().sendAsync(request, AttemptHandler.letThrough(this));
    }

    /**
     * What the call ends in, if its last attempt did not end in a response: an exception, or the response that was
     * discarded before a next attempt that could not be sent. May run the application's handler.
     *
     * @param last the last attempt, null: none was sent, as the client was closed before
     * @param before the one before it
     * @param defect what ended the call out of turn, null: nothing did
     */
    CompletableFuture<HttpResponse<T>> result(
            @Nullable Attempt<T> last, @Nullable Attempt<T> before, @Nullable Throwable defect) {
        if (last == null) {
            return CompletableFuture.failedFuture(OpenCalls.refusal()); // nothing was sent: its client is closed
        }
        boolean takesPrevious = last.refused() || session.deliversPrevious();
        Attempt<T> counts = takesPrevious && before != null && before.canStand() ? before : last;
        Throwable error = counts.error();
        if (error != null) {
            session.finalError(FailureClassifier.unwrap(error));
            return CompletableFuture.failedFuture(error);
        }
        DiscardedResponse<T> discarded = counts.discarded();
        CompletableFuture<HttpResponse<T>> made = discarded == null ? null : discarded.through(application);
        if (made != null) {
            return made;
        }
        return CompletableFuture.failedFuture(notSent(defect));
    }

    /** The exception in place of a response that was discarded, and would be what the call gave. */
    private IOException notSent(@Nullable Throwable defect) {
        IOException why = session.notSent();
        if (why == null) {
            return new IOException("Holdfast could not carry out a retry; the answer before it was discarded", defect);
        }
        // The type that this client's users expect of a time that is over.
        return why instanceof SocketTimeoutException ? new HttpTimeoutException(why.getMessage()) : why;
    }

    private void bodyFailed(Throwable error) {
        if (isOver()) {
            return;
        }
        try {
            session.bodyFailed(FailureClassifier.afterHead(error), engine.nanoTime());
        } catch (RuntimeException | LinkageError e) {
            errorReporter.report("a failure was not counted", e);
        }
    }

    /** The head of a response, as the session wants to see it. */
    record Head(int status, HttpHeaders headers) implements Outcome.Response {
        static Head of(ResponseInfo info) {
            return new Head(info.statusCode(), info.headers());
        }

        @Override
        public @Nullable String header(String name) {
            return Headers.first(headers, name);
        }
    }
}
