package dev.holdfast.client.okhttp;

import dev.holdfast.call.Engine;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.exchange.ThreadSlots;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.ResponseBody;
import org.jspecify.annotations.Nullable;

/**
 * The entry of OkHttp's calls. A call whose host has no policy passes with a look into a table; so do our own attempts,
 * whatever asks for another protocol (WebSockets), bodies that are written while the response is read, and requests
 * that the client's cache alone may answer. Thread-safe.
 *
 * <p>Our interceptor is the last of the application's: what the program's own interceptors make of a request is what is
 * sent, and they run once for a call. One attempt is all that the library does below it: redirects, authentication, its
 * cache, and the request that it sends again by itself when a pooled connection turns out to be closed
 * ({@code retryOnConnectionFailure}).
 */
final class OkHttpAdapter implements ClientAdapter {
    private final AdapterContext context;
    private final OpenCalls openCalls = new OpenCalls();
    private final SuspendedCalls suspendedCalls = new SuspendedCalls(openCalls);
    /** The interceptor of the call that a thread begins, between the two lists that it is added to. */
    private final ThreadSlots<PolicyInterceptor> begun = new ThreadSlots<>();
    /** The callbacks of asynchronous calls that have not begun. */
    private final Map<Object, AsyncCall> enqueued = new ConcurrentHashMap<>();

    /** True once the library was seen to say that it is about to write a request. */
    private volatile boolean tellsOfRequests;

    OkHttpAdapter(AdapterContext context) {
        this.context = context;
    }

    @Override
    public @Nullable Object result(
            int joinPoint, @Nullable Object value, @Nullable Object first, @Nullable Object second) {
        if (value == null || first == null) {
            return value;
        }
        try {
            return switch (joinPoint) {
                case OkHttpInstrumentation.INTERCEPTORS -> interceptors((List<?>) value, first, second);
                case OkHttpInstrumentation.NETWORK_INTERCEPTORS -> networkInterceptors((List<?>) value, first);
                case OkHttpInstrumentation.CALLBACK -> callback((Callback) value, (Call) first);
                case OkHttpInstrumentation.REACHED -> reached((Interceptor.Chain) value);
                case OkHttpInstrumentation.BODY -> Stage.opened((ResponseBody) value);
                case OkHttpInstrumentation.CALL_OF_CHAIN -> openCalls.programs(value);
                case OkHttpInstrumentation.RUNNING_CALLS -> suspendedCalls.running((Dispatcher) first, (List<?>) value);
                case OkHttpInstrumentation.RUNNING_CALLS_COUNT ->
                    suspendedCalls.runningCount((Dispatcher) first, (Integer) value);
                case OkHttpInstrumentation.QUEUED_CALLS -> suspendedCalls.queued((List<?>) value);
                default -> suspendedCalls.queuedCount((Dispatcher) first, (Integer) value);
            };
        } catch (RuntimeException | LinkageError e) {
            if (joinPoint == OkHttpInstrumentation.REACHED) {
                Stage.mayHaveReached();
            }
            context.errorReporter().report(consequence(joinPoint), e);
            return value;
        }
    }

    private static String consequence(int joinPoint) {
        if (joinPoint == OkHttpInstrumentation.BODY) {
            return "a response is built anew";
        }
        if (joinPoint == OkHttpInstrumentation.REACHED) {
            return "an attempt may seem to have sent its request";
        }
        if (joinPoint == OkHttpInstrumentation.CALL_OF_CHAIN) {
            return "an interceptor sees the call of an attempt";
        }
        return joinPoint < OkHttpInstrumentation.RUNNING_CALLS
                ? "a call runs without its policy"
                : "a dispatcher lists the calls of attempts";
    }

    private List<?> interceptors(List<?> interceptors, Object carrier, @Nullable Object client) {
        Engine engine = context.engines().get();
        Request request = carrier instanceof Call call
                ? call.request()
                : carrier instanceof Interceptor.Chain chain ? chain.request() : null;
        AsyncCall async = enqueued.isEmpty() ? null : taken(carrier);
        if (engine == null || request == null || AttemptCalls.areOwn(interceptors)) {
            return interceptors;
        }
        HttpUrl url = request.url();
        PolicyTarget host = engine.target(url.scheme(), url.host(), url.port());
        if (host == null || !(client instanceof OkHttpClient http)) {
            return OldChains.isBegun(carrier) ? OldChains.end(interceptors) : interceptors;
        }
        if (host.isFirstCallOf(OkHttpTransport.CLIENT)) {
            engine.proxies().note(OkHttpProxies.of(http, request));
        }
        PolicyInterceptor ours;
        if (carrier instanceof Call call) {
            // With interceptors of the program's above it, the thread cannot be left before its call has ended; nor
            // within enqueue, where the dispatcher runs its calls there; nor where calls are to follow each other.
            boolean leaves = async != null
                    && interceptors.isEmpty()
                    && !async.isWithinEnqueue()
                    && !isOneAtATime(http.dispatcher());
            // The library asks for the network interceptors of no web socket.
            Stage stage = request.header("Upgrade") == null ? new Stage(call) : null;
            boolean first = interceptors.isEmpty();
            ours = new PolicyInterceptor(
                    this, call, http, leaves ? async : null, stage, first ? engine : null, first ? host : null);
            // An interceptor of the program's may go on on another thread, of which the library's word is not heard.
            if (stage != null && !(tellsOfRequests && http.networkInterceptors().isEmpty())) {
                PolicyInterceptor unused = begun.set(ours);
            }
        } else {
            Call call = (Call) OptionalMethods.field(carrier, Call.class.getPackageName() + ".RealCall");
            if (call == null) {
                return interceptors;
            }
            OldChains.begin(carrier);
            ours = new PolicyInterceptor(this, call, http, null, null, null, null);
        }
        return with(interceptors, ours);
    }

    private @Nullable AsyncCall taken(Object carrier) {
        AsyncCall async = enqueued.remove(carrier);
        if (async != null) {
            async.taken();
        }
        return async;
    }

    /** Returns whether a dispatcher promises that a call is over, its callback included, before the next one begins. */
    private static boolean isOneAtATime(Dispatcher dispatcher) {
        return dispatcher.getMaxRequests() == 1 || dispatcher.getMaxRequestsPerHost() == 1;
    }

    /** The chain of a call runs: it has its interceptors, with those of the network unless it opens a web socket. */
    void runs(Call call) {
        PolicyInterceptor unused = begun(call);
    }

    /** Takes the interceptor of a call that the calling thread has begun; null: there is none. */
    private @Nullable PolicyInterceptor begun(Object carrier) {
        PolicyInterceptor ours = begun.get();
        if (ours == null || !ours.isOf(carrier)) {
            return null;
        }
        begun.restore(null);
        return ours;
    }

    private Interceptor.Chain reached(Interceptor.Chain chain) {
        if (Stage.reached(chain) && !tellsOfRequests) {
            tellsOfRequests = true;
        }
        return chain;
    }

    private List<?> networkInterceptors(List<?> interceptors, Object carrier) {
        PolicyInterceptor ours = begun(carrier);
        Stage stage = ours == null ? null : ours.stage();
        return stage == null ? interceptors : with(interceptors, stage.intercepting());
    }

    private static List<?> with(List<?> interceptors, Interceptor ours) {
        return interceptors.isEmpty() ? Collections.singletonList(ours) : append(interceptors, ours);
    }

    private static List<?> append(List<?> interceptors, Interceptor ours) {
        List<Object> more = new ArrayList<>(interceptors.size() + 1);
        more.addAll(interceptors);
        more.add(ours);
        return more;
    }

    private Callback callback(Callback callback, Call call) {
        Engine engine = context.engines().get();
        HttpUrl url = call.request().url();
        if (engine == null
                || callback instanceof CallAttempt.End
                || !engine.hasTarget(url.scheme(), url.host(), url.port())
                || call.isExecuted()) { // the library is about to say so
            return callback;
        }
        AsyncCall async = new AsyncCall(this, call, callback);
        enqueued.put(call, async);
        return async;
    }

    /** An asynchronous call has ended that may never have begun. */
    void ended(Call call) {
        AsyncCall unused = enqueued.remove(call);
    }

    @Override
    public void observe(int joinPoint, Object subject, @Nullable Object first, @Nullable Object second, int number) {
        try {
            if (joinPoint == OkHttpInstrumentation.ENQUEUED) {
                AsyncCall yetToBegin = enqueued.isEmpty() ? null : enqueued.get(subject);
                if (yetToBegin != null) {
                    yetToBegin.enqueueReturns();
                }
            } else if (joinPoint == OkHttpInstrumentation.CANCEL_ALL) {
                suspendedCalls.cancelAll((Dispatcher) subject);
            } else {
                openCalls.cancelled(subject);
            }
        } catch (RuntimeException | LinkageError e) {
            context.errorReporter().report("a wait was not ended with its call", e);
        }
    }

    @Override
    public boolean skip(int joinPoint, Object receiver, @Nullable Object first, @Nullable Object second) {
        if (joinPoint == OkHttpInstrumentation.IDLE) {
            return first instanceof Dispatcher dispatcher && suspendedCalls.isAny(dispatcher);
        }
        if (second instanceof Suspended suspended) {
            suspended.call.hears(receiver);
            return true;
        }
        CallEnd end = openCalls.takeEnd(first);
        return end != null && end.isYetToCome();
    }

    /** Returns the services that it works with. */
    AdapterContext context() {
        return context;
    }

    /** The calls that are under way. */
    OpenCalls openCalls() {
        return openCalls;
    }

    /** The calls that wait for their next attempts. */
    SuspendedCalls suspendedCalls() {
        return suspendedCalls;
    }

    /** Throws what a policy or the library throws, whatever its type. */
    // The cast is not checked, which is the point: the exception passes untouched.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <E extends Throwable> E sneaky(Throwable error) throws E {
        throw (E) error;
    }

    /** Returns the exception for a callback, which takes no other. */
    static IOException asIoException(Throwable error) {
        return error instanceof IOException io ? io : new IOException("canceled due to " + error, error);
    }
}
