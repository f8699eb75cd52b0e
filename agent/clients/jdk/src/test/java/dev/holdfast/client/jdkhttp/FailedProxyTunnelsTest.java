package dev.holdfast.client.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Outcome;
import dev.holdfast.policy.ErrorKind;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** By its root, and for as long as there is one, an exception is known to be that of a tunnel. */
class FailedProxyTunnelsTest {
    private static final InetSocketAddress PROXY = InetSocketAddress.createUnresolved("proxy.example", 3128);
    private static final JdkFailures.Sending NOTHING_SENT = JdkFailures.Sending.of(true);

    private static SocketException reset() {
        return new SocketException("Connection reset");
    }

    @Test
    void whateverTheClientPutsAroundItsRootIsOfTheTunnel() {
        SocketException root = reset();
        FailedProxyTunnels.add(new CompletionException(new IOException(root)), PROXY);

        Outcome.Failure failure =
                JdkFailures.beforeHead(new CompletionException(new IOException("made anew", root)), NOTHING_SENT);
        assertThat(failure.kind()).isEqualTo(ErrorKind.PROXY);
        assertThat(failure.proxy()).isEqualTo("proxy.example:3128");
        assertThat(failure.nothingSent()).isTrue();
        assertThat(JdkFailures.beforeHead(root, JdkFailures.Sending.of(false)).nothingSent())
                .as("the client had begun to send, as where a redirect led through the proxy")
                .isFalse();
    }

    @Test
    void anotherExceptionOfTheSameKindIsNot() {
        FailedProxyTunnels.add(reset(), PROXY);

        Outcome.Failure failure = JdkFailures.beforeHead(new IOException(reset()), NOTHING_SENT);
        assertThat(failure.kind()).isEqualTo(ErrorKind.CONNECTION_RESET);
        assertThat(failure.proxy()).isNull();
    }

    @Test
    void timeThatIsUpStaysATimeoutThoughItEndedTheTunnelToo() {
        HttpTimeoutException timeout = new HttpTimeoutException("request timed out");
        FailedProxyTunnels.add(timeout, PROXY);

        assertThat(JdkFailures.beforeHead(timeout, NOTHING_SENT).kind()).isEqualTo(ErrorKind.READ_TIMEOUT);
    }

    @Test
    void anIpv6AddressIsInBrackets() {
        assertThat(Proxies.address(InetSocketAddress.createUnresolved("::1", 8080)))
                .isEqualTo("[::1]:8080");
    }

    @Test
    void noExceptionIsKept() {
        int before = FailedProxyTunnels.size();
        for (int i = 0; i < 1_000; i++) {
            FailedProxyTunnels.add(reset(), PROXY);
        }
        WeakReference<Throwable> last = new WeakReference<>(reset());
        Awaitility.await().until(() -> {
            System.gc();
            FailedProxyTunnels.add(reset(), PROXY); // clears what was collected
            return last.get() == null && FailedProxyTunnels.size() <= before + 100;
        });
    }
}
