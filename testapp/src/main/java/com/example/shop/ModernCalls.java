package com.example.shop;

import com.example.shop.Call.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The service, called through {@link HttpClient}. */
final class ModernCalls {
    private static final byte[] ORDER = "{\"book\": \"Moby-Dick\", \"copies\": 3}".getBytes(StandardCharsets.UTF_8);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    List<Call> all() {
        return List.of(
                new Call("send GET, ofString", "503-503-ok", uri -> send(get(uri), BodyHandlers.ofString(), s -> s)),
                new Call(
                        "send GET, ofByteArray",
                        "500-ok",
                        uri -> send(get(uri), BodyHandlers.ofByteArray(), this::utf8)),
                new Call("send GET, ofFile", "502-ok", this::download),
                new Call("send GET, ofLines", "504-ok", uri -> send(get(uri), BodyHandlers.ofLines(), this::joined)),
                new Call(
                        "send GET, ofInputStream",
                        "503-ok",
                        uri -> send(get(uri), BodyHandlers.ofInputStream(), this::read)),
                new Call("send GET, throttled", "429-ok", uri -> send(get(uri), BodyHandlers.ofString(), s -> s)),
                new Call(
                        "send GET, connection reset",
                        "reset-reset-ok",
                        uri -> send(get(uri), BodyHandlers.ofString(), s -> s)),
                new Call("send GET, not found", "404", uri -> send(get(uri), BodyHandlers.ofString(), s -> s)),
                new Call("send GET, all is well", "ok", uri -> send(get(uri), BodyHandlers.ofString(), s -> s)),
                new Call(
                        "send PUT, JSON",
                        "503-ok",
                        uri -> text(json(uri).PUT(order()).build())),
                new Call(
                        "send DELETE",
                        "503-ok",
                        uri -> text(HttpRequest.newBuilder(uri).DELETE().build())),
                new Call(
                        "send POST with key",
                        "503-503-ok",
                        uri -> text(keyed(uri).POST(order()).build())),
                new Call(
                        "send POST with key, reset",
                        "reset-ok",
                        uri -> text(keyed(uri).POST(order()).build())),
                new Call(
                        "send POST",
                        "503-ok",
                        uri -> text(json(uri).POST(order()).build())),
                new Call(
                        "send POST, reset",
                        "reset-ok",
                        uri -> text(json(uri).POST(order()).build())),
                new Call("sendAsync GET, ofString", "503-ok", uri -> textAsync(get(uri))),
                new Call("sendAsync PUT, from a file", "503-ok", this::upload),
                new Call(
                        "sendAsync POST with key, a stream",
                        "503-ok",
                        uri -> textAsync(keyed(uri)
                                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(ORDER)))
                                .build())),
                new Call(
                        "sendAsync POST",
                        "503-ok",
                        uri -> textAsync(json(uri).POST(order()).build())));
    }

    /** Turns a body of a handler's type into text. */
    @FunctionalInterface
    private interface Reader<T> {
        String text(T body) throws IOException;
    }

    private <T> Answer send(HttpRequest request, BodyHandler<T> handler, Reader<T> reader)
            throws IOException, InterruptedException {
        HttpResponse<T> response = client.send(request, handler);
        return new Answer(response.statusCode(), reader.text(response.body()));
    }

    private Answer text(HttpRequest request) throws IOException, InterruptedException {
        return send(request, BodyHandlers.ofString(), s -> s);
    }

    private Answer textAsync(HttpRequest request) throws Exception {
        return client.sendAsync(request, BodyHandlers.ofString())
                .thenApply(response -> new Answer(response.statusCode(), response.body()))
                .get();
    }

    private Answer download(URI uri) throws Exception {
        Path file = Files.createTempFile("shop", ".txt");
        try {
            return send(get(uri), BodyHandlers.ofFile(file), Files::readString);
        } finally {
            Files.delete(file);
        }
    }

    private Answer upload(URI uri) throws Exception {
        Path file = Files.createTempFile("shop", ".json");
        try {
            Files.write(file, ORDER);
            return textAsync(json(uri).PUT(BodyPublishers.ofFile(file)).build());
        } finally {
            Files.delete(file);
        }
    }

    private static HttpRequest get(URI uri) {
        return HttpRequest.newBuilder(uri).build();
    }

    private static HttpRequest.Builder json(URI uri) {
        return HttpRequest.newBuilder(uri).header("Content-Type", "application/json");
    }

    private static HttpRequest.Builder keyed(URI uri) {
        return json(uri).header("Idempotency-Key", UUID.randomUUID().toString());
    }

    private static BodyPublisher order() {
        return BodyPublishers.ofByteArray(ORDER);
    }

    private String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String read(InputStream in) throws IOException {
        try (in) {
            return utf8(in.readAllBytes());
        }
    }

    private String joined(Stream<String> lines) {
        return lines.map(line -> line + "\n").collect(Collectors.joining());
    }
}
