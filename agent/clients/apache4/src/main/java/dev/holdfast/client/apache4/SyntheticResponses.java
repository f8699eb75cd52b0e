package dev.holdfast.client.apache4;

import dev.holdfast.fallback.FallbackCandidate;
import java.util.Locale;
import org.apache.http.HttpResponse;
import org.apache.http.HttpVersion;
import org.apache.http.entity.ByteArrayEntity;
import org.apache.http.impl.EnglishReasonPhraseCatalog;
import org.apache.http.message.BasicHttpResponse;

/** Makes responses of what a fallback strategy has at hand. */
final class SyntheticResponses {
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private SyntheticResponses() {}

    /**
     * The response.
     *
     * @param method the request's
     */
    static HttpResponse of(FallbackCandidate.Response from, String method) {
        int status = from.status();
        HttpResponse response = new BasicHttpResponse(HttpVersion.HTTP_1_1, status, reason(status));
        response.setHeaders(Heads.headers(from.headers()));
        if (!method.equalsIgnoreCase("HEAD") && status != NO_CONTENT && status != NOT_MODIFIED) {
            ByteArrayEntity body = new ByteArrayEntity(from.body().bytes());
            body.setContentType(response.getFirstHeader("Content-Type"));
            body.setContentEncoding(response.getFirstHeader("Content-Encoding"));
            response.setEntity(body);
        }
        return OptionalParts.closeable(response);
    }

    private static String reason(int status) {
        String reason = status < 600 ? EnglishReasonPhraseCatalog.INSTANCE.getReason(status, Locale.ENGLISH) : null;
        return reason == null ? "" : reason;
    }
}
