package dev.holdfast.client.apache5;

import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.instrumentation.JoinPoint.Access;
import dev.holdfast.policy.ClientNames;
import java.util.List;

/**
 * Declares Apache HttpClient 5, classic. Calls enter where all public {@code execute} methods meet, so that clients are
 * covered that were made before an attach. An attempt is cut off through the connection that it leased, since to cancel
 * the program's request would end the whole call; and the library's own retries are told from ours.
 */
public final class Apache5Instrumentation implements ClientInstrumentation {
    /** The client's name in log lines and metric labels. */
    static final String NAME = ClientNames.APACHE_HTTPCLIENT5;

    /** A call begins: the target, the request and the context. */
    static final int CALL = 0;
    /** A connection is asked for. */
    static final int LEASE = 1;
    /** A connection was leased, by an object that gives it back. */
    static final int ENDPOINT = 2;
    /** A request is about to be sent over a connection. */
    static final int EXECUTE = 3;
    /** The element of the client that retries by itself. */
    static final int OWN_RETRIES = 4;
    /** A proxy is asked for a tunnel. */
    static final int TUNNEL = 5;
    /** A proxy has answered that. */
    static final int TUNNEL_ANSWERED = 6;

    private static final String ROOT = "org/apache/hc";
    private static final String CLASSIC = ROOT + "/client5/http/impl/classic/";
    private static final String IO = ROOT + "/client5/http/io/";
    private static final String CORE = ROOT + "/core5/http/";

    private static final String DO_EXECUTE = "(L" + CORE + "HttpHost;L" + CORE + "ClassicHttpRequest;L" + CORE
            + "protocol/HttpContext;)L" + CLASSIC + "CloseableHttpResponse;";
    private static final String ACQUIRE = "(Ljava/lang/String;L" + ROOT + "/client5/http/HttpRoute;Ljava/lang/Object;L"
            + ROOT + "/client5/http/protocol/HttpClientContext;)V";
    private static final String ELEMENT = "(L" + CORE + "ClassicHttpRequest;L" + ROOT
            + "/client5/http/classic/ExecChain$Scope;L" + ROOT + "/client5/http/classic/ExecChain;)L" + CORE
            + "ClassicHttpResponse;";
    private static final String CREATE_TUNNEL = "(Ljava/lang/String;L" + ROOT + "/client5/http/HttpRoute;L" + CORE
            + "HttpRequest;L" + ROOT + "/client5/http/classic/ExecRuntime;L" + ROOT
            + "/client5/http/protocol/HttpClientContext;)";

    /** Stateless. */
    public Apache5Instrumentation() {}

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
        return "5.0 to 5.6";
    }

    @Override
    public List<JoinPoint> joinPoints() {
        String runtime = CLASSIC + "InternalExecRuntime";
        return List.of(
                JoinPoint.enter(CALL, CLASSIC + "InternalHttpClient", "doExecute", DO_EXECUTE),
                JoinPoint.enter(CALL, CLASSIC + "MinimalHttpClient", "doExecute", DO_EXECUTE),
                JoinPoint.after(
                        LEASE,
                        runtime,
                        "acquireEndpoint",
                        ACQUIRE,
                        Access.call(IO + "HttpClientConnectionManager", "lease", "(")),
                JoinPoint.callResult(
                        ENDPOINT,
                        runtime,
                        Access.call(
                                IO + "LeaseRequest",
                                "get",
                                "(L" + ROOT + "/core5/util/Timeout;)L" + IO + "ConnectionEndpoint;")),
                JoinPoint.before(EXECUTE, runtime, Access.call(IO + "ConnectionEndpoint", "execute", "(")),
                JoinPoint.enter(OWN_RETRIES, CLASSIC + "HttpRequestRetryExec", "execute", ELEMENT),
                // One of the two: since 5.4 the second.
                asked(CREATE_TUNNEL + "Z"),
                answered(CREATE_TUNNEL + "Z"),
                asked(CREATE_TUNNEL + "L" + CORE + "ClassicHttpResponse;"),
                answered(CREATE_TUNNEL + "L" + CORE + "ClassicHttpResponse;"));
    }

    private static JoinPoint asked(String descriptor) {
        return tunnel(TUNNEL, descriptor, Access.call(ROOT + "/client5/http/HttpRoute", "getProxyHost", "("));
    }

    private static JoinPoint answered(String descriptor) {
        return tunnel(
                TUNNEL_ANSWERED, descriptor, Access.call(ROOT + "/client5/http/classic/ExecRuntime", "execute", "("));
    }

    private static JoinPoint tunnel(int id, String descriptor, Access call) {
        return JoinPoint.after(id, CLASSIC + "ConnectExec", "createTunnelToTarget", descriptor, call)
                .optional();
    }

    @Override
    public ClientAdapter adapter(AdapterContext context) {
        return new Apache5Adapter(context);
    }
}
