package dev.holdfast.examples;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One of the JDK's two clients, as a program uses it. */
interface Caller {
    /** Both of them. */
    List<Caller> BOTH = List.of(new ByHttpClient(), new ByUrlConnection());

    /**
     * Calls.
     *
     * @param headers names and values in turn
     * @return the status and the body, or the name of the exception
     */
    String call(String method, URI uri, String... headers) throws InterruptedException;

    /** {@code java.net.http.HttpClient}. */
    final class ByHttpClient implements Caller {
        private final HttpClient client = HttpClient.newHttpClient();

        @Override
        public String call(String method, URI uri, String... headers) throws InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                    .method(method, method.startsWith("P") ? BodyPublishers.ofString("body") : BodyPublishers.noBody());
            for (int i = 0; i < headers.length; i += 2) {
                request.header(headers[i], headers[i + 1]);
            }
            try {
                HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
                return (response.statusCode() + " " + response.body()).strip();
            } catch (IOException e) {
                return e.getClass().getSimpleName();
            }
        }
    }

    /** {@code java.net.HttpURLConnection}. */
    final class ByUrlConnection implements Caller {
        @Override
        public String call(String method, URI uri, String... headers) {
            try {
                HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
                connection.setRequestMethod(method);
                for (int i = 0; i < headers.length; i += 2) {
                    connection.setRequestProperty(headers[i], headers[i + 1]);
                }
                if (method.startsWith("P")) {
                    connection.setDoOutput(true);
                    connection.getOutputStream().write("body".getBytes(StandardCharsets.UTF_8));
                }
                int status = connection.getResponseCode();
                InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
                String text = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
                return (status + " " + text).strip();
            } catch (IOException e) {
                return e.getClass().getSimpleName();
            }
        }
    }
}
