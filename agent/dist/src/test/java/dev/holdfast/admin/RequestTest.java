package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {

    @Test
    void reads_what_clients_send() throws Request.BadRequest {
        Request request = read(
                "GET /explain?url=http%3A%2F%2Fa.example%2Fb+c&method=PUT HTTP/1.1",
                "Host: localhost:9464", "Accept:  text/plain;q=0.5 ", "X-Twice: a", "x-twice: b", "X-Empty:");

        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.path()).isEqualTo("/explain");
        assertThat(request.parameter("url")).isEqualTo("http://a.example/b c");
        assertThat(request.parameter("method")).isEqualTo("PUT");
        assertThat(request.parameter("ur")).isNull();
        assertThat(request.header("accept")).isEqualTo("text/plain;q=0.5");
        assertThat(request.header("x-twice")).isEqualTo("a, b");
        assertThat(request.header("x-empty")).isEmpty();
        assertThat(request.keepAlive()).isTrue();
    }

    @Test
    void a_parameter_that_cannot_be_decoded_is_none() throws Request.BadRequest {
        assertThat(read("GET /explain?url=%zz HTTP/1.1", "Host: a").parameter("url"))
                .isNull();
    }

    @Test
    void the_connection_goes_on_as_the_client_says() throws Request.BadRequest {
        assertThat(read("GET / HTTP/1.1", "Host: a", "Connection: Upgrade, Close")
                        .keepAlive())
                .isFalse();
        assertThat(read("GET / HTTP/1.0", "Host: a").keepAlive()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1|X: no host|400",
                "GET / HTTP/1.1|Host : a|400",
                "GET / HTTP/1.1|Host: a\u0001b|400",
                "GET / HTTP/1.1|Host|400",
                "GET / HTTP/1.1|: a|400",
                "GET  / HTTP/1.1|Host: a|400",
                "GET /|Host: a|400",
                "GET|Host: a|400",
                "GET / FTP/1.1|Host: a|400",
                "GET / HTTP/1.1 x|Host: a|505",
                "GET / HTTP/2.0|Host: a|505",
                "PRI * HTTP/2.0|Host: a|400",
                "GET http://a/ HTTP/1.1|Host: a|400",
                "GET /\u00e4 HTTP/1.1|Host: a|400",
                "G(T / HTTP/1.1|Host: a|400",
                "GET / HTTP/1.1|Host: a~ folded|400",
                "GET / HTTP/1.1|Host: a~Host: a|400",
                "GET / HTTP/1.1|Host: a~Content-Length: 0~Content-Length: 0|400",
                "GET / HTTP/1.1|Host: a~Content-Length: 5|413",
                "GET / HTTP/1.1|Host: a~Content-Length: -1|413",
                "GET / HTTP/1.1|Host: a~Transfer-Encoding: chunked|413",
                "GET / HTTP/1.1|Host: a^X: b|400",
            })
    void what_is_no_request_of_ours_is_refused(String line, String headers, int status) {
        // In the table, ~ is the end of a line, and ^ a line feed alone.
        assertThatThrownBy(() -> read(line, headers.replace("~", "\r\n").replace("^", "\n")))
                .isInstanceOfSatisfying(
                        Request.BadRequest.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    @Test
    void so_many_headers_are_nobodys() {
        assertThatThrownBy(() ->
                        read("GET / HTTP/1.1", "Host: a", "a: b\r\n".repeat(100).strip()))
                .isInstanceOfSatisfying(
                        Request.BadRequest.class, e -> assertThat(e.status()).isEqualTo(431));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HTTP/1.1", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r"})
    void a_head_is_complete_with_its_empty_line(String text) {
        byte[] bytes = (text + "xxxxxx").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(Request.headLength(bytes, text.length())).isNegative();
    }

    @Property
    void whatever_is_sent_is_a_request_or_none(@ForAll @CharRange(from = 0, to = 0xff) String text) {
        for (String head : new String[] {text, "GET /" + text, "GET / HTTP/1.1\r\nHost: a\r\n" + text}) {
            byte[] bytes = (head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
            int length = Request.headLength(bytes, bytes.length);
            try {
                Request request = Request.read(bytes, length);
                assertThat(request.path()).startsWith("/");
                assertThat(request.headers()).containsKey("host");
            } catch (Request.BadRequest e) {
                assertThat(e.status()).isIn(400, 413, 431, 505);
            }
        }
    }

    private static Request read(String... lines) throws Request.BadRequest {
        byte[] bytes = (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        return Request.read(bytes, Request.headLength(bytes, bytes.length));
    }
}
