package dev.holdfast.client.apache5;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.Field;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.impl.classic.ClassicRequestCopier;
import org.apache.hc.client5.http.impl.classic.HttpRequestRetryExec;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of the client's own element for retries in an attempt whose policy retries by status. The client
 * waits a second and sends a request again that was answered by 429 or 503, whatever its method: together with the
 * policy's retries, the origin would get twice as many. On the statuses that the policy does not retry the client's
 * strategy goes on deciding, and on what broke on a connection, as the JDK's clients do below us: most often it is a
 * connection that the server closed while it was idle.
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
            ClassicHttpResponse response = null;
            try {
                response = chain.proceed(current, scope);
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
            }
            if (response != null
                    && (attempt.isCancelled()
                            || attempt.leavesToPolicy(response.getCode())
                            || !repeats(strategy, request, response, count, scope))) {
                return response;
            }
            current = ClassicRequestCopier.INSTANCE.copy(scope.originalRequest);
        }
    }

    /** Asks the client's strategy about a status that the policy does not retry, and waits as long as that says. */
    private static boolean repeats(
            HttpRequestRetryStrategy strategy,
            ClassicHttpRequest request,
            ClassicHttpResponse response,
            int count,
            ExecChain.Scope scope)
            throws IOException {
        HttpEntity entity = request.getEntity();
        try {
            if ((entity != null && !entity.isRepeatable())
                    || !strategy.retryRequest(response, count, scope.clientContext)) {
                return false;
            }
            response.close();
            TimeValue interval = strategy.getRetryInterval(response, count, scope.clientContext);
            if (TimeValue.isPositive(interval)) {
                interval.sleep();
            }
            return true;
        } catch (RuntimeException e) {
            response.close();
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
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
