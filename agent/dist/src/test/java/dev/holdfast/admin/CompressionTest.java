package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    private static final byte[] LONG = "holdfast_calls_total 1.0\n".repeat(100).getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GZIP",
                "x-gzip",
                "deflate, gzip;q=1.0, *;q=0.5",
                "gzip;q=0.001",
                "gzip ; q=0.5",
                "identity;q=0.5, gzip;q=0.5",
                "*",
                "br;q=1.0, *;q=0.1",
                "identity;q=0, *",
                ", gzip",
                "gzip;q=1.",
                "gzip;Q=1.000"
            })
    void a_client_that_accepts_gzip_gets_it(String accepted) throws IOException, Request.BadRequest {
        Response response = Compression.of(request("Accept-Encoding: " + accepted), Response.of("text/plain", LONG));

        assertThat(response.encoding()).isEqualTo("gzip");
        assertThat(response.body()).hasSizeLessThan(LONG.length / 10);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(response.body())))
                .hasBinaryContent(LONG);
        assertThat(head(response))
                .contains("\r\nContent-Encoding: gzip\r\n", "\r\nContent-Length: " + response.body().length + "\r\n")
                .contains("\r\nVary: Accept, Accept-Encoding\r\n", "\r\nContent-Type: text/plain\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "identity",
                "deflate",
                "gzip;q=0",
                "gzip;q=0.000",
                "*;q=0",
                "gzip;q=0, *",
                "gzip;q=0.5, identity",
                "*;q=0.1, identity;q=0.2",
                "gzip;q=2",
                "gzip;q=-1",
                "gzip;q=0.5000",
                "gzip;q=",
                "gzip;q=NaN",
                "gzip;level=9",
                "gzip;q=1;q=1",
                "gzipped",
                "gzip q=1"
            })
    void a_client_that_does_not_clearly_accept_it_gets_the_plain_body(String accepted) throws Request.BadRequest {
        Response plain = Response.of("text/plain", LONG);

        Response response = Compression.of(request("Accept-Encoding: " + accepted), plain);

        assertThat(response).isSameAs(plain);
        assertThat(head(response))
                .contains("\r\nVary: Accept, Accept-Encoding\r\n")
                .doesNotContain("Content-Encoding");
    }

    @Test
    void several_lines_of_the_header_are_one_list() throws Request.BadRequest {
        assertThat(Compression.of(
                                request("Accept-Encoding: deflate\r\nAccept-Encoding: gzip"),
                                Response.of("text/plain", LONG))
                        .encoding())
                .isEqualTo("gzip");
    }

    @Test
    void nothing_is_compressed_that_is_short_or_was_not_asked_to_be() throws Request.BadRequest {
        Response shortOne = Response.of("text/plain", new byte[Compression.LEAST_BYTES - 1]);

        assertThat(Compression.of(request("Accept-Encoding: gzip"), shortOne)).isSameAs(shortOne);
        assertThat(Compression.of(request("Accept: text/plain"), Response.of("text/plain", LONG))
                        .encoding())
                .isEmpty();
        assertThat(Compression.of(request("Accept-Encoding: gzip"), Response.empty(404))
                        .encoding())
                .isEmpty();
    }

    private static String head(Response response) {
        return new String(response.head(false, Instant.EPOCH), StandardCharsets.ISO_8859_1);
    }

    private static Request request(String headers) throws Request.BadRequest {
        byte[] bytes = ("GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        return Request.read(bytes, bytes.length);
    }
}
