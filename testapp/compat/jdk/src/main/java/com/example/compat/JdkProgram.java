package com.example.compat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The JDK's two clients as programs use them without a library, and what of the JDK itself reads URLs. */
final class JdkProgram {
    private JdkProgram() {}

    public static void main(String[] arguments) {
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        Set<String> classic = Set.of("GET", "POST", "PUT", "DELETE");
        Program program = Program.of(arguments, "The JDK", "")
                .calls("HttpURLConnection", classic, JdkProgram::classic)
                .calls("HttpURLConnection, streaming", classic, JdkProgram::streaming)
                .calls("HttpClient.send", request -> PlainHttp.send(client, request))
                .calls("HttpClient.sendAsync", request -> PlainHttp.sendAsync(client, request));
        ReadersOfUrls.steps(program);
        ShapesOfCalls.steps(program, client);
    }

    private static Reply classic(Request request) throws IOException {
        HttpURLConnection connection = opened(request);
        if (request.body() != null) {
            try (OutputStream out = connection.getOutputStream()) {
                out.write(request.body().getBytes(StandardCharsets.UTF_8));
            }
        }
        return reply(connection);
    }

    private static Reply streaming(Request request) throws IOException {
        HttpURLConnection connection = opened(request);
        if (request.body() != null) {
            byte[] bytes = request.body().getBytes(StandardCharsets.UTF_8);
            if (request.method().equals("POST")) {
                connection.setFixedLengthStreamingMode((long) bytes.length);
            } else {
                connection.setChunkedStreamingMode(0);
            }
            try (OutputStream out = connection.getOutputStream()) {
                new ByteArrayInputStream(bytes).transferTo(out);
            }
        }
        return reply(connection);
    }

    private static HttpURLConnection opened(Request request) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) request.uri().toURL().openConnection();
        connection.setRequestMethod(request.method());
        connection.setReadTimeout((int) Program.PATIENCE.toMillis());
        request.headers().forEach(connection::setRequestProperty);
        if (request.body() != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", Request.JSON);
        }
        return connection;
    }

    /**
     * Returns the response as old programs read it: the headers by their numbers, the error stream where there is one.
     */
    static Reply reply(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        StringBuilder names = new StringBuilder();
        for (int i = 1; connection.getHeaderFieldKey(i) != null; i++) {
            names.append(connection.getHeaderFieldKey(i)).append('=');
            names.append(connection.getHeaderField(i)).append(' ');
        }
        InputStream stream = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
        return new Reply(status, names + text(stream), connection.getHeaderField("x-answer"));
    }

    static String text(@Nullable InputStream stream) throws IOException {
        if (stream == null) {
            return "";
        }
        try (stream) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            stream.transferTo(bytes);
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    static URL url(URI uri) throws IOException {
        return uri.toURL();
    }
}
