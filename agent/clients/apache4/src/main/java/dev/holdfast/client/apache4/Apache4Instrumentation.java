package dev.holdfast.client.apache4;

import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.instrumentation.JoinPoint.Access;
import dev.holdfast.policy.ClientNames;
import java.util.List;

/**
 * Declares Apache HttpClient 4, classic. Calls enter where all public {@code execute} methods of a client meet, so that
 * clients are covered that were made before an attach. {@code DefaultHttpClient} and its kin inherit their entry;
 * clients that hand on to another one, such as {@code DecompressingHttpClient} and {@code AutoRetryHttpClient}, have
 * none: each call enters once. Within a call it is observed what is sent, and what a proxy is asked for a tunnel.
 */
public final class Apache4Instrumentation implements ClientInstrumentation {
    /** The client's name in log lines and metric labels. */
    static final String NAME = ClientNames.APACHE_HTTPCLIENT4;

    /** A call begins: the target, the request and the context. */
    static final int CALL = 0;
    /** A request of the program's is about to be sent over a connection. */
    static final int EXECUTE = 1;
    /** A connection is asked for. */
    static final int LEASE = 2;
    /** A proxy is asked for a tunnel. */
    static final int TUNNEL = 3;
    /** A proxy has answered that. */
    static final int TUNNEL_ANSWERED = 4;
    /** A connection was leased. */
    static final int LEASED = 5;
    /** The program's retry handler is about to be asked whether the client sends a request again. */
    static final int RETRY = 6;

    private static final String ROOT = "org/apache/http";
    private static final String CLIENTS = ROOT + "/impl/client/";
    private static final String PARAMETERS =
            "(L" + ROOT + "/HttpHost;L" + ROOT + "/HttpRequest;L" + ROOT + "/protocol/HttpContext;)";
    private static final String CLOSEABLE = PARAMETERS + "L" + ROOT + "/client/methods/CloseableHttpResponse;";
    private static final String PLAIN = PARAMETERS + "L" + ROOT + "/HttpResponse;";

    private static final String CHAIN = ROOT + "/impl/execchain/";
    private static final String DIRECTOR = CLIENTS + "DefaultRequestDirector";
    private static final String ELEMENT = "(L" + ROOT + "/conn/routing/HttpRoute;L" + ROOT
            + "/client/methods/HttpRequestWrapper;L" + ROOT + "/client/protocol/HttpClientContext;L" + ROOT
            + "/client/methods/HttpExecutionAware;)L" + ROOT + "/client/methods/CloseableHttpResponse;";
    private static final String TRY =
            "(L" + CLIENTS + "RoutedRequest;L" + ROOT + "/protocol/HttpContext;)L" + ROOT + "/HttpResponse;";
    private static final String CREATE_TUNNEL = "(L" + ROOT + "/auth/AuthState;L" + ROOT + "/HttpClientConnection;L"
            + ROOT + "/conn/routing/HttpRoute;L" + ROOT + "/HttpRequest;L" + ROOT
            + "/client/protocol/HttpClientContext;)Z";
    private static final String DIRECTORS_TUNNEL =
            "(L" + ROOT + "/conn/routing/HttpRoute;L" + ROOT + "/protocol/HttpContext;)Z";
    private static final Access ASK = Access.call(ROOT + "/client/HttpRequestRetryHandler", "retryRequest", "(");
    private static final Access SEND = Access.call(ROOT + "/protocol/HttpRequestExecutor", "execute", "(");

    /** Stateless. */
    public Apache4Instrumentation() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String rootPackage() {
        return ROOT;
    }

    @Override
    public String versions() {
        return "4.0 to 4.5";
    }

    @Override
    public List<JoinPoint> joinPoints() {
        String old = CLIENTS + "AbstractHttpClient";
        String main = CHAIN + "MainClientExec";
        return List.of(
                JoinPoint.enter(CALL, CLIENTS + "InternalHttpClient", "doExecute", CLOSEABLE),
                JoinPoint.enter(CALL, CLIENTS + "MinimalHttpClient", "doExecute", CLOSEABLE),
                // One of the two: from 4.3 on the first, before that the second.
                JoinPoint.enter(CALL, old, "doExecute", CLOSEABLE).optional(),
                JoinPoint.enter(CALL, old, "execute", PLAIN).optional(),
                JoinPoint.before(EXECUTE, main, "execute", ELEMENT, SEND),
                JoinPoint.before(EXECUTE, CHAIN + "MinimalClientExec", "execute", ELEMENT, SEND),
                // One of the two: from 4.1 on the second.
                JoinPoint.before(EXECUTE, DIRECTOR, "execute", PLAIN, SEND).optional(),
                JoinPoint.before(EXECUTE, DIRECTOR, "tryExecute", TRY, SEND).optional(),
                JoinPoint.before(RETRY, CHAIN + "RetryExec", "execute", ELEMENT, ASK),
                JoinPoint.before(RETRY, DIRECTOR, "tryExecute", TRY, ASK).optional(),
                leases(main, "execute", ELEMENT, "HttpClientConnectionManager"),
                leases(CHAIN + "MinimalClientExec", "execute", ELEMENT, "HttpClientConnectionManager"),
                leases(DIRECTOR, "execute", PLAIN, "ClientConnectionManager"),
                leased(main, "execute", ELEMENT, "ConnectionRequest", "get"),
                leased(CHAIN + "MinimalClientExec", "execute", ELEMENT, "ConnectionRequest", "get"),
                leased(DIRECTOR, "execute", PLAIN, "ClientConnectionRequest", "getConnection"),
                asksForTunnel(main, CREATE_TUNNEL),
                asksForTunnel(DIRECTOR, DIRECTORS_TUNNEL),
                JoinPoint.after(TUNNEL_ANSWERED, main, "createTunnelToTarget", CREATE_TUNNEL, SEND),
                JoinPoint.after(TUNNEL_ANSWERED, DIRECTOR, "createTunnelToTarget", DIRECTORS_TUNNEL, SEND));
    }

    private static JoinPoint leases(String owner, String method, String descriptor, String manager) {
        Access call = Access.call(ROOT + "/conn/" + manager, "requestConnection", "(");
        return JoinPoint.after(LEASE, owner, method, descriptor, call);
    }

    private static JoinPoint leased(String owner, String method, String descriptor, String request, String get) {
        return JoinPoint.after(LEASED, owner, method, descriptor, Access.call(ROOT + "/conn/" + request, get, "("));
    }

    private static JoinPoint asksForTunnel(String owner, String descriptor) {
        Access call = Access.call(ROOT + "/conn/routing/HttpRoute", "getProxyHost", "(");
        return JoinPoint.after(TUNNEL, owner, "createTunnelToTarget", descriptor, call);
    }

    @Override
    public ClientAdapter adapter(AdapterContext context) {
        return new Apache4Adapter(context);
    }
}
