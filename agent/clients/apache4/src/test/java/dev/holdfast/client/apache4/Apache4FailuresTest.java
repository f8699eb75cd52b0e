package dev.holdfast.client.apache4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Outcome;
import dev.holdfast.exchange.ProxyTunnel;
import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.http.HttpHost;
import org.apache.http.NoHttpResponseException;
import org.apache.http.client.ClientProtocolException;
import org.apache.http.client.NonRepeatableRequestException;
import org.apache.http.conn.ConnectTimeoutException;
import org.apache.http.conn.ConnectionPoolTimeoutException;
import org.apache.http.conn.HttpHostConnectException;
import org.apache.http.impl.execchain.RequestAbortedException;
import org.junit.jupiter.api.Test;

class Apache4FailuresTest {
    @Test
    void the_pool_of_the_program_is_no_failure_of_the_origin_though_its_type_is_that_of_a_connect_timeout() {
        assertCancelled(new ConnectionPoolTimeoutException("full"));
        assertThat(kind(new ConnectTimeoutException("late"))).isEqualTo(ErrorKind.CONNECTION_TIMEOUT);
    }

    @Test
    void what_ends_a_call_from_outside_is_no_failure_of_the_origin() {
        assertCancelled(new RequestAbortedException("aborted"));
        assertCancelled(new InterruptedIOException("shut down"));
        assertCancelled(new IllegalStateException("Connection pool shut down"));
    }

    @Test
    void a_request_that_the_client_could_not_repeat_is_judged_by_the_failure_before() {
        IOException reset = new SocketException("reset");
        Throwable thrown = new ClientProtocolException(new NonRepeatableRequestException("again", reset));

        Outcome outcome = Apache4Failures.of(thrown, true, new ProxyTunnel());

        assertThat(outcome).isEqualTo(new Outcome.Failure(reset, ErrorKind.CONNECTION_RESET, false));
    }

    @Test
    void a_body_that_cannot_be_repeated_for_an_answer_is_no_failure_of_the_origin() {
        assertCancelled(new NonRepeatableRequestException("again"));
        assertCancelled(new ClientProtocolException(new NonRepeatableRequestException("again")));
    }

    @Test
    void kinds_come_from_types() {
        assertThat(kind(new HttpHostConnectException(new ConnectException("refused"), new HttpHost("a.example"))))
                .isEqualTo(ErrorKind.CONNECTION_REFUSED);
        assertThat(kind(new UnknownHostException("a.example"))).isEqualTo(ErrorKind.DNS_RESOLUTION);
        assertThat(kind(new NoHttpResponseException("none"))).isEqualTo(ErrorKind.CONNECTION_RESET);
        assertThat(kind(new SocketTimeoutException("read"))).isEqualTo(ErrorKind.READ_TIMEOUT);
        assertThat(kind(new SSLHandshakeException("untrusted"))).isEqualTo(ErrorKind.TLS);
        assertThat(kind(new ClientProtocolException("no HTTP"))).isEqualTo(ErrorKind.OTHER);
    }

    @Test
    void nothing_was_sent_only_where_no_connection_was_used_before_the_failure() {
        IOException refused = new ConnectException("refused");

        assertThat(Apache4Failures.of(refused, false, new ProxyTunnel()))
                .isEqualTo(new Outcome.Failure(refused, ErrorKind.CONNECTION_REFUSED, true));
        // Behind a redirect: the first origin has the request already.
        assertThat(Apache4Failures.of(refused, true, new ProxyTunnel()))
                .isEqualTo(new Outcome.Failure(refused, ErrorKind.CONNECTION_REFUSED, false));
        assertThat(Apache4Failures.of(new ClientProtocolException("no route"), false, new ProxyTunnel()))
                .isEqualTo(Outcome.Cancelled.INSTANCE);
    }

    private static ErrorKind kind(Throwable error) {
        return ((Outcome.Failure) Apache4Failures.of(error, true, new ProxyTunnel())).kind();
    }

    private static void assertCancelled(Throwable error) {
        assertThat(Apache4Failures.of(error, true, new ProxyTunnel())).isEqualTo(Outcome.Cancelled.INSTANCE);
    }
}
