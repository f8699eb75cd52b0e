package dev.holdfast.client.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Opens one WebSocket after the other, one at each given URI, and says what each gave. */
final class WebSocketProgram {
    private WebSocketProgram() {}

    public static void main(String[] uris) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        for (String uri : uris) {
            System.out.println(end(client, URI.create(uri)));
        }
        System.exit(0);
    }

    private static String end(HttpClient client, URI uri) throws Exception {
        CompletableFuture<String> text = new CompletableFuture<>();
        try {
            client.newWebSocketBuilder()
                    .buildAsync(uri, new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                            text.complete(data.toString());
                            return CompletableFuture.completedFuture(null);
                        }
                    })
                    .get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return e.getCause() instanceof WebSocketHandshakeException refused
                    ? "refused with " + refused.getResponse().statusCode() + ", " + refused.getCause()
                    : e.toString();
        }
        return text.get(30, TimeUnit.SECONDS);
    }
}
