package dev.holdfast.client.okhttp;

import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.instrumentation.JoinPoint.Access;
import dev.holdfast.policy.ClientNames;
import java.util.ArrayList;
import java.util.List;

/**
 * OkHttp. A call is carried by {@code okhttp3.RealCall}, from 4.4 on by {@code okhttp3.internal.connection.RealCall};
 * its interceptors are put together from lists of the client, in 3.4 and newer by the call itself, before that by a
 * chain of its own. There our interceptor is added, for calls that have a policy, and in no other place: clients that
 * were made before an attach are covered, and no builder changes.
 */
public final class OkHttpInstrumentation implements ClientInstrumentation {
    /** The client's name in log lines and metric labels. */
    static final String NAME = ClientNames.OKHTTP;

    /** The client's application interceptors, for a call. */
    static final int INTERCEPTORS = 0;

    /** The client's network interceptors, for a call. */
    static final int NETWORK_INTERCEPTORS = 1;

    /** The callback of an asynchronous call. */
    static final int CALLBACK = 2;

    /** The end of a method that cancels a call. */
    static final int CANCELED = 3;

    /**
     * The event that a call has failed: one that waits for its next attempt has not; and where an interceptor of the
     * program's fails it with the response of an attempt's call still open, the event comes with the body.
     */
    static final int CALL_FAILED = 4;

    /** The calls that a dispatcher says are running. */
    static final int RUNNING_CALLS = 5;

    /** The number of calls that a dispatcher says are running, which it also goes by to know that it is idle. */
    static final int RUNNING_CALLS_COUNT = 6;

    /** The calls that a dispatcher says are queued. */
    static final int QUEUED_CALLS = 7;

    /** The number of calls that a dispatcher says are queued. */
    static final int QUEUED_CALLS_COUNT = 8;

    /** The end of a dispatcher's method that cancels all of its calls. */
    static final int CANCEL_ALL = 9;

    /** The call of a dispatcher's idle callback, which is not idle while a call waits for its next attempt. */
    static final int IDLE = 10;

    /** The body of a response, as the library opens it. */
    static final int BODY = 11;

    /** The call that a chain says it belongs to. */
    static final int CALL_OF_CHAIN = 12;

    /** The event that a call has ended, which comes with the body where an attempt's call gave the response. */
    static final int CALL_ENDED = 13;

    /** The return of the method that enqueues a call. */
    static final int ENQUEUED = 14;

    /** The chain of a request that the library is about to write. */
    static final int REACHED = 15;

    private static final String ROOT = "okhttp3";
    private static final String CALL = ROOT + "/RealCall";
    private static final String OLD_CHAIN = CALL + "$ApplicationInterceptorChain";
    private static final String OLD_ASYNC_CALL = CALL + "$AsyncCall";
    private static final String DISPATCHER = ROOT + "/Dispatcher";
    private static final String CONNECTION = ROOT + "/internal/connection/";
    private static final String NEW_CALL = CONNECTION + "RealCall";
    private static final String TRANSMITTER = CONNECTION + "Transmitter";

    private static final String SERVER = ROOT + "/internal/http/CallServerInterceptor";
    private static final String ENQUEUE = "(L" + ROOT + "/Callback;)V";

    private static final Access LIST = list("interceptors");
    private static final Access NETWORK_LIST = list("networkInterceptors");
    private static final Access FAILED =
            Access.call(ROOT + "/EventListener", "callFailed", "(L" + ROOT + "/Call;Ljava/io/IOException;)V");
    private static final Access ENDED = Access.call(ROOT + "/EventListener", "callEnd", "(L" + ROOT + "/Call;)V");

    private static final Access OPENED = Access.call(
            CONNECTION + "Exchange", "openResponseBody", "(L" + ROOT + "/Response;)L" + ROOT + "/ResponseBody;");

    private static Access list(String name) {
        return Access.call(ROOT + "/OkHttpClient", name, "()Ljava/util/List;");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String rootPackage() {
        return ROOT;
    }

    @Override
    public List<Companion> companions() {
        return List.of(new Companion("okio", "okio/BufferedSink", ROOT + "/RequestBody", "writeTo"));
    }

    @Override
    public String versions() {
        return "3.0 to 5.x";
    }

    @Override
    public List<JoinPoint> joinPoints() {
        List<JoinPoint> points = new ArrayList<>();
        addDispatcher(points); // first, as every version has this class, by which the parts of a copy find each other
        addCall(points, CALL, true);
        points.add(JoinPoint.callResult(INTERCEPTORS, OLD_CHAIN, LIST));
        points.add(JoinPoint.unless(CALL_FAILED, OLD_ASYNC_CALL, FAILED).optional());
        addCall(points, NEW_CALL, false);
        points.add(JoinPoint.exit(CANCELED, TRANSMITTER, "cancel"));
        points.add(JoinPoint.unless(CALL_FAILED, TRANSMITTER, FAILED));
        points.add(JoinPoint.unless(CALL_ENDED, TRANSMITTER, ENDED));
        // From 3.14 on. Without it a response is built once more, to watch its body.
        points.add(JoinPoint.callResult(BODY, SERVER, OPENED).optional());
        // From 3.4 on. Without it each chain gets a network interceptor.
        points.add(JoinPoint.argument(
                        REACHED, SERVER, "intercept", "(L" + ROOT + "/Interceptor$Chain;)L" + ROOT + "/Response;")
                .optional());
        // From 3.9 on; before that a chain has no call.
        points.add(JoinPoint.result(
                        CALL_OF_CHAIN, ROOT + "/internal/http/RealInterceptorChain", "call", "()L" + ROOT + "/Call;")
                .optional());
        return List.copyOf(points);
    }

    /**
     * Adds those of the class that carries a call.
     *
     * @param old the class of older versions, in which others may carry what the newer one does itself
     */
    private static void addCall(List<JoinPoint> points, String call, boolean old) {
        points.add(JoinPoint.argument(CALLBACK, call, "enqueue", ENQUEUE));
        points.add(JoinPoint.exit(ENQUEUED, call, "enqueue", ENQUEUE));
        points.add(JoinPoint.exit(CANCELED, call, "cancel"));
        JoinPoint interceptors = JoinPoint.callResult(INTERCEPTORS, call, LIST);
        JoinPoint network = JoinPoint.callResult(NETWORK_INTERCEPTORS, call, NETWORK_LIST);
        points.add(old ? interceptors.optional() : interceptors);
        points.add(old ? network.optional() : network);
        if (!old) {
            points.add(JoinPoint.unless(CALL_FAILED, call, FAILED));
            points.add(JoinPoint.unless(CALL_ENDED, call, ENDED));
        }
    }

    private static void addDispatcher(List<JoinPoint> points) {
        points.add(JoinPoint.result(RUNNING_CALLS, DISPATCHER, "runningCalls", "()Ljava/util/List;"));
        points.add(JoinPoint.result(RUNNING_CALLS_COUNT, DISPATCHER, "runningCallsCount", "()I"));
        points.add(JoinPoint.result(QUEUED_CALLS, DISPATCHER, "queuedCalls", "()Ljava/util/List;"));
        points.add(JoinPoint.result(QUEUED_CALLS_COUNT, DISPATCHER, "queuedCallsCount", "()I"));
        points.add(JoinPoint.exit(CANCEL_ALL, DISPATCHER, "cancelAll"));
        // From 3.5 on.
        points.add(JoinPoint.unless(IDLE, DISPATCHER, Access.call("java/lang/Runnable", "run", "()V"))
                .optional());
    }

    @Override
    public ClientAdapter adapter(AdapterContext context) {
        return new OkHttpAdapter(context);
    }
}
