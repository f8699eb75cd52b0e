package demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.shop.FlakyService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests the README's words about the JDK's own re-sends, which the reader needs to understand the numbers in the demo:
 * the requests that a server gets of one call when it resets every connection. No agent is involved.
 */
class SilentResendTest {
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private FlakyService service;
    private URI uri;

    @BeforeEach
    void start() throws IOException {
        service = new FlakyService(new PrintStream(log, true, StandardCharsets.UTF_8));
        uri = service.uri().resolve("/reset/always");
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
    }

    @ParameterizedTest
    @CsvSource({"GET, 2", "HEAD, 2", "PUT, 1", "POST, 1", "DELETE, 1"})
    void HttpClient_sends_only_GET_and_HEAD_again(String method, long requests) {
        BodyPublisher body = method.startsWith("P") ? BodyPublishers.ofString("x") : BodyPublishers.noBody();
        HttpRequest request = HttpRequest.newBuilder(uri).method(method, body).build();
        assertThatThrownBy(() -> HttpClient.newHttpClient().send(request, BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
        assertThat(requestsNoted()).isEqualTo(requests);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, none, 2",
        "HEAD, none, 2",
        "DELETE, none, 2",
        "PUT, buffered, 2",
        "POST, buffered, 2",
        "PUT, chunked, 1",
        "POST, chunked, 1",
        "PUT, fixed, 1",
        "POST, fixed, 1"
    })
    void HttpURLConnection_sends_whatever_is_not_streamed_again(String method, String body, long requests)
            throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod(method);
        switch (body) {
            case "chunked" -> connection.setChunkedStreamingMode(0);
            case "fixed" -> connection.setFixedLengthStreamingMode(1);
            default -> {}
        }
        if (!body.equals("none")) {
            connection.setDoOutput(true);
            connection.getOutputStream().write('x');
            connection.getOutputStream().close();
        }
        assertThatThrownBy(connection::getResponseCode).isInstanceOf(IOException.class);
        assertThat(requestsNoted()).isEqualTo(requests);
    }

    private long requestsNoted() {
        return log.toString(StandardCharsets.UTF_8).lines().count();
    }
}
