package dev.holdfast.client.okhttp;

import dev.holdfast.call.Client;
import dev.holdfast.call.Engine;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.Step;
import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.fallback.FallbackRequest;
import dev.holdfast.fallback.FallbackRequest.Address;
import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.policy.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * One call as its policy sees it: its request, and the sending of its attempts. An attempt goes on along the chain of
 * the program's call wherever that is possible ({@link ChainAttempt}), so that nothing differs from a call without us;
 * one that has to be ended by itself is a call of its own ({@link CallAttempt}), as to cancel the program's call would
 * be for good.
 */
final class OkHttpTransport extends OkHttpResponses {
    static final Client CLIENT = Client.of(OkHttpInstrumentation.NAME);

    private final Call call;
    private final OkHttpClient client;
    private final Interceptor.Chain chain;
    private final Stage stage;
    private final OpenCalls openCalls;
    private final FallbackStrategies fallbackStrategies;
    private final RetryPolicy retryPolicy;
    /** Null: each attempt sends the program's own request. */
    private final @Nullable RequestContent content;

    private final boolean blocking;
    private final boolean policyBegins;
    private final long begun;
    /**
     * The number of requests of each attempt that failed, by its exception. Guarded by this object; made with the first
     * failure, which most calls do not see.
     */
    private @Nullable IdentityHashMap<Throwable, Integer> requestsOf;

    /** The thread that the chain belongs to. */
    private final Thread chainThread = Thread.currentThread();

    private volatile boolean leftChain;
    private volatile boolean leftThread;
    private volatile boolean released;
    /** True if there is something to do when the program cancels the call. */
    private volatile boolean listens;
    /** True if an attempt along the chain gave a response. Read and written by the chain's thread alone. */
    private boolean responded;
    /** The attempt that the chain refused, as a call of its own; null: it refused none. */
    private volatile @Nullable CallAttempt refusedByChain;
    /**
     * The attempts that the library carries out as calls of their own, which end by themselves when cancelled; null:
     * there were none. Guarded by this object.
     */
    private @Nullable Set<CallAttempt> underWay;

    /** Guarded by this object; made with the first attempt that is a call of its own. */
    private @Nullable AttemptCalls attemptCalls;

    private volatile @Nullable ChainAttempt onChain;
    /** Null: the calling thread. No lambda in its place, as a program's first call comes through here. */
    private volatile @Nullable Executor dispatching;

    /**
     * A call that has not begun.
     *
     * @param call the program's
     * @param chain what is below our interceptor
     * @param stage the network interceptor of that chain; null: it has none of ours
     * @param begun when the library began the call, by {@link System#nanoTime}
     * @param policyBegins whether the policy begins with the call: nothing of the program's runs above it
     * @param blocking whether a thread waits for the call, be it one of the dispatcher's
     */
    OkHttpTransport(
            Engine engine,
            PolicyTarget target,
            Call call,
            OkHttpClient client,
            Interceptor.Chain chain,
            @Nullable Stage stage,
            long begun,
            boolean policyBegins,
            boolean blocking,
            OpenCalls openCalls,
            FallbackStrategies fallbackStrategies) {
        super(chain.request());
        this.call = call;
        this.client = client;
        this.chain = chain;
        this.stage = stage == null ? Stage.UNKNOWN : stage;
        this.blocking = blocking;
        this.policyBegins = policyBegins;
        this.openCalls = openCalls;
        this.fallbackStrategies = fallbackStrategies;
        this.retryPolicy = target.policy().retry();
        this.content = RequestContent.of(request, target.policy(), engine.replayMemory());
        this.begun = begun;
    }

    // ---- the request

    @Override
    public long begunAt() {
        return policyBegins ? begun : 0;
    }

    /** The time at which the library began the call, by {@link System#nanoTime}. */
    long begun() {
        return begun;
    }

    @Override
    public Client client() {
        return CLIENT;
    }

    @Override
    public String method() {
        return request.method();
    }

    @Override
    public @Nullable String requestHeader(String name) {
        return request.header(name);
    }

    @Override
    public boolean bodyReplayable() {
        return content == null || content.isReplayable();
    }

    @Override
    public long fingerprint() {
        long caller = blocking ? chainThread.getId() : System.identityHashCode(client);
        return (caller << 32) ^ (31L * method().hashCode() + request.url().hashCode());
    }

    @Override
    public Attempt<Response> attempt(Step.Send send) {
        Request sent = numbered(toSend(), send.attempt());
        boolean alone = send.timeoutNanos() == Long.MAX_VALUE && send.hedgeNanos() < 0;
        if (!leftChain && Thread.currentThread() == chainThread && (alone || !canLeaveChain())) {
            ChainAttempt attempt = new ChainAttempt(this, sent);
            onChain = attempt;
            return attempt;
        }
        leftChain = true;
        return new CallAttempt(this, sent, attemptCalls(), blocking);
    }

    /** Returns whether a call of its own can be sent like the program's; otherwise its time limit ends nothing. */
    private boolean canLeaveChain() {
        return attemptCalls().carrier() != null;
    }

    private Request toSend() {
        return content == null ? request : content.request();
    }

    /** Sends a request along the chain of the program's call. */
    Response proceed(Request sent) throws IOException {
        stage.begin();
        try {
            Response response = asked(stage.proceed(chain, sent), sent);
            responded = true;
            return response;
        } catch (IOException | RuntimeException e) {
            if (isChainClosed(e)) {
                leftChain = true;
                CallAttempt carried = new CallAttempt(this, sent, attemptCalls(), true);
                refusedByChain = carried;
                return carried.send();
            }
            failed(e, stage);
            throw e;
        }
    }

    /**
     * Returns whether the chain may have refused a further request since an earlier response is open still: a network
     * interceptor of the program has put another body in the place of its own, and has not closed that.
     */
    private boolean isChainClosed(Exception e) {
        return e instanceof IllegalStateException && responded && stage.requests() == 0 && canLeaveChain();
    }

    @Override
    public long remainingNanos() {
        return attemptCalls().remainingNanos();
    }

    @Override
    public long responseTimeoutNanos() {
        int millis = asSent().readTimeoutMillis();
        return millis > 0 ? TimeUnit.MILLISECONDS.toNanos(millis) : Long.MAX_VALUE;
    }

    private Request numbered(Request of, int attempt) {
        String counter = retryPolicy.attemptHeaderOf(attempt);
        return counter == null || of.header(counter) != null
                ? of
                : of.newBuilder().header(counter, Integer.toString(attempt - 1)).build();
    }

    /** The thread of the chain is given up: later attempts are calls of their own. */
    void leaveChain() {
        leftChain = true;
        leftThread = true;
    }

    /** Sets where the end of an attempt runs that the dispatcher has not come to. */
    void dispatching(Executor newDispatching) {
        dispatching = newDispatching;
    }

    /** Runs something where the program's calls run. */
    void onDispatcher(Runnable task) {
        Executor executor = dispatching;
        if (executor == null) {
            task.run();
        } else {
            executor.execute(task);
        }
    }

    /** The calls that carry attempts. */
    private synchronized AttemptCalls attemptCalls() {
        AttemptCalls made = attemptCalls;
        if (made == null) {
            made = new AttemptCalls(call, client, chain, begun);
            attemptCalls = made;
        }
        return made;
    }

    @Override
    public boolean canHedge() {
        return (content == null || content.isRepeatableAtOnce()) && canLeaveChain();
    }

    @Override
    public void delivers(Attempt<Response> attempt) {
        CallAttempt carried = attempt instanceof CallAttempt own ? own : refusedByChain;
        if (carried != null && carried.isStarted() && attemptCalls().listener() != null) {
            openCalls.endsWith(call, carried.end());
        }
    }

    @Override
    public @Nullable Attempt<Response> alternateOrigin(FallbackCandidate.AlternateOriginRequest offer, Step.Send send) {
        return canLeaveChain()
                ? new CallAttempt(
                        this,
                        AlternateOriginRequests.of(toSend(), offer),
                        attemptCalls().toAlternateOrigin(offer),
                        blocking)
                : null;
    }

    @Override
    public FallbackRequest request(@Nullable Identity identity) {
        return new FallbackRequest(
                method(),
                new Address(request.url().toString(), () -> request.url().uri()),
                Heads.map(request.headers()),
                request.body() != null,
                identity);
    }

    @Override
    public @Nullable Identity caller() {
        return OkHttpIdentity.of(client, chain, request, fallbackStrategies);
    }

    @Override
    public void release() {
        if (content != null) {
            content.release();
        }
        released = true;
        if (listens) {
            openCalls.end(call);
        }
    }

    // ---- the program's own end of the call

    @Override
    public boolean isCancelled() {
        return call.isCanceled();
    }

    @Override
    public void onCancel(Runnable action) {
        listens = true;
        openCalls.onCancel(call, action);
        if (released) {
            openCalls.end(call); // on another thread meanwhile, and nobody would take it away again
        }
    }

    /** Cancels an attempt with the program's call, and the other way round. */
    void link(Call carrier, Stage at) {
        openCalls.link(call, carrier, at);
    }

    /** An attempt begins, as a call of its own. */
    synchronized void begins(CallAttempt attempt) {
        Set<CallAttempt> all = underWay;
        if (all == null) {
            all = new HashSet<>(2);
            underWay = all;
        }
        boolean unused = all.add(attempt);
    }

    /** An attempt has ended that began so. */
    synchronized void ends(CallAttempt attempt) {
        boolean unused = underWay != null && underWay.remove(attempt);
    }

    /** Returns whether the library is at an attempt, which ends by itself where the call is cancelled. */
    synchronized boolean isUnderWay() {
        if (underWay == null) {
            return false;
        }
        for (CallAttempt attempt : underWay) {
            if (attempt.isStarted()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the calling thread is that of the program's call. */
    boolean isOnChain() {
        return !leftThread && Thread.currentThread() == chainThread;
    }

    /** Returns whether the program has shut the dispatcher's executor down. */
    boolean refusesCalls() {
        return client.dispatcher().executorService().isShutdown();
    }

    @Override
    public IOException cancelled() {
        return new IOException("Canceled");
    }

    @Override
    public IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt(); // as the library leaves it
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(cause);
        return interrupted;
    }

    @Override
    public IOException timedOut(@Nullable Throwable cause) {
        SocketTimeoutException late = new SocketTimeoutException("timeout");
        if (cause != null) {
            late.initCause(cause);
        }
        return late;
    }

    // ---- what an attempt gave

    /** Notes how far an attempt came that failed. */
    synchronized void failed(Throwable error, Stage at) {
        IdentityHashMap<Throwable, Integer> all = requestsOf;
        if (all == null) {
            all = new IdentityHashMap<>(2);
            requestsOf = all;
        }
        all.put(error, at.requests());
    }

    private synchronized @Nullable Integer requestsOf(@Nullable Throwable error) {
        return requestsOf == null || error == null ? null : requestsOf.get(error);
    }

    @Override
    public Outcome classify(Attempt<Response> attempt, Throwable error) {
        Integer requests = requestsOf(error);
        if (requests == null) {
            requests = requestsOf(error.getCause()); // one that was cut off
        }
        return OkHttpFailures.of(
                error,
                requests == null ? -1 : requests,
                () -> request.isHttps() ? OkHttpProxies.of(asSent(), request) : null);
    }

    /** The client with the settings that the requests are sent by, as far as they can be read. */
    private OkHttpClient asSent() {
        OkHttpClient known = attemptCalls().carrier();
        return known == null ? client : known;
    }

    @Override
    public @Nullable InputStream body(Response response) {
        ResponseBody body = response.body();
        ChainAttempt attempt = onChain;
        return body == null ? null : attempt == null ? body.byteStream() : attempt.cancellable(body.byteStream());
    }
}
