package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.call.CallInfo;
import dev.holdfast.call.Observer;
import dev.holdfast.call.Outcome;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.exchange.RecordedRequestStream;
import dev.holdfast.policy.Backoff;
import dev.holdfast.policy.Breakers;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Fallbacks;
import dev.holdfast.policy.HedgePolicy;
import dev.holdfast.policy.Jitter;
import dev.holdfast.policy.LimitPolicy;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each attempt ends, whatever ends it, although the application asks for nothing more: it is counted, its permit is
 * free before any garbage collection, and what is kept for a further attempt is not kept longer.
 */
class EndsTest {
    private static final int MUCH = 64 * 1024 * 1024;
    private static final LimitPolicy ONE_AT_A_TIME = new LimitPolicy(1, 0, 1, 0);

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final ScriptedServer server = ScriptedServer.http();
    private WovenConnections wovenConnections = new WovenConnections(
            Policies.retry()
                    .backoff(new Backoff(1_000_000L, 1_000_000L, 1.0, Jitter.NONE))
                    .limits(ONE_AT_A_TIME)
                    .policy(),
            new Recorder());

    @AfterEach
    void close() {
        server.close();
        assertThat(wovenConnections.defects).isEmpty();
    }

    /** The modes in which the JDK sends what is written at once. */
    enum Mode {
        FIXED(c -> c.setFixedLengthStreamingMode(MUCH)),
        CHUNKED(c -> c.setChunkedStreamingMode(8192));

        private final Consumer<HttpURLConnection> mode;

        Mode(Consumer<HttpURLConnection> mode) {
            this.mode = mode;
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUploadThatBreaksWhileItIsWrittenEndsItsAttempt(Mode mode) throws IOException {
        server.play(ScriptedResponse.afterRequestHead(Cut.RESET));
        HttpURLConnection broken = upload(mode);
        assertThatThrownBy(() -> writeMuch(broken)).isInstanceOf(IOException.class);

        assertThat(events).containsExactly("attempt CONNECTION_RESET", "FAILED after 1");
        assertThat(get()).isEqualTo(200);
        Reference.reachabilityFence(broken);
    }

    /** Asked for its stream and dropped, or kept for later: which of them cannot be known. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionThatIsLeftAloneHoldsNoPermitForLongerThanAnAttemptMayTake(boolean byDeadline) throws IOException {
        Duration limit = Duration.ofSeconds(1);
        Policies policies = Policies.retry().limits(ONE_AT_A_TIME);
        wovenConnections = new WovenConnections(
                (byDeadline ? policies.deadline(limit) : policies.attemptTimeout(limit)).policy(), new Recorder());
        HttpURLConnection buffered = wovenConnections.open(server.uri("/"));
        buffered.setRequestMethod("PUT");
        buffered.setDoOutput(true);
        buffered.getOutputStream().write('a');
        assertThatThrownBy(this::get).isInstanceOf(ConnectException.class);
        Awaitility.await().until(() -> wovenConnections.permitsTaken() == 0);

        HttpURLConnection streamed = upload(Mode.CHUNKED);
        streamed.getOutputStream().write('b');
        Awaitility.await().until(() -> wovenConnections.permitsTaken() == 0);

        // Who comes back goes on.
        buffered.getOutputStream().write('A');
        assertThat(buffered.getResponseCode()).isEqualTo(200);
        streamed.getOutputStream().write('B');
        assertThat(streamed.getResponseCode()).isEqualTo(200);
        assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactlyInAnyOrder("aA", "bB");
        assertThat(wovenConnections.permitsTaken()).isZero();
    }

    /** Opened before its body was written, so that another origin can be asked only with that. */
    @Test
    void aCallWhoseFallbackIsAskedLaterEndsWithIt() throws IOException {
        wovenConnections = new WovenConnections(
                Policies.retry()
                        .maxRetries(0)
                        .fallback(Fallbacks.degraded(server.uri("/").toString()))
                        .policy(),
                new Recorder());
        try (Unreachable origin = Unreachable.refusing("127.0.0.1")) {
            HttpURLConnection answered = post(origin);
            HttpURLConnection givenUp = post(origin);
            assertThat(events)
                    .as("none has ended")
                    .containsExactly("attempt CONNECTION_REFUSED", "attempt CONNECTION_REFUSED");
            events.clear();

            answered.getOutputStream().write('a');
            assertThat(answered.getResponseCode()).isEqualTo(200);
            assertThat(events).containsExactly("attempt 200", "FIRST_TRY after 1", "SAVED_BY_FALLBACK after 1");
            events.clear();

            givenUp.disconnect();
            assertThat(events).containsExactly("CANCELLED after 1");
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("a");
        }
    }

    private HttpURLConnection post(Unreachable origin) throws IOException {
        HttpURLConnection connection = wovenConnections.open(origin.uri("/"));
        connection.setDoOutput(true);
        connection.connect();
        return connection;
    }

    @Test
    void theBreakerHearsOfBrokenUploads() throws IOException {
        wovenConnections = new WovenConnections(
                Policies.retry().breaker(Breakers.consecutive(2).build()).policy(), new Recorder());
        server.play(ScriptedResponse.afterRequestHead(Cut.RESET), ScriptedResponse.afterRequestHead(Cut.RESET));
        for (int i = 0; i < 2; i++) {
            HttpURLConnection broken = upload(Mode.CHUNKED);
            assertThatThrownBy(() -> writeMuch(broken)).isInstanceOf(IOException.class);
        }

        assertThatThrownBy(this::get)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("circuit breaker is open");
    }

    /** The JDK decides what it reports, but nothing is sent again. */
    @ParameterizedTest
    @EnumSource
    void aBrokenUploadThatIsAskedForItsAnswerIsCountedOnce(Mode mode) throws IOException {
        server.play(ScriptedResponse.afterRequestHead(Cut.RESET));
        HttpURLConnection broken = upload(mode);
        assertThatThrownBy(() -> writeMuch(broken)).isInstanceOf(IOException.class);
        assertThatThrownBy(broken::getResponseCode).isInstanceOf(IOException.class);

        assertThat(events).containsExactly("attempt CONNECTION_RESET", "FAILED after 1");
        assertThat(get()).isEqualTo(200);
    }

    /** The application announced a length and does not keep to it: nobody's fault but its own. */
    @ParameterizedTest
    @ValueSource(ints = {0, 4, 12})
    void aBodyOfAnotherLengthThanAnnouncedEndsItsAttemptAndIsNoFailureOfTheOrigin(int length) throws IOException {
        HttpURLConnection wrong = wovenConnections.open(server.uri("/"));
        wrong.setRequestMethod("PUT");
        wrong.setDoOutput(true);
        wrong.setFixedLengthStreamingMode(10);
        assertThatThrownBy(() -> {
                    try (OutputStream out = wrong.getOutputStream()) {
                        out.write(new byte[length]);
                    }
                })
                .isInstanceOf(IOException.class);

        assertThat(events).containsExactly("CANCELLED after 1");
        assertThat(get()).isEqualTo(200);
        Reference.reachabilityFence(wrong);
    }

    @Test
    void whatIsWrittenBehindTheEndOfAnUploadEndsNothing() throws IOException {
        HttpURLConnection connection = upload(Mode.CHUNKED);
        OutputStream out = connection.getOutputStream();
        out.write(1);
        out.close();
        assertThatThrownBy(() -> out.write(2)).isInstanceOf(IOException.class);
        out.close();

        assertThat(events).isEmpty();
        assertThat(connection.getResponseCode()).isEqualTo(200);
        assertThat(events).containsExactly("attempt 200", "FIRST_TRY after 1");
    }

    /** Ways to begin. */
    enum Begun {
        CONNECTED(HttpURLConnection::connect),
        WRITTEN(c -> {
            c.setRequestMethod("PUT");
            c.setDoOutput(true);
            c.getOutputStream().write(1);
        }),
        STREAMED(c -> {
            c.setRequestMethod("PUT");
            c.setDoOutput(true);
            c.setChunkedStreamingMode(0);
            c.getOutputStream().write(1);
        });

        private final Doing doing;

        Begun(Doing doing) {
            this.doing = doing;
        }

        /** The action of a test. */
        interface Doing {
            void on(HttpURLConnection connection) throws IOException;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasBegunEndsWithDisconnect(Begun begun) throws IOException {
        HttpURLConnection connection = wovenConnections.open(server.uri("/"));
        begun.doing.on(connection);
        connection.disconnect();
        connection.disconnect();

        assertThat(events).containsExactly("CANCELLED after 1");
        assertThat(get()).isEqualTo(200);
        Reference.reachabilityFence(connection);
    }

    /** The JDK connects anew: another call. */
    @ParameterizedTest
    @EnumSource(names = {"CONNECTED", "WRITTEN"})
    void whoGoesOnAfterDisconnectGetsItsAnswer(Begun begun) throws IOException {
        server.play(ScriptedResponse.respond(503, "not now"));
        HttpURLConnection connection = wovenConnections.open(server.uri("/"));
        begun.doing.on(connection);
        connection.disconnect();

        assertThat(connection.getResponseCode()).isEqualTo(200);
        assertThat(server.requests())
                .hasSize(2)
                .allSatisfy(request -> assertThat(request.body()).hasSize(begun == Begun.WRITTEN ? 1 : 0));
        assertThat(events).containsExactly("CANCELLED after 1", "attempt 503", "attempt 200", "SAVED_BY_RETRY after 2");
        assertThat(get()).isEqualTo(200);
    }

    @Test
    void aBufferedBodyIsNotHeldAsLongAsTheConnectionObject() throws IOException {
        server.play(ScriptedResponse.respond(503, "not now"));
        HttpURLConnection connection = wovenConnections.open(server.uri("/"));
        WeakReference<OutputStream> body = new WeakReference<>(written(connection));
        assertThat(connection.getResponseCode()).isEqualTo(200);
        assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("body", "body");

        Awaitility.await().until(() -> {
            System.gc();
            return body.get() == null;
        });
        Reference.reachabilityFence(connection);
    }

    @Test
    void aRecordedBodyIsNotHeldAsLongAsTheConnectionObject() throws IOException {
        server.play(ScriptedResponse.respond(503, "not now"));
        HttpURLConnection connection = wovenConnections.open(server.uri("/"));
        connection.setChunkedStreamingMode(0);
        RecordedRequestStream body = (RecordedRequestStream) written(connection);
        assertThat(body.isWhole()).isTrue();
        assertThat(connection.getResponseCode()).isEqualTo(200);
        assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("body", "body");

        assertThat(body.isWhole()).isFalse();
    }

    private static OutputStream written(HttpURLConnection connection) throws IOException {
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        OutputStream out = connection.getOutputStream();
        out.write("body".getBytes(StandardCharsets.US_ASCII));
        out.close();
        return out;
    }

    /** It may go on, or give up, and nobody can tell. */
    @Test
    void aMistakeThatSendsNothingHoldsNoPermit() throws IOException {
        HttpURLConnection mistaken = wovenConnections.open(server.uri("/"));
        assertThatThrownBy(mistaken::getOutputStream).isInstanceOf(ProtocolException.class);
        assertThat(get()).isEqualTo(200);
        assertThat(mistaken.getResponseCode()).isEqualTo(200);
        assertThat(server.requests()).hasSize(2);
        assertThat(events)
                .containsExactly(
                        "CANCELLED after 1", "attempt 200", "FIRST_TRY after 1", "attempt 200", "FIRST_TRY after 1");
    }

    /** The JDK asks the application's own code on the way, and that may fail in any manner. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErrorThatIsThrownOnTheWayEndsTheAttempt(boolean connectFirst) throws IOException {
        ProxySelector jvms = ProxySelector.getDefault();
        HttpURLConnection failing = wovenConnections.open(server.uri("/"));
        ProxySelector.setDefault(new Failing());
        try {
            assertThatThrownBy(connectFirst ? failing::connect : failing::getResponseCode)
                    .isInstanceOf(StackOverflowError.class);
        } finally {
            ProxySelector.setDefault(jvms);
        }
        assertThat(events).containsExactly("CANCELLED after 1");
        assertThat(get()).isEqualTo(200);
        assertThat(failing.getResponseCode()).isEqualTo(200);
    }

    private static final class Failing extends ProxySelector {
        @Override
        public List<Proxy> select(URI uri) {
            throw new StackOverflowError("on purpose");
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException why) {}
    }

    /** The body of the first answer is cut while the hedge is out, which decides then. */
    @ParameterizedTest
    @ValueSource(ints = {200, 503})
    void aHedgeDecidesWhereTheHeldBackBodyOfTheFirstAnswerWasCut(int ofTheHedge) throws IOException {
        wovenConnections = new WovenConnections(
                Policies.retry()
                        .backoff(new Backoff(1_000_000L, 1_000_000L, 1.0, Jitter.NONE))
                        .errors(ErrorKind.PREMATURE_EOF)
                        .bufferResponse(1000)
                        .hedge(new HedgePolicy(true, TimeUnit.MILLISECONDS.toNanos(20)))
                        .limits(new LimitPolicy(2, 0, 1, 0))
                        .policy(),
                new Recorder());
        server.play(
                ScriptedResponse.respond(200, "0123456789")
                        .delayed(Duration.ofMillis(500))
                        .cutInBody(4, Cut.CLOSE),
                ScriptedResponse.respond(ofTheHedge, "whole").delayed(Duration.ofMillis(900)),
                ScriptedResponse.respond(200, "whole"));
        HttpURLConnection connection = wovenConnections.open(server.uri("/"));
        assertThat(new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("whole");

        int attempts = ofTheHedge == 200 ? 2 : 3;
        assertThat(server.requests()).hasSize(attempts);
        assertThat(events.stream().filter(event -> !event.startsWith("attempt")))
                .containsExactly("FIRST_TRY after 2", "taken back", "SAVED_BY_RETRY after " + attempts);
        server.otherwise(ScriptedResponse.respond(200, "fine"));
        assertThat(get()).isEqualTo(200);
    }

    private HttpURLConnection upload(Mode mode) throws IOException {
        HttpURLConnection connection = wovenConnections.open(server.uri("/"));
        connection.setRequestMethod("PUT");
        connection.setDoOutput(true);
        mode.mode.accept(connection);
        return connection;
    }

    private static void writeMuch(HttpURLConnection connection) throws IOException {
        try (OutputStream out = connection.getOutputStream()) {
            byte[] piece = new byte[8192];
            for (int i = 0; i < MUCH / piece.length; i++) {
                out.write(piece);
            }
        }
    }

    private int get() throws IOException {
        HttpURLConnection connection = wovenConnections.open(server.uri("/"));
        int status = connection.getResponseCode();
        connection.getInputStream().close();
        return status;
    }

    private final class Recorder implements Observer {
        @Override
        public void attempt(PolicyTarget target, CallInfo call, Outcome outcome, long nanos) {
            events.add("attempt "
                    + (outcome instanceof Outcome.Failure failure
                            ? failure.kind()
                            : String.valueOf(Outcome.statusOf(outcome))));
        }

        @Override
        public void takenBack(
                PolicyTarget target, CallInfo call, Outcome.Failure failure, Result result, int attempts, long nanos) {
            events.add("taken back");
        }

        @Override
        public void ended(PolicyTarget target, CallInfo call, Result result, int attempts, long nanos) {
            events.add(result + " after " + attempts);
        }
    }
}
