package dev.holdfast.client.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A response that was discarded in favour of a retry, and is what the application gets nevertheless: the client was
 * closed during the wait and took no further request, or Holdfast failed. Its body, as far as it was kept, goes through
 * the application's handler, which has seen no response yet.
 *
 * @param answer what the client made of the discarded response, with no body
 * @param head its head, as the client shows it to handlers
 * @param body its body
 */
record Previous<T>(HttpResponse<T> answer, ResponseInfo head, DiscardedBody<T> body) {
    /**
     * The response with the body that the application's handler makes of it, or null where the body was not kept. May run
     * the application's code, as the client would on one of its threads.
     */
    @Nullable
    CompletionStage<HttpResponse<T>> through(BodyHandler<T> application) {
        List<List<ByteBuffer>> parts = body.kept();
        if (parts == null) {
            return null;
        }
        Relay relay = new Relay(null, parts);
        relay.complete();
        BodySubscriber<T> subscriber = application.apply(head);
        relay.connect(subscriber);
        return subscriber.getBody().thenApply(made -> new WithBody<>(answer, made));
    }

    /** A response of the client's with another body. */
    private record WithBody<T>(HttpResponse<T> of, @Nullable T body) implements HttpResponse<T> {
        @Override
        public int statusCode() {
            return of.statusCode();
        }

        @Override
        public HttpRequest request() {
            return of.request();
        }

        @Override
        public Optional<HttpResponse<T>> previousResponse() {
            return of.previousResponse();
        }

        @Override
        public HttpHeaders headers() {
            return of.headers();
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return of.sslSession();
        }

        @Override
        public URI uri() {
            return of.uri();
        }

        @Override
        public HttpClient.Version version() {
            return of.version();
        }

        @Override
        public String toString() {
            return of.toString();
        }
    }
}
