package dev.holdfast.client.apache5;

import java.io.IOException;
import java.lang.reflect.Field;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.ClassicRequestCopier;
import org.apache.hc.client5.http.impl.classic.HttpRequestRetryExec;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of the client's own element for retries in an attempt whose policy retries by status. The client
 * waits a second and sends a request again that was answered by 429 or 503, whatever its method: together with the
 * policy's retries, the origin would get twice as many. What broke on a connection the client's strategy goes on
 * deciding on, as the JDK's clients do below us: most often it is a connection that the server closed while it was
 * idle.
 */
final class OwnRetries {
    private static final @Nullable Field STRATEGY = strategy();

    private OwnRetries() {}

    // Not public, and without a getter. The library is in no named module that would not let us; where it is, its own
    // element runs.
    @SuppressWarnings("PMD.AvoidAccessibilityAlteration")
    private static @Nullable Field strategy() {
        try {
            Field field = HttpRequestRetryExec.class.getDeclaredField("retryStrategy");
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    /**
     * Goes on to the next element.
     *
     * @return the response, whatever its status; null: the client's own element is to run
     */
    @SuppressWarnings("deprecation") // the way to copy a request that all versions have
    static @Nullable Object execute(
            Apache5Attempt attempt,
            HttpRequestRetryExec element,
            ClassicHttpRequest request,
            ExecChain.Scope scope,
            ExecChain chain)
            throws IOException, HttpException, IllegalAccessException {
        HttpRequestRetryStrategy strategy = STRATEGY == null ? null : (HttpRequestRetryStrategy) STRATEGY.get(element);
        if (strategy == null) {
            return null;
        }
        ClassicHttpRequest current = request;
        for (int count = 1; ; count++) {
            try {
                return chain.proceed(current, scope);
            } catch (IOException e) {
                if (scope.execRuntime.isExecutionAborted()) {
                    throw new RequestFailedException("Request aborted");
                }
                HttpEntity entity = request.getEntity();
                boolean repeats = !attempt.isCancelled()
                        && (entity == null || entity.isRepeatable())
                        && strategy.retryRequest(request, e, count, scope.clientContext);
                if (!repeats) {
                    throw named(e, scope);
                }
                current = ClassicRequestCopier.INSTANCE.copy(scope.originalRequest);
            }
        }
    }

    /** Names the target in an exception that does not: the client's own element does so. */
    private static IOException named(IOException error, ExecChain.Scope scope) {
        if (!(error instanceof NoHttpResponseException)) {
            return error;
        }
        NoHttpResponseException named =
                new NoHttpResponseException(scope.route.getTargetHost().toHostString() + " failed to respond");
        named.setStackTrace(error.getStackTrace());
        return named;
    }
}
