package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What cannot be made to happen at will: ends of exchanges that race with each other inside the client. */
class FailuresTest {
    @Test
    void a_connection_that_the_client_closed_itself_is_a_timeout_whatever_it_is_called() {
        IOException closed = made("jdk.internal.net.http.SocketTube", "signalClosed");

        assertThat(Failures.beforeHead(new CompletionException(new IOException("no bytes", closed)), false)
                        .kind())
                .isEqualTo(ErrorKind.READ_TIMEOUT);
    }

    @Test
    void another_end_in_the_same_place_is_none() {
        IOException other = made("jdk.internal.net.http.SocketTube", "signalError");

        assertThat(Failures.beforeHead(new IOException("no bytes", other), false)
                        .kind())
                .isEqualTo(ErrorKind.OTHER);
    }

    private static IOException made(String inClass, String inMethod) {
        IOException error = new IOException("as the client words it");
        error.setStackTrace(new StackTraceElement[] {new StackTraceElement(inClass, inMethod, null, -1)});
        return error;
    }
}
