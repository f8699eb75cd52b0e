package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.ErrorKind;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/** Tests what exceptions of the JDK's connection mean where it depends on chance which of them a program sees. */
class UrlFailuresTest {
    @Test
    void aRequestThatCouldNotBeWrittenIsABrokenConnection() {
        IOException error = thrownBy(new IOException("Error writing to server"), "writeRequests");

        assertThat(UrlFailures.of(error, true, () -> null).kind()).isEqualTo(ErrorKind.CONNECTION_RESET);
        assertThat(UrlFailures.of(error, true, () -> null).nothingSent()).isFalse();
    }

    @Test
    void soItIsWhenItIsRemembered() {
        IOException again = thrownBy(new IOException("Error writing to server"), "getInputStream0");
        again.initCause(thrownBy(new IOException("Error writing to server"), "writeRequests"));

        assertThat(UrlFailures.of(again, true, () -> null).kind()).isEqualTo(ErrorKind.CONNECTION_RESET);
    }

    @Test
    void whateverElseTheConnectionSaysOfAnAnswerIsNot() {
        IOException status = thrownBy(new IOException("Server returned HTTP response code: 400"), "getInputStream0");
        IOException missing = thrownBy(new FileNotFoundException("/"), "writeRequests");

        assertThat(UrlFailures.of(status, true, () -> null).kind()).isEqualTo(ErrorKind.OTHER);
        assertThat(UrlFailures.of(missing, true, () -> null).kind()).isEqualTo(ErrorKind.OTHER);
        assertThat(UrlFailures.of(new SocketException("Connection reset"), true, () -> null)
                        .kind())
                .isEqualTo(ErrorKind.CONNECTION_RESET);
    }

    @Test
    void withoutAStackNothingIsKnown() {
        IOException bare = new IOException("Error writing to server");
        bare.setStackTrace(new StackTraceElement[0]);

        assertThat(UrlFailures.of(bare, true, () -> null).kind()).isEqualTo(ErrorKind.OTHER);
        assertThat(UrlFailures.of(bare, true, () -> null).nothingSent()).isFalse();
    }

    private static IOException thrownBy(IOException error, String method) {
        error.setStackTrace(new StackTraceElement[] {
            new StackTraceElement("sun.net.www.protocol.http.HttpURLConnection", method, "HttpURLConnection.java", 700),
            new StackTraceElement("an.Application", "main", "Application.java", 1)
        });
        return error;
    }
}
