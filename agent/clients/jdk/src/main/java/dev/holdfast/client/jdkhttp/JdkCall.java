package dev.holdfast.client.jdkhttp;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.ErrorReporter;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Privileges;
import dev.holdfast.call.Step;
import dev.holdfast.exchange.FailOpenSession;
import dev.holdfast.exchange.FallbackHandler;
import dev.holdfast.exchange.HeldResponse;
import dev.holdfast.exchange.ResponseHead;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.fallback.ResponseRecording;
import dev.holdfast.policy.ClientNames;
import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The common part of the blocking and the asynchronous call: the application's request and handler, the request of each
 * attempt, and the talk with the session.
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
    /** The client's name, as its instrumentation declares it. */
    static final String NAME = ClientNames.JAVA_NET_HTTP;

    static final Client CLIENT = Client.of(NAME);

    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

    /** The answer of a call that the application gave up. */
    private enum GivenUp implements BooleanSupplier {
        OVER;

        @Override
        public boolean getAsBoolean() {
            return true;
        }
    }

    /** The value where no thread waits: a retry may be sent from any thread. */
    static final long ANY_THREAD = 0;

    final FailOpenSession session;
    final BodyHandler<T> application;
    /** Made for a policy that has a strategy, or injects faults. */
    private final @Nullable CallFallback<T> fallback;
    /** The executor of attempts that cannot be sent from the application's thread, with that thread's privileges. */
    final Executor pool = Privileges.withCallerPrivileges(AsyncPool.INSTANCE);

    private final HttpRequest request;
    private final RequestBody body;
    private final WeakReference<HttpClient> client;
    /** A number of the thread that waits for the call, or of the client. */
    private final int caller;
    /** Answers true once the application has ended the call by other means than those we are told of. */
    private volatile BooleanSupplier nobodyWaits;

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
        this.client = ClientReference.to(client);
        this.request = request;
        this.application = application;
        this.caller = caller == ANY_THREAD ? System.identityHashCode(client) : (int) caller;
        this.nobodyWaits = nobodyWaits;
        this.body = RequestBody.of(request, client, target.policy(), engine.replayMemory());
        this.session = new FailOpenSession(engine, target, this, errorReporter);
        this.fallback = target.mayFallBack() ? new CallFallback<>(this, fallbackStrategies, request) : null;
    }

    /** Clock and timer. */
    Engine engine() {
        return session.engine();
    }

    /** The application's request. */
    HttpRequest request() {
        return request;
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
        return CLIENT;
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
        return ((long) caller << 32)
                ^ (31L * method().hashCode() + request.uri().hashCode());
    }

    @Override
    public long responseTimeoutNanos() {
        return request.timeout().map(TimeUnit.NANOSECONDS::convert).orElse(Long.MAX_VALUE);
    }

    @Override
    public IOException faultError(ErrorKind kind, String message) {
        return JdkFailures.injected(kind, message);
    }

    /** Returns the number of bytes of a response's body to hold back. */
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
        HttpRequest sent =
                publisher == null && timeout == null ? request : AttemptRequest.of(request, publisher, timeout);
        String counter = session.policy().retry().attemptHeaderOf(send.attempt());
        return counter == null || requestHeader(counter) != null
                ? sent
                : AttemptRequest.numbered(sent, counter, send.attempt() - 1);
    }

    /** Returns the body that an attempt sends in place of the request's own; null: that one. */
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
        abandonFallback();
    }

    /** Nobody waits for another origin any more. */
    void abandonFallback() {
        if (fallback != null) {
            fallback.abandon();
        }
    }

    /** The application gave the call up; whatever another origin is asked for, the caller ends. */
    void end() {
        nobodyWaits = GivenUp.OVER;
        session.cancel();
    }

    /** Returns whether the application gave the call up. */
    boolean isOver() {
        if (nobodyWaits != GivenUp.OVER && nobodyWaits.getAsBoolean()) {
            giveUp();
        }
        return nobodyWaits == GivenUp.OVER;
    }

    /** Returns the attempt to send beside a slow first one; null: none. */
    Step.@Nullable Send hedge() {
        return isOver() || !body.repeatableAtOnce() ? null : session.hedge();
    }

    /**
     * Tells the session of an outcome.
     *
     * <p>The session is told also when nobody waits any more: the loser of two hedged attempts ends after the call has,
     * and its concurrency permit is taken until then.
     *
     * @param attempt the attempt's number
     * @param outcome what it gave
     */
    Step after(int attempt, Outcome outcome) {
        boolean unused = isOver(); // the session hears first that the application gave the call up
        return session.after(attempt, outcome);
    }

    /** Tells the session of a response, with its body if that is whole. See {@link #after}. */
    Step after(int attempt, Head head, byte @Nullable [] body) {
        boolean unused = isOver();
        return session.after(attempt, () -> body == null ? head : HeldResponse.of(head, body, holdBackBytes()));
    }

    /** Tells the session of an attempt that gave no head. See {@link #after}. */
    Step failed(int attempt, Throwable error) {
        boolean unused = isOver();
        return session.after(attempt, () -> JdkFailures.beforeHead(error, sending()));
    }

    /** The client took no request for an attempt. See {@link FailOpenSession#withdraw}. */
    Step withdraw(int attempt) {
        Step step = isOver() ? Step.Deliver.INSTANCE : session.withdraw(attempt);
        if (step instanceof Step.Deliver) {
            giveUp();
        }
        return step;
    }

    /** Begins to record a response that will be delivered, for worse times; null: it is not to be kept. */
    @Nullable
    ResponseRecording recording(ResponseInfo head) {
        // A proxy's answer to CONNECT: the origin has not been asked (RFC 9110, 15.5.8).
        return fallback == null || head.statusCode() == PROXY_AUTHENTICATION_REQUIRED
                ? null
                : fallback.record(Head.of(head));
    }

    /**
     * A response that was recorded is the application's: it is kept, unless something speaks against that.
     *
     * @param attempt which attempt it is of, the first being 1
     */
    void confirm(ResponseRecording recording, HttpResponse<T> response, int attempt) {
        // Behind a redirect it is another resource's, perhaps a page to log in, under rules that every hop may set.
        if (isConfirmed(recording, response, attempt)) {
            recording.confirm();
        } else {
            recording.cancel();
        }
    }

    private boolean isConfirmed(ResponseRecording recording, HttpResponse<T> response, int attempt) {
        try {
            return response.previousResponse().isEmpty()
                    && (!recording.isOfBody() || (fallback != null && fallback.isAskedByTheSame(attempt)));
        } catch (RuntimeException | LinkageError e) {
            session.report(FallbackHandler.NOT_KEPT, e);
            return false;
        }
    }

    /**
     * Asks the strategies.
     *
     * @return the step itself where one has an answer, else the end without: at once, or later, from whatever thread
     */
    CompletableFuture<Step> resolved(Step.FallBack step) {
        if (fallback == null || isOver()) {
            session.fallbackFailed();
            return CompletableFuture.completedFuture(step.otherwise());
        }
        return fallback.resolve(step);
    }

    /** Returns whether a strategy had an answer. */
    boolean isRescued() {
        return fallback != null && fallback.hasAnswer();
    }

    /** The strategy's response, where one had an answer. See {@link CallFallback#made}. */
    CompletableFuture<HttpResponse<T>> rescued() {
        return fallback == null
                ? CompletableFuture.failedFuture(new IllegalStateException("no answer"))
                : fallback.made();
    }

    /** Resolves a step that asks for the fallback strategies. See {@link #resolved}. */
    void resolve(Step step, Consumer<Step> then) {
        if (step instanceof Step.FallBack fallBack) {
            CompletableFuture<?> unused = resolved(fallBack).thenAccept(then);
        } else {
            then.accept(step);
        }
    }

    /** The body of a response that was held back broke: decided anew. See {@link #after}. */
    Step bodyLost(Throwable error) {
        return isOver() ? Step.Deliver.INSTANCE : session.bodyLost(() -> JdkFailures.afterHead(error));
    }

    /** The body of a response broke that the application reads. */
    void bodyFailed(Throwable error) {
        if (!isOver()) {
            session.bodyFailed(() -> JdkFailures.afterHead(error));
        }
    }

    private JdkFailures.Sending sending() {
        HttpClient sender = sender();
        boolean secure = "https".equalsIgnoreCase(request.uri().getScheme())
                && sender.followRedirects() != HttpClient.Redirect.ALWAYS; // which may lead to an origin without TLS
        return new JdkFailures.Sending(
                body.notAskedFor(),
                body.provesNotBegun(),
                RequestBody.sendsOnce(sender) && body.replayable(),
                body.unprocessed(),
                secure,
                () -> Proxies.of(sender, request.uri()));
    }

    /** The head of a response, as the session wants to see it. */
    record Head(int status, HttpHeaders headers) implements ResponseHead {
        static Head of(ResponseInfo info) {
            return new Head(info.statusCode(), info.headers());
        }

        @Override
        public @Nullable String header(String name, int index) {
            return Headers.value(headers, name, index);
        }

        @Override
        public Map<String, List<String>> fields() {
            return headers.map();
        }
    }
}
