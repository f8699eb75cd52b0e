package dev.holdfast.client.urlconnection;

import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.instrumentation.JoinPoint.Access;
import java.util.List;

/**
 * {@code java.net.HttpURLConnection}. The one-argument {@code openConnection} of both handlers leads to the
 * two-argument one, so each connection passes once.
 */
public final class UrlConnectionInstrumentation implements ClientInstrumentation {
    /** The client's name in log lines and metric labels. */
    static final String NAME = UrlCall.NAME;

    /** The join point at which every connection is made. */
    static final int OPENED = 0;

    /** The one user inside the JDK that reflects on the JDK's own connection class: a socket through an HTTP proxy. */
    static final int PROXY_SOCKET = 1;

    private static final String OPEN = "(Ljava/net/URL;Ljava/net/Proxy;)Ljava/net/URLConnection;";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<JoinPoint> joinPoints() {
        return List.of(
                JoinPoint.result(OPENED, "sun/net/www/protocol/http/Handler", "openConnection", OPEN),
                JoinPoint.result(OPENED, "sun/net/www/protocol/https/Handler", "openConnection", OPEN),
                JoinPoint.callResult(
                        PROXY_SOCKET,
                        "java/net/HttpConnectSocketImpl",
                        Access.call("java/net/URL", "openConnection", "(Ljava/net/Proxy;)Ljava/net/URLConnection;")));
    }

    @Override
    public ClientAdapter adapter(AdapterContext context) {
        return new HttpUrlConnectionHook(context);
    }

    @Override
    public List<String> bridgeClasses() {
        return List.of("HoldfastConnection");
    }
}
