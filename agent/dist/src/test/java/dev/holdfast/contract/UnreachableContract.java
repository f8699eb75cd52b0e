package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import org.apache.http.conn.ConnectTimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that are not reached: nothing was sent, so every method is tried again. */
class UnreachableContract {
    private static final int RETRIES = 3;

    @ParameterizedTest
    @EnumSource
    void aRefusedConnectionIsTriedAgainWhateverTheMethod(Style style) {
        try (Unreachable refusing = Unreachable.refusing(Hosts.QUICK)) {
            CallResult callResult = style.call(Call.post(refusing.uri("/"), "order"));
            assertThat(callResult.thrown()).isInstanceOf(ConnectException.class);
            assertThat(callResult.thrown().getSuppressed()).hasSize(RETRIES);
            CallResult got = style.call(Call.get(refusing.uri("/")));
            assertThat(got.thrown()).isInstanceOf(ConnectException.class);
            assertThat(got.thrown().getSuppressed()).hasSize(RETRIES);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAPolicyARefusedConnectionFailsAtOnce(Style style) {
        try (Unreachable refusing = Unreachable.refusing(Hosts.BARE)) {
            CallResult callResult = style.call(Call.post(refusing.uri("/"), "order"));
            assertThat(callResult.thrown()).isInstanceOf(ConnectException.class);
            assertThat(callResult.thrown().getSuppressed()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatComesUpMeanwhileGetsTheCallOnce(Style style) throws Exception {
        Unreachable refusing = Unreachable.refusing(Hosts.LONG_DEADLINE);
        InFlight call = style.start(Call.post(refusing.uri("/"), "order"));
        refusing.close();
        try (ScriptedServer server = ScriptedServer.http(Hosts.LONG_DEADLINE, refusing.port())) {
            CallResult callResult = call.seen();
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(server.requests()).extracting(ReceivedRequest::text).containsExactly("order");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownHostIsLookedUpAgain(Style style) {
        URI unknown = URI.create("http://" + Unreachable.UNRESOLVABLE_HOST + "/");
        CallResult callResult = style.call(Call.post(unknown, "order"));
        assertThat(callResult.thrown()).isInstanceOf(java.io.IOException.class);
        assertThat(callResult.thrown().getSuppressed()).hasSize(RETRIES);
        if (!style.javaNetHttp()) {
            assertThat(callResult.thrown()).isInstanceOf(java.net.UnknownHostException.class);
        } else {
            assertThat(callResult.thrown()).isInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsNotEstablishedInTimeIsTriedAgain(Style style) {
        try (Unreachable silent = Unreachable.silent(Hosts.QUICK)) {
            CallResult callResult =
                    style.call(Call.post(silent.uri("/"), "order").connectTimeout(Duration.ofMillis(100)));
            assertThat(callResult.thrown()).isInstanceOf(connectTimeoutOf(style));
            assertThat(callResult.thrown().getSuppressed()).hasSize(RETRIES);
            assertThat(callResult.took()).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        }
    }

    @ParameterizedTest
    @CsvSource({"SEND", "SEND_ASYNC", "URL_BUFFERED"})
    void theDeadlineEndsTheTrying(Style style) {
        try (Unreachable refusing = Unreachable.refusing(Hosts.DEADLINE)) {
            CallResult callResult = style.call(Call.get(refusing.uri("/")));
            // The deadline may also fall into an attempt to connect.
            assertThat(callResult.thrown())
                    .isInstanceOfAny(
                            ConnectException.class, HttpConnectTimeoutException.class, SocketTimeoutException.class);
            assertThat(callResult.thrown().getSuppressed()).hasSizeBetween(1, 12);
            assertThat(callResult.took()).isBetween(Duration.ofMillis(400), Duration.ofSeconds(20));
        }
    }

    private static Class<? extends java.io.IOException> connectTimeoutOf(Style style) {
        return style.javaNetHttp()
                ? HttpConnectTimeoutException.class
                : style.apache4() ? ConnectTimeoutException.class : SocketTimeoutException.class;
    }
}
