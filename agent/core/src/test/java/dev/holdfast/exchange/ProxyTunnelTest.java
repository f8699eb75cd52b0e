package dev.holdfast.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.call.Outcome;
import dev.holdfast.policy.ErrorKind;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

class ProxyTunnelTest {
    private final ProxyTunnel tunnel = new ProxyTunnel();

    @Test
    void withoutAProxyWhatIsSentIsTheProgramsRequest() {
        tunnel.leases();
        assertThat(tunnel.isSent()).isFalse();
        tunnel.sends();

        assertThat(tunnel.isSent()).isTrue();
        assertThat(tunnel.failure(new IOException("reset"))).isNull();
        assertThat(tunnel.refusal(503)).isNull();
    }

    @Test
    void untilTheTunnelIsOpenTheProxyFails() {
        tunnel.leases();
        tunnel.asks("proxy.example", -1, "HTTPS");
        tunnel.sends();
        IOException cut = new EOFException();

        assertThat(tunnel.isSent()).isFalse();
        assertThat(tunnel.failure(cut)).isEqualTo(Outcome.Failure.ofProxy(cut, "proxy.example:443"));
        assertThat(tunnel.refusal(502)).isNotNull().satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorKind.PROXY);
            assertThat(failure.nothingSent()).isTrue();
            assertThat(failure.proxy()).isEqualTo("proxy.example:443");
        });
    }

    @Test
    void timeThatIsUpAndAProxyThatIsNotThereAndAWishForAPasswordAreWhatTheyAre() {
        tunnel.asks("proxy.example", 3128, "http");

        assertThat(tunnel.failure(new SocketTimeoutException())).isNull();
        assertThat(tunnel.failure(new ConnectException())).isNull();
        assertThat(tunnel.refusal(407)).isNull();
    }

    @Test
    void anOpenTunnelIsTheOriginsBusiness() {
        tunnel.asks("proxy.example", 3128, "http");
        tunnel.sends();
        tunnel.answers(407); // and it is asked again, with a password
        tunnel.sends();
        assertThat(tunnel.isSent()).isFalse();
        tunnel.answers(200);

        assertThat(tunnel.failure(new EOFException())).isNull();
        assertThat(tunnel.isSent()).isFalse();
        tunnel.sends();
        assertThat(tunnel.isSent()).isTrue();
    }

    @Test
    void aConnectionThatIsLeasedLaterMayHaveATunnel() {
        tunnel.asks("proxy.example", 3128, "http");
        tunnel.leases();
        tunnel.sends();

        assertThat(tunnel.isSent()).isTrue();
        assertThat(tunnel.failure(new EOFException())).isNull();
    }

    @Test
    void whereAnotherOriginGotTheRequestBeforeTheProxysFailureIsNotOneBeforeAnythingWasSent() {
        tunnel.sends();
        tunnel.leases();
        tunnel.asks("proxy.example", 3128, "http");
        tunnel.sends();

        assertThat(tunnel.failure(new EOFException()))
                .isNotNull()
                .satisfies(failure -> assertThat(failure.nothingSent()).isFalse());
    }
}
