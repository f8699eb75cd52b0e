package dev.holdfast.client.apache4;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.client.HttpClient;
import org.apache.http.impl.client.AbstractHttpClient;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The entry of clients, which for {@code DefaultHttpClient} and its kin is below what a program's own subclass does
 * with a call: it has done that when the call enters, and may do it once.
 */
@SuppressWarnings("deprecation") // the old clients
final class OldClients {
    /** Since 4.3; null: all public methods are final. */
    private static final @Nullable Method ENTRY = entry();

    private OldClients() {}

    // Protected. Where it cannot be reached, the public method does.
    @SuppressWarnings("PMD.AvoidAccessibilityAlteration")
    private static @Nullable Method entry() {
        try {
            Method method = AbstractHttpClient.class.getDeclaredMethod(
                    "doExecute", HttpHost.class, HttpRequest.class, HttpContext.class);
            method.setAccessible(true);
            return method;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    /** Sends a call, or an attempt of it, on from where it entered. */
    static HttpResponse execute(
            HttpClient client, @Nullable HttpHost host, @Nullable HttpRequest request, @Nullable HttpContext context)
            throws IOException {
        if (ENTRY == null || !(client instanceof AbstractHttpClient)) {
            return client.execute(host, request, context);
        }
        try {
            return (HttpResponse) ENTRY.invoke(client, host, request, context);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException failure) {
                throw failure;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) cause;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
