package dev.holdfast.weave;

import org.jspecify.annotations.Nullable;

/**
 * The closed set of JDK methods that are woven: where, and what is put there. The same on JDK 17 and 25, but for
 * what ends a client, which is there from 21 on, and for {@link #GO_AWAY}. All names are exact: a hierarchy matcher
 * would meet one call twice (facade and implementation).
 *
 * <p>The one-argument {@code openConnection} of both handlers leads to the two-argument one, so each connection passes
 * once.
 */
enum JoinPoint {
    /** The blocking call of every {@code HttpClient} that the JDK makes. */
    HTTP_CLIENT_SEND(
            Names.FACADE,
            "send",
            "(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;)Ljava/net/http/HttpResponse;",
            Kind.ENTER,
            "send",
            "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;"),
    /** The asynchronous call. */
    HTTP_CLIENT_SEND_ASYNC(
            Names.FACADE,
            "sendAsync",
            "(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;)"
                    + "Ljava/util/concurrent/CompletableFuture;",
            Kind.ENTER,
            "sendAsync",
            Names.SEND_ASYNC_HOOK),
    /** The asynchronous call with push promises. */
    HTTP_CLIENT_SEND_ASYNC_PUSH(
            Names.FACADE,
            "sendAsync",
            "(Ljava/net/http/HttpRequest;Ljava/net/http/HttpResponse$BodyHandler;"
                    + "Ljava/net/http/HttpResponse$PushPromiseHandler;)Ljava/util/concurrent/CompletableFuture;",
            Kind.ENTER,
            "sendAsync",
            Names.SEND_ASYNC_HOOK),
    /** The orderly end of a client, which its calls outlive. */
    HTTP_CLIENT_SHUTDOWN(Names.FACADE, "shutdown", "()V", Kind.GUARD, "shutdown", Names.END_HOOK),
    /** The immediate end of a client. */
    HTTP_CLIENT_SHUTDOWN_NOW(Names.FACADE, "shutdownNow", "()V", Kind.GUARD, "shutdownNow", Names.END_HOOK),
    /** The end of a client that is waited for. */
    HTTP_CLIENT_CLOSE(Names.FACADE, "close", "()V", Kind.GUARD, "close", Names.END_HOOK),
    /** Where the end of an HTTP/2 stream that the server resets becomes an exception. */
    STREAM_RESET(
            "jdk/internal/net/http/Stream",
            "handleReset",
            "(Ljdk/internal/net/http/frame/ResetFrame;Ljava/util/concurrent/Flow$Subscriber;)V",
            Kind.MADE_OF_RESET,
            "reset",
            "(Ljava/lang/Object;Ljava/lang/Object;I)V"),
    /**
     * Where the leave that a server takes of an HTTP/2 connection becomes the exception of all its streams. Newer
     * clients end those that were not processed in a method of its own.
     */
    GO_AWAY(
            "jdk/internal/net/http/Http2Connection",
            "handleGoAway",
            "(Ljdk/internal/net/http/frame/GoAwayFrame;)V",
            Kind.MADE_OF_GO_AWAY,
            "goAway",
            "(Ljava/lang/Object;Ljava/lang/Object;ILjava/lang/Object;)V"),
    /** Where the failure of a CONNECT becomes the exception of the exchange that wants the tunnel. */
    TUNNEL(
            "jdk/internal/net/http/PlainTunnelingConnection",
            null,
            null,
            Kind.FAILED_TUNNEL,
            "tunnelFailed",
            "(Ljava/lang/Object;Ljava/net/InetSocketAddress;)V"),
    /** Where every {@code http:} connection is made. */
    HTTP_OPEN("sun/net/www/protocol/http/Handler", "openConnection", Names.OPEN, Kind.RETURN, "opened", Names.OPENED),
    /** Where every {@code https:} connection is made. */
    HTTPS_OPEN("sun/net/www/protocol/https/Handler", "openConnection", Names.OPEN, Kind.RETURN, "opened", Names.OPENED),
    /** The one user inside the JDK that reflects on the JDK's own connection class: a socket through an HTTP proxy. */
    PROXY_SOCKET(
            "java/net/HttpConnectSocketImpl",
            null,
            null,
            Kind.CALL_RESULT,
            "unwrap",
            "(Ljava/net/URLConnection;)Ljava/net/URLConnection;");

    /** What is put where. */
    enum Kind {
        /**
         * At the method's head: the hook gets {@code this} and all arguments; what it returns, unless null, is
         * returned.
         */
        ENTER,
        /**
         * At the head of a method that returns nothing: the hook gets {@code this}; where it returns true, the method
         * does nothing. From Java 21 on.
         */
        GUARD,
        /** Before each return: the hook gets the result and all arguments, and gives the result. */
        RETURN,
        /** Behind each call of {@code URL.openConnection(Proxy)} in any method: the hook maps the result. */
        CALL_RESULT,
        /**
         * Behind each making of an {@code IOException}: the hook gets the exception, the publisher of the stream's
         * request and the error code of the frame.
         */
        MADE_OF_RESET,
        /**
         * Behind each making of an {@code IOException}: the hook gets the exception, the connection's streams by their
         * numbers, the number of the last one that the server says it may have processed, and what gives the publisher
         * of a stream's request. Before Java 24.
         */
        MADE_OF_GO_AWAY,
        /**
         * Before each making of a failed future, in any instance method: the hook gets the exception and the proxy's
         * address.
         */
        FAILED_TUNNEL
    }

    private static final class Names {
        static final String FACADE = "jdk/internal/net/http/HttpClientFacade";
        static final String END_HOOK = "(Ljava/lang/Object;)Z";
        static final String OPEN = "(Ljava/net/URL;Ljava/net/Proxy;)Ljava/net/URLConnection;";
        static final String OPENED = "(Ljava/net/URLConnection;Ljava/net/URL;Ljava/net/Proxy;)Ljava/net/URLConnection;";
        static final String SEND_ASYNC_HOOK =
                "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;";

        private Names() {}
    }

    private final String owner;
    private final @Nullable String method;
    private final @Nullable String descriptor;
    private final Kind kind;
    private final String hook;
    private final String hookDescriptor;

    JoinPoint(
            String owner,
            @Nullable String method,
            @Nullable String descriptor,
            Kind kind,
            String hook,
            String hookDescriptor) {
        this.owner = owner;
        this.method = method;
        this.descriptor = descriptor;
        this.kind = kind;
        this.hook = hook;
        this.hookDescriptor = hookDescriptor;
    }

    /** The class, with slashes. {@code dev.holdfast.launch.Watch} looks for exactly these. */
    String owner() {
        return owner;
    }

    /** Whether this is a join point of that class. */
    boolean isIn(String internalName) {
        return owner.equals(internalName);
    }

    /** Whether the running Java may have it. */
    boolean isPossible() {
        int java = Runtime.version().feature();
        // Of the Javas before 24, some updates have it no more.
        return kind == Kind.GUARD ? java >= 21 : kind != Kind.MADE_OF_GO_AWAY || java < 24;
    }

    /** Whether the running Java must have it: without, calls run without policies. */
    boolean isExpected() {
        return switch (kind) {
            case MADE_OF_RESET, MADE_OF_GO_AWAY, FAILED_TUNNEL -> false; // a failure is known less well without
            default -> isPossible();
        };
    }

    /** Whether that method of the owner is to be woven. */
    boolean matches(String name, String methodDescriptor) {
        return method == null || (name.equals(method) && methodDescriptor.equals(descriptor));
    }

    /** What is put there. */
    Kind kind() {
        return kind;
    }

    /** The method of {@code sun.net.www.HoldfastBridge} that is called. */
    String hook() {
        return hook;
    }

    /** The descriptor of {@link #hook}. */
    String hookDescriptor() {
        return hookDescriptor;
    }
}
