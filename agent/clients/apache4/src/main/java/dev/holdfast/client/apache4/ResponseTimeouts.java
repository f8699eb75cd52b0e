package dev.holdfast.client.apache4;

import java.util.concurrent.TimeUnit;
import org.apache.http.HttpRequest;
import org.apache.http.client.HttpClient;
import org.apache.http.impl.client.AbstractHttpClient;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** The time for which a client waits for a response: a setting of the request, its context, or the client. */
@SuppressWarnings("deprecation") // what programs may use
final class ResponseTimeouts {
    private static final String PARAMETER = "http.socket.timeout";

    private ResponseTimeouts() {}

    /** Returns it in nanoseconds; {@link Long#MAX_VALUE}: it has no limit that is known. */
    static long nanos(HttpClient client, HttpRequest request, @Nullable HttpContext context) {
        Object millis;
        if (client instanceof AbstractHttpClient old) {
            Object own = request.getParams().getParameter(PARAMETER);
            millis = own == null ? old.getParams().getParameter(PARAMETER) : own;
        } else {
            Object config = BuiltClients.config(request, context, OptionalParts.configOf(client));
            millis = config == null ? null : BuiltClients.call(config, "getSocketTimeout");
        }
        return millis instanceof Integer given && given > 0 ? TimeUnit.MILLISECONDS.toNanos(given) : Long.MAX_VALUE;
    }
}
