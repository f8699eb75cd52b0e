package dev.holdfast.client.apache5;

import dev.holdfast.fallback.FallbackCandidate;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.jspecify.annotations.Nullable;

/** Makes the responses of fallback strategies, of the type that the client's method returns. */
final class SyntheticResponses {
    private static final Method ADAPT = adapt();

    private SyntheticResponses() {}

    // Not public before 5.1, and the type has no public constructor.
    private static Method adapt() {
        try {
            Method method = CloseableHttpResponse.class.getDeclaredMethod("adapt", ClassicHttpResponse.class);
            method.setAccessible(true);
            return method;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A response that is at hand.
     *
     * @param method of the request: a response to HEAD has no body
     */
    static CloseableHttpResponse of(String method, FallbackCandidate.Response response) {
        ClassicHttpResponse made = new BasicClassicHttpResponse(response.status());
        made.setVersion(HttpVersion.HTTP_1_1);
        made.setHeaders(Heads.headers(response.headers()));
        if (!method.equals("HEAD") && response.status() != 204 && response.status() != 304) {
            made.setEntity(new ByteArrayEntity(
                    response.body().bytes(),
                    ContentType.parseLenient(first(made, "Content-Type")),
                    first(made, "Content-Encoding")));
        }
        try {
            return (CloseableHttpResponse) ADAPT.invoke(null, made);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable String first(ClassicHttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }
}
