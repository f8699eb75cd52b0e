package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Received;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
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
            Seen seen = style.call(Call.post(refusing.uri("/"), "order"));
            assertThat(seen.thrown()).isInstanceOf(ConnectException.class);
            assertThat(seen.thrown().getSuppressed()).hasSize(RETRIES);
            Seen got = style.call(Call.get(refusing.uri("/")));
            assertThat(got.thrown()).isInstanceOf(ConnectException.class);
            assertThat(got.thrown().getSuppressed()).hasSize(RETRIES);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutAPolicyARefusedConnectionFailsAtOnce(Style style) {
        try (Unreachable refusing = Unreachable.refusing(Hosts.BARE)) {
            Seen seen = style.call(Call.post(refusing.uri("/"), "order"));
            assertThat(seen.thrown()).isInstanceOf(ConnectException.class);
            assertThat(seen.thrown().getSuppressed()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatComesUpMeanwhileGetsTheCallOnce(Style style) throws Exception {
        Unreachable refusing = Unreachable.refusing(Hosts.DEADLINE);
        InFlight call = style.start(Call.post(refusing.uri("/"), "order"));
        refusing.close();
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEADLINE, refusing.port())) {
            Seen seen = call.seen();
            assertThat(seen.status()).as("%s", seen).isEqualTo(200);
            assertThat(server.requests()).extracting(Received::text).containsExactly("order");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownHostIsLookedUpAgain(Style style) {
        URI unknown = URI.create("http://" + Unreachable.UNRESOLVABLE_HOST + "/");
        Seen seen = style.call(Call.post(unknown, "order"));
        assertThat(seen.thrown()).isInstanceOf(java.io.IOException.class);
        assertThat(seen.thrown().getSuppressed()).hasSize(RETRIES);
        if (style.urlConnection()) {
            assertThat(seen.thrown()).isInstanceOf(java.net.UnknownHostException.class);
        } else {
            assertThat(seen.thrown()).isInstanceOf(ConnectException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsNotEstablishedInTimeIsTriedAgain(Style style) {
        try (Unreachable silent = Unreachable.silent(Hosts.QUICK)) {
            Seen seen = style.call(Call.post(silent.uri("/"), "order").connectTimeout(Duration.ofMillis(100)));
            assertThat(seen.thrown())
                    .isInstanceOf(
                            style.urlConnection() ? SocketTimeoutException.class : HttpConnectTimeoutException.class);
            assertThat(seen.thrown().getSuppressed()).hasSize(RETRIES);
            assertThat(seen.took()).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        }
    }

    @ParameterizedTest
    @CsvSource({"SEND", "SEND_ASYNC", "URL_BUFFERED"})
    void theDeadlineEndsTheTrying(Style style) {
        try (Unreachable refusing = Unreachable.refusing(Hosts.DEADLINE)) {
            Seen seen = style.call(Call.get(refusing.uri("/")));
            // The deadline may also fall into an attempt to connect.
            assertThat(seen.thrown())
                    .isInstanceOfAny(
                            ConnectException.class, HttpConnectTimeoutException.class, SocketTimeoutException.class);
            assertThat(seen.thrown().getSuppressed()).hasSizeBetween(1, 12);
            assertThat(seen.took()).isBetween(Duration.ofMillis(400), Duration.ofSeconds(20));
        }
    }
}
