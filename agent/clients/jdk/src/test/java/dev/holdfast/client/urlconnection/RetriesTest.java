package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.PasswordAuthentication;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Retries behind a front: whichever entry makes the JDK talk, what is replayed, and what must never be sent again. */
class RetriesTest {
    private static final byte[] BODY = "the whole body".getBytes(StandardCharsets.UTF_8);
    private final WovenConnections wovenConnections = new WovenConnections(Policies.retry()
            .backoff(new Backoff(1_000_000L, 1_000_000L, 1.0, Jitter.NONE))
            .policy());

    /** The methods that a program may begin with. */
    enum Entry {
        INPUT_STREAM(c -> c.getInputStream().readAllBytes()),
        CODE(HttpURLConnection::getResponseCode),
        MESSAGE(HttpURLConnection::getResponseMessage),
        CONTENT(c -> c.getContent()),
        CONTENT_OF(c -> c.getContent(new Class<?>[] {InputStream.class})),
        FIELD(c -> c.getHeaderField("X-A")),
        FIELD_AT(c -> c.getHeaderField(0)),
        FIELD_KEY(c -> c.getHeaderFieldKey(1)),
        FIELDS(HttpURLConnection::getHeaderFields),
        FIELD_INT(c -> c.getHeaderFieldInt("X-A", 0)),
        FIELD_LONG(c -> c.getHeaderFieldLong("X-A", 0)),
        FIELD_DATE(c -> c.getHeaderFieldDate("X-A", 0)),
        LENGTH(HttpURLConnection::getContentLength),
        LENGTH_LONG(HttpURLConnection::getContentLengthLong),
        TYPE(HttpURLConnection::getContentType),
        ENCODING(HttpURLConnection::getContentEncoding),
        EXPIRATION(HttpURLConnection::getExpiration),
        DATE(HttpURLConnection::getDate),
        LAST_MODIFIED(HttpURLConnection::getLastModified),
        CONNECTED_FIRST(c -> {
            c.connect();
            return c.getResponseCode();
        });

        /** The action of a test. */
        interface Doing {
            Object on(HttpURLConnection connection) throws IOException;
        }

        private final Doing doing;

        Entry(Doing doing) {
            this.doing = doing;
        }
    }

    /** The ways in which a body is sent. */
    enum Upload {
        BUFFERED(c -> {}),
        FIXED(c -> c.setFixedLengthStreamingMode(BODY.length)),
        CHUNKED(c -> c.setChunkedStreamingMode(0));

        private final Consumer<HttpURLConnection> mode;

        Upload(Consumer<HttpURLConnection> mode) {
            this.mode = mode;
        }
    }

    @ParameterizedTest
    @EnumSource(Entry.class)
    void everyEntryThatTalksRetries(Entry entry) throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "not now"))
                    .otherwise(ScriptedResponse.respond(200, "fine")
                            .header("Content-Type", "text/plain")
                            .header("X-A", "1"));
            HttpURLConnection connection = wovenConnections.open(server.uri("/"));

            Object unused = entry.doing.on(connection);

            assertThat(connection.getResponseCode()).isEqualTo(200);
            assertThat(server.requests()).hasSize(2);
            assertThat(wovenConnections.defects).isEmpty();
        }
    }

    /** CXF says for each request that it may write. */
    @ParameterizedTest
    @EnumSource(names = {"INPUT_STREAM", "CODE", "FIELD", "CONNECTED_FIRST"})
    void aGetThatMayWriteABodyAndDoesNotIsAGet(Entry entry) throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "not now")).otherwise(ScriptedResponse.respond(200, "fine"));
            HttpURLConnection connection = wovenConnections.open(server.uri("/"));
            connection.setDoOutput(true);

            Object unused = entry.doing.on(connection);

            assertThat(connection.getResponseCode()).isEqualTo(200);
            assertThat(server.requests()).extracting(ReceivedRequest::method).containsExactly("GET", "GET");
        }
    }

    /** With a streaming mode the JDK asks for the stream itself, which makes a POST of it. */
    @ParameterizedTest
    @EnumSource(names = {"CODE", "CONNECTED_FIRST"})
    void aGetThatTheStreamingModeMakesAPostOfIsNotSentAgain(Entry entry) throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "not now")).otherwise(ScriptedResponse.respond(200, "fine"));
            HttpURLConnection connection = wovenConnections.open(server.uri("/"));
            connection.setDoOutput(true);
            connection.setChunkedStreamingMode(0);

            Object unused = entry.doing.on(connection);

            assertThat(connection.getResponseCode()).isEqualTo(503);
            assertThat(server.requests()).extracting(ReceivedRequest::method).containsExactly("POST");
        }
    }

    /** The JDK remembers of it that its socket was closed, which was us. */
    @Test
    void aSecondAttemptBesideTheFirstThatTookTooLongSaysSoAsOftenAsItIsAsked() throws IOException {
        WovenConnections hedged = new WovenConnections(Policies.retry()
                .maxRetries(1)
                .attemptTimeout(Duration.ofMillis(500))
                .hedge(new HedgePolicy(true, TimeUnit.MILLISECONDS.toNanos(20)))
                .policy());
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(
                    ScriptedResponse.respond(503, "not now").delayed(Duration.ofMillis(200)),
                    ScriptedResponse.afterRequest(ScriptedResponse.Cut.HANG));
            HttpURLConnection connection = hedged.open(server.uri("/"));

            assertThat(catchThrowable(connection::getInputStream)).isInstanceOf(SocketTimeoutException.class);
            assertThat(catchThrowable(connection::getInputStream)).isInstanceOf(SocketTimeoutException.class);
            assertThat(catchThrowable(connection::getResponseCode)).isInstanceOf(SocketTimeoutException.class);
            assertThat(connection.getHeaderField(0)).isNull();
            assertThat(server.requests()).hasSize(2);
            assertThat(hedged.defects).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Upload.class)
    void aBodyIsReplayedAsItWasWritten(Upload upload) throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "not now")).otherwise(ScriptedResponse.respond(200, "fine"));
            HttpURLConnection connection = sending("PUT", server.uri("/"), upload);

            assertThat(connection.getResponseCode()).isEqualTo(200);
            assertThat(server.requests()).hasSize(2).allSatisfy(request -> {
                assertThat(request.method()).isEqualTo("PUT");
                assertThat(request.body()).isEqualTo(BODY);
                assertThat(request.chunked()).isEqualTo(upload == Upload.CHUNKED);
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Upload.class)
    void aPostThatWasAnsweredIsNotSentAgain(Upload upload) throws IOException {
        try (ScriptedServer server = ScriptedServer.http()) {
            server.play(ScriptedResponse.respond(503, "not now")).otherwise(ScriptedResponse.respond(200, "fine"));
            HttpURLConnection connection = sending("POST", server.uri("/"), upload);

            assertThat(connection.getResponseCode()).isEqualTo(503);
            assertThat(server.requests()).extracting(ReceivedRequest::method).containsExactly("POST");
        }
    }

    /** The origin has seen the POST; that nothing listens when the JDK comes back does not make it unseen. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    307 Again | Location: /                         | true
                    307 Again | Location: /                         | false
                    401 Who   | WWW-Authenticate: Basic realm="r"   | true
                    401 Who   | WWW-Authenticate: Basic realm="r"   | false
                    """)
    void aPostThatTheJdkRepeatsByItselfDoesNotCountAsNeverSent(String status, String header, boolean hasBody)
            throws Exception {
        String response = status + "\r\n" + header;
        String end = hasBody ? new String(BODY, StandardCharsets.UTF_8) : "\r\n\r\n";
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            URI uri = URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/");
            CompletableFuture<Void> served =
                    CompletableFuture.runAsync(() -> answerOnceAndVanish(listening, response, end));
            HttpURLConnection connection = wovenConnections.open(uri);
            connection.setAuthenticator(new Authenticator() {
                @Override
                protected PasswordAuthentication getPasswordAuthentication() {
                    return new PasswordAuthentication("user", "secret".toCharArray());
                }
            });
            if (hasBody) {
                post(connection);
            } else {
                connection.setRequestMethod("POST");
            }

            Throwable thrown = catchThrowable(connection::getInputStream);

            served.get(10, TimeUnit.SECONDS);
            assertThat(thrown).isInstanceOf(ConnectException.class);
            assertThat(thrown.getSuppressed())
                    .as("failures of earlier attempts")
                    .isEmpty();
        }
    }

    private static void answerOnceAndVanish(ServerSocket listening, String response, String end) {
        try (Socket socket = listening.accept()) {
            listening.close();
            socket.setSoTimeout(10_000);
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            while (!request.toString(StandardCharsets.UTF_8).endsWith(end)) {
                request.write(socket.getInputStream().read());
            }
            String head = "HTTP/1.1 " + response + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void post(HttpURLConnection connection) throws IOException {
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(BODY);
        }
    }

    private HttpURLConnection sending(String method, URI uri, Upload upload) throws IOException {
        HttpURLConnection connection = wovenConnections.open(uri);
        connection.setRequestMethod(method);
        connection.setDoOutput(true);
        upload.mode.accept(connection);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(BODY);
        }
        return connection;
    }
}
