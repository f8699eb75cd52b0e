package dev.holdfast.client.apache5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Outcome;
import dev.holdfast.exchange.ProxyTunnel;
import dev.holdfast.policy.ErrorKind;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class Apache5FailuresTest {
    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(new ConnectTimeoutException("late"), ErrorKind.CONNECTION_TIMEOUT),
                Arguments.of(new SocketTimeoutException("late"), ErrorKind.READ_TIMEOUT),
                Arguments.of(new HttpHostConnectException("refused"), ErrorKind.CONNECTION_REFUSED),
                Arguments.of(new UnknownHostException("host"), ErrorKind.DNS_RESOLUTION),
                Arguments.of(new SocketException("reset"), ErrorKind.CONNECTION_RESET),
                Arguments.of(new NoHttpResponseException("closed"), ErrorKind.CONNECTION_RESET),
                Arguments.of(new ConnectionClosedException(), ErrorKind.CONNECTION_RESET),
                Arguments.of(new SSLHandshakeException("not trusted"), ErrorKind.TLS),
                Arguments.of(new SSLException("cut", new EOFException()), ErrorKind.CONNECTION_RESET),
                Arguments.of(new IOException("whatever"), ErrorKind.OTHER));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aFailureIsOfItsKindAndSentNothingOnlyWhereNoRequestWasExecuted(Exception error, ErrorKind kind) {
        assertThat(Apache5Failures.of(error, false, new ProxyTunnel()))
                .isEqualTo(new Outcome.Failure(error, kind, true));
        assertThat(Apache5Failures.of(error, true, new ProxyTunnel()))
                .isEqualTo(new Outcome.Failure(error, kind, false));
    }

    @Test
    void thePoolTheProgramAndItsCancellingSayNothingOfTheOrigin() {
        assertThat(Stream.of(
                        new ConnectionRequestTimeoutException("full"),
                        new RequestFailedException("Request aborted"),
                        new IllegalStateException("Connection pool shut down"),
                        new CancellationException(),
                        new ClientProtocolException("an interceptor's")))
                .allSatisfy(error -> assertThat(Apache5Failures.of(error, false, new ProxyTunnel()))
                        .isEqualTo(Outcome.Cancelled.INSTANCE));
        // Whether the chain was the client's own is not known before it asks for a connection.
        assertThat(Apache5Failures.of(new ClientProtocolException("an interceptor's"), true, new ProxyTunnel()))
                .isEqualTo(Outcome.Cancelled.INSTANCE);
        ProxyTunnel sent = new ProxyTunnel();
        sent.sends();
        assertThat(Apache5Failures.of(new ClientProtocolException("no HTTP"), true, sent))
                .isInstanceOf(Outcome.Failure.class);
    }

    @Test
    void whatAProxyDoesInPlaceOfATunnelIsItsOwnFailure() {
        ProxyTunnel tunnel = new ProxyTunnel();
        tunnel.leases();
        tunnel.asks("proxy.example", 3128, "http");
        tunnel.sends();
        IOException reset = new SocketException("reset");

        assertThat(Apache5Failures.of(reset, tunnel.isSent(), tunnel))
                .isEqualTo(new Outcome.Failure(reset, ErrorKind.PROXY, true, "proxy.example:3128"));
        assertThat(Apache5Failures.of(new ClientProtocolException("no HTTP"), tunnel.isSent(), tunnel))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.PROXY));
        assertThat(Apache5Failures.of(new SocketTimeoutException("late"), tunnel.isSent(), tunnel))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.READ_TIMEOUT));
    }
}
