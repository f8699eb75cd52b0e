package dev.holdfast.client.jdkhttp;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Run in a JVM of its own: for each pair of a way and an address, a client that asks there first, and then posts what
 * cannot be sent twice without harm; prints what comes of it.
 */
final class UnprocessedProgram {
    private UnprocessedProgram() {}

    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < arguments.length; i += 2) {
            run(arguments[i], URI.create(arguments[i + 1]));
        }
    }

    private static void run(String way, URI uri) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(way.equals("redirects") ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER)
                .build();
        if (!way.equals("upgrade")) {
            client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
        }
        InputStream once = new ByteArrayInputStream("once".getBytes(StandardCharsets.UTF_8));
        switch (way) {
            case "both" -> {
                CompletableFuture<HttpResponse<String>> first = post(client, uri, BodyPublishers.ofString("first"));
                CompletableFuture<HttpResponse<String>> second = post(client, uri, BodyPublishers.ofString("second"));
                System.out.println("first " + ended(first) + ", second " + ended(second));
            }
            case "async" -> System.out.println(ended(post(client, uri, BodyPublishers.ofString("order"))));
            case "once" -> System.out.println(ended(post(client, uri, BodyPublishers.ofInputStream(() -> once))));
            default -> {
                HttpRequest request = HttpRequest.newBuilder(uri)
                        .POST(BodyPublishers.ofString("order"))
                        .build();
                try {
                    System.out.println(
                            client.send(request, BodyHandlers.ofString()).body());
                } catch (Exception e) {
                    System.out.println(described(e));
                }
            }
        }
    }

    private static CompletableFuture<HttpResponse<String>> post(HttpClient client, URI uri, BodyPublisher body) {
        return client.sendAsync(HttpRequest.newBuilder(uri).POST(body).build(), BodyHandlers.ofString());
    }

    private static String ended(CompletableFuture<HttpResponse<String>> future) throws InterruptedException {
        try {
            return future.get().body();
        } catch (ExecutionException e) {
            return described(e.getCause());
        }
    }

    /** All that a program can see of it, but the number of the client's port. */
    private static String described(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable at = error; at != null; at = at.getCause()) {
            text.append(String.valueOf(at).replaceAll(":\\d+", ":PORT"))
                    .append(" +")
                    .append(at.getSuppressed().length)
                    .append("; ");
        }
        return text.toString();
    }
}
