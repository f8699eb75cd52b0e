package com.example.shop;

import com.example.shop.Call.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** The service, called through {@link HttpURLConnection}. */
final class ClassicCalls {
    private static final byte[] ORDER = "book=Moby-Dick&copies=3".getBytes(StandardCharsets.UTF_8);
    private static final int READ_TIMEOUT_MILLIS = 400;

    List<Call> all() {
        return List.of(
                new Call("GET, getInputStream", "503-503-ok", uri -> {
                    HttpURLConnection connection = open(uri);
                    String text = read(connection.getInputStream());
                    return new Answer(connection.getResponseCode(), text);
                }),
                new Call("GET, getResponseCode first", "500-ok", uri -> answer(open(uri))),
                new Call("GET, connect and headers first", "502-ok", uri -> {
                    HttpURLConnection connection = open(uri);
                    connection.connect();
                    connection.getHeaderField("Content-Type");
                    return answer(connection);
                }),
                new Call(
                        "URL.openStream",
                        "503-ok",
                        uri -> new Answer(200, read(uri.toURL().openStream()))),
                new Call("GET, throttled", "429-ok", uri -> answer(open(uri))),
                new Call("GET, connection reset", "reset-reset-ok", uri -> answer(open(uri))),
                new Call("GET, read timeout", "hang-ok", uri -> {
                    HttpURLConnection connection = open(uri);
                    connection.setReadTimeout(READ_TIMEOUT_MILLIS);
                    return answer(connection);
                }),
                new Call("GET, not found, getErrorStream", "404", uri -> answer(open(uri))),
                new Call("GET, all is well", "ok", uri -> answer(open(uri))),
                new Call("PUT", "503-ok", uri -> {
                    HttpURLConnection connection = open(uri);
                    connection.setRequestMethod("PUT");
                    return write(connection);
                }),
                new Call("DELETE", "503-ok", uri -> {
                    HttpURLConnection connection = open(uri);
                    connection.setRequestMethod("DELETE");
                    return answer(connection);
                }),
                new Call("POST with key, buffered", "503-503-ok", uri -> write(keyed(uri))),
                new Call("POST with key, fixed length", "503-ok", uri -> {
                    HttpURLConnection connection = keyed(uri);
                    connection.setFixedLengthStreamingMode(ORDER.length);
                    return write(connection);
                }),
                new Call("POST with key, chunked", "503-ok", uri -> {
                    HttpURLConnection connection = keyed(uri);
                    connection.setChunkedStreamingMode(0);
                    return write(connection);
                }),
                new Call("POST with key, chunked, reset", "reset-ok", uri -> {
                    HttpURLConnection connection = keyed(uri);
                    connection.setChunkedStreamingMode(0);
                    return write(connection);
                }),
                new Call("POST, buffered", "503-ok", uri -> write(post(uri))),
                new Call("POST, chunked", "503-ok", uri -> {
                    HttpURLConnection connection = post(uri);
                    connection.setChunkedStreamingMode(0);
                    return write(connection);
                }));
    }

    private static HttpURLConnection open(URI uri) throws IOException {
        URLConnection connection = uri.toURL().openConnection();
        return (HttpURLConnection) connection;
    }

    private static HttpURLConnection post(URI uri) throws IOException {
        HttpURLConnection connection = open(uri);
        connection.setRequestMethod("POST");
        return connection;
    }

    private static HttpURLConnection keyed(URI uri) throws IOException {
        HttpURLConnection connection = post(uri);
        connection.setRequestProperty("Idempotency-Key", UUID.randomUUID().toString());
        return connection;
    }

    private static Answer write(HttpURLConnection connection) throws IOException {
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(ORDER);
        }
        return answer(connection);
    }

    private static Answer answer(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
        return new Answer(status, body == null ? "" : read(body));
    }

    private static String read(InputStream in) throws IOException {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
