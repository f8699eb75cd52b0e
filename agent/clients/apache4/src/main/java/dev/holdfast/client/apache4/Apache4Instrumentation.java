package dev.holdfast.client.apache4;

import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.policy.ClientNames;
import java.util.List;

/**
 * Declares Apache HttpClient 4, classic. Calls enter where all public {@code execute} methods of a client meet, so that
 * clients are covered that were made before an attach. {@code DefaultHttpClient} and its kin inherit their entry;
 * clients that hand on to another one, such as {@code DecompressingHttpClient} and {@code AutoRetryHttpClient}, have
 * none: each call enters once.
 */
public final class Apache4Instrumentation implements ClientInstrumentation {
    /** The client's name in log lines and metric labels. */
    static final String NAME = ClientNames.APACHE_HTTPCLIENT4;

    /** A call begins: the target, the request and the context. */
    static final int CALL = 0;

    private static final String ROOT = "org/apache/http";
    private static final String CLIENTS = ROOT + "/impl/client/";
    private static final String PARAMETERS =
            "(L" + ROOT + "/HttpHost;L" + ROOT + "/HttpRequest;L" + ROOT + "/protocol/HttpContext;)";
    private static final String CLOSEABLE = PARAMETERS + "L" + ROOT + "/client/methods/CloseableHttpResponse;";
    private static final String PLAIN = PARAMETERS + "L" + ROOT + "/HttpResponse;";

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
        return List.of(
                JoinPoint.enter(CALL, CLIENTS + "InternalHttpClient", "doExecute", CLOSEABLE),
                JoinPoint.enter(CALL, CLIENTS + "MinimalHttpClient", "doExecute", CLOSEABLE),
                // One of the two: from 4.3 on the first, before that the second.
                JoinPoint.enter(CALL, old, "doExecute", CLOSEABLE).optional(),
                JoinPoint.enter(CALL, old, "execute", PLAIN).optional());
    }

    @Override
    public ClientAdapter adapter(AdapterContext context) {
        return new Apache4Adapter(context);
    }
}
