package dev.holdfast.client.jdkhttp;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A response that was discarded in favour of a retry, and is what the application gets nevertheless: the client was
 * closed during the wait and took no further request, or Holdfast failed. Its body, as far as it was kept, goes through
 * the application's handler, which has seen no response yet.
 *
 * @param response what the client made of the discarded response, with no body
 * @param head its head, as the client shows it to handlers
 * @param body its body
 */
record DiscardedResponse<T>(HttpResponse<T> response, ResponseInfo head, DiscardedBody<T> body) {
    /** Returns whether its whole body is at hand. */
    boolean isKept() {
        return body.kept() != null;
    }

    /**
     * The response with the body that the application's handler makes of it, or null where the body was not kept. Runs
     * the application's code, as the client would on one of its threads.
     */
    @Nullable
    CompletableFuture<HttpResponse<T>> through(BodyHandler<T> application) {
        List<List<ByteBuffer>> parts = body.kept();
        return parts == null
                ? null
                : BackpressureRelay.through(application, head, parts)
                        .thenApply(made -> SyntheticResponse.of(response, made));
    }
}
