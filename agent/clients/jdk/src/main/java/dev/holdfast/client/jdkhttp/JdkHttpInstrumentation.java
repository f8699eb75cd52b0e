package dev.holdfast.client.jdkhttp;

import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.instrumentation.JoinPoint.Access;
import java.util.List;

/**
 * {@code java.net.http.HttpClient}. The join points are the same on JDK 17 and 25, but for what ends a client, which is
 * there from 21 on, and for {@link #GO_AWAY}.
 */
public final class JdkHttpInstrumentation implements ClientInstrumentation {
    /** The client's name in log lines and metric labels. */
    static final String NAME = JdkCall.NAME;

    /** The blocking call of every {@code HttpClient} that the JDK makes. */
    static final int SEND = 0;

    /** The asynchronous call, with and without push promises. */
    static final int SEND_ASYNC = 1;

    /** The orderly end of a client, which its calls outlive. */
    static final int SHUTDOWN = 2;

    /** The immediate end of a client. */
    static final int SHUTDOWN_NOW = 3;

    /** The end of a client that is waited for. */
    static final int CLOSE = 4;

    /** The join point at which the end of an HTTP/2 stream that the server resets becomes an exception. */
    static final int STREAM_RESET = 5;

    /**
     * The join point at which the GOAWAY of an HTTP/2 connection becomes the exception of all its streams. From Java 24
     * on, and in some updates of those before, the client ends those that were not processed in a method of its own.
     */
    static final int GO_AWAY = 6;

    /** The join point at which the failure of a CONNECT becomes the exception of the exchange that wants the tunnel. */
    static final int TUNNEL = 7;

    private static final int ANY_LATER = Integer.MAX_VALUE;
    private static final String PACKAGE = "jdk/internal/net/http/";
    private static final String FACADE = PACKAGE + "HttpClientFacade";
    private static final String STREAM = PACKAGE + "Stream";
    private static final String CONNECTION = PACKAGE + "Http2Connection";
    private static final String TUNNELING = PACKAGE + "PlainTunnelingConnection";
    private static final String RESET_FRAME = PACKAGE + "frame/ResetFrame";
    private static final String GO_AWAY_FRAME = PACKAGE + "frame/GoAwayFrame";
    private static final String PUBLISHER = "requestPublisher";
    private static final String PUBLISHER_TYPE = "Ljava/net/http/HttpRequest$BodyPublisher;";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String module() {
        return "java.net.http";
    }

    @Override
    public List<JoinPoint> joinPoints() {
        Access newException = Access.call("java/io/IOException", "<init>", "");
        Access resetCode = Access.call(RESET_FRAME, "getErrorCode", "()I");
        return List.of(
                JoinPoint.enter(
                        SEND,
                        FACADE,
                        "send",
                        "(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;)"
                                + "Ljava/net/http/HttpResponse;"),
                JoinPoint.enter(
                        SEND_ASYNC,
                        FACADE,
                        "sendAsync",
                        "(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;)"
                                + "Ljava/util/concurrent/CompletableFuture;"),
                JoinPoint.enter(
                        SEND_ASYNC,
                        FACADE,
                        "sendAsync",
                        "(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;"
                                + "Ljava/net/http/HttpResponse$PushPromiseHandler;)"
                                + "Ljava/util/concurrent/CompletableFuture;"),
                JoinPoint.guard(SHUTDOWN, FACADE, "shutdown").onJava(21, ANY_LATER),
                JoinPoint.guard(SHUTDOWN_NOW, FACADE, "shutdownNow").onJava(21, ANY_LATER),
                JoinPoint.guard(CLOSE, FACADE, "close").onJava(21, ANY_LATER),
                JoinPoint.after(
                                STREAM_RESET,
                                STREAM,
                                "handleReset",
                                "(Ljdk/internal/net/http/frame/ResetFrame;Ljava/util/concurrent/Flow$Subscriber;)V",
                                newException)
                        .onlyAfter(resetCode)
                        .operands(Access.field(STREAM, PUBLISHER, PUBLISHER_TYPE), resetCode)
                        .optional(),
                JoinPoint.after(
                                GO_AWAY,
                                CONNECTION,
                                "handleGoAway",
                                "(Ljdk/internal/net/http/frame/GoAwayFrame;)V",
                                newException)
                        .operands(
                                Access.field(CONNECTION, "streams", "Ljava/util/concurrent/ConcurrentMap;"),
                                Access.getter(STREAM, PUBLISHER, PUBLISHER_TYPE),
                                Access.call(GO_AWAY_FRAME, "getLastStream", "()I"))
                        .onJava(0, 23)
                        .optional(),
                JoinPoint.before(
                                TUNNEL,
                                TUNNELING,
                                Access.call(
                                        PACKAGE + "common/MinimalFuture", "failedFuture", "(Ljava/lang/Throwable;)"))
                        .operands(Access.field(TUNNELING, "proxyAddr", "Ljava/net/InetSocketAddress;"))
                        .optional());
    }

    @Override
    public ClientAdapter adapter(AdapterContext context) {
        return new JdkHttpHook(context.engines(), context.fallbackStrategies(), context.errorReporter());
    }
}
