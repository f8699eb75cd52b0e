package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Tests what cannot be made to happen at will: ends of exchanges that race with each other inside the client. */
class JdkFailuresTest {
    @Test
    void a_connection_that_the_client_closed_itself_is_a_timeout_whatever_it_is_called() {
        IOException closed = made("jdk.internal.net.http.SocketTube", "signalClosed");

        assertThat(JdkFailures.beforeHead(
                                new CompletionException(new IOException("no bytes", closed)),
                                JdkFailures.Sending.of(false))
                        .kind())
                .isEqualTo(ErrorKind.READ_TIMEOUT);
    }

    @Test
    void another_end_in_the_same_place_is_none() {
        IOException other = made("jdk.internal.net.http.SocketTube", "signalError");

        assertThat(JdkFailures.beforeHead(new IOException("no bytes", other), JdkFailures.Sending.of(false))
                        .kind())
                .isEqualTo(ErrorKind.OTHER);
    }

    @Test
    void a_request_for_which_the_connection_has_no_stream_left_was_not_sent() {
        IOException none = made("jdk.internal.net.http.Http2Connection", "reserveStream");

        assertThat(JdkFailures.beforeHead(none, sendsOnce(true)).nothingSent()).isTrue();
        assertThat(JdkFailures.beforeHead(none, sendsOnce(false)).nothingSent())
                .as("the origin may have acted on the request that was redirected")
                .isFalse();
    }

    @Test
    void a_stream_that_the_server_did_not_process_is_known_by_who_says_so() {
        IOException unprocessed = made("jdk.internal.net.http.Stream", "closeAsUnprocessed");
        IOException reset = made("jdk.internal.net.http.Stream", "handleReset");

        assertThat(JdkFailures.beforeHead(unprocessed, sendsOnce(true)).nothingSent())
                .isTrue();
        assertThat(JdkFailures.beforeHead(unprocessed, sendsOnce(false)).nothingSent())
                .isFalse();
        assertThat(JdkFailures.beforeHead(reset, sendsOnce(true)).nothingSent()).isFalse();
    }

    private static JdkFailures.Sending sendsOnce(boolean once) {
        return new JdkFailures.Sending(false, false, once, null, false, () -> null);
    }

    private static IOException made(String inClass, String inMethod) {
        IOException error = new IOException("as the client words it");
        error.setStackTrace(new StackTraceElement[] {new StackTraceElement(inClass, inMethod, null, -1)});
        return error;
    }
}
