package dev.holdfast.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which bodies are held back, and how they are read to be looked at. */
class HeldBodiesTest {
    private static final String TEXT = "{\"code\": \"THROTTLED\", \"text\": \"THROTTLED THROTTLED\"}";

    private record Head(Map<String, String> headers) implements ResponseHead {
        @Override
        public int status() {
            return 200;
        }

        @Override
        public @Nullable String header(String name, int index) {
            return index == 0 ? headers.get(name) : null;
        }

        @Override
        public Map<String, List<String>> fields() {
            return Map.of();
        }
    }

    private static byte[] packed(String text, boolean bare) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, bare);
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private static @Nullable String seen(byte[] body, long limit) {
        return HeldResponse.of(new Head(Map.of("Content-Encoding", " Deflate")), body, limit)
                .body();
    }

    @Test
    void aBodyInDeflateIsLookedAtInBothItsForms() throws IOException {
        assertThat(seen(packed(TEXT, false), 100)).isEqualTo(TEXT);
        assertThat(seen(packed(TEXT, true), 100)).isEqualTo(TEXT);
        assertThat(seen(TEXT.getBytes(StandardCharsets.UTF_8), 100)).isEqualTo(TEXT);
        assertThat(seen("80 requests".getBytes(StandardCharsets.UTF_8), 100)).isEqualTo("80 requests");
        assertThat(seen(packed(TEXT, false), TEXT.length())).isEqualTo(TEXT);
        assertThat(seen(packed(TEXT, false), TEXT.length() - 1)).isNull();
        assertThat(seen(packed("0".repeat(1 << 20), true), 1 << 19)).isNull();
    }

    @Test
    void aBodyOfUnknownLengthIsHeldUpToTheLimitItself() throws IOException {
        for (int length = 0; length <= 3; length++) {
            byte[] body = TEXT.substring(0, 7 + length).getBytes(StandardCharsets.UTF_8);
            AtomicInteger closed = new AtomicInteger();
            InputStream stream = new ByteArrayInputStream(body) {
                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };

            ResponseStreams.Held held = ResponseStreams.hold(stream, -1, 9, () -> false, null);

            assertThat(held.flowsOn()).as("%s bytes", body.length).isEqualTo(body.length > 9);
            if (!held.flowsOn()) {
                assertThat(Objects.requireNonNull(held.whole()).bytes()).isEqualTo(body);
            }
            assertThat(closed).hasValue(body.length > 9 ? 0 : 1);
            assertThat(held.stream().readAllBytes()).isEqualTo(body);
        }
    }

    @Test
    void aBodyOfKnownLengthIsReadNoFurther() throws IOException {
        InputStream stream = new ByteArrayInputStream("123456789next".getBytes(StandardCharsets.UTF_8));

        ResponseStreams.Held held = ResponseStreams.hold(stream, 9, 9, () -> false, null);

        assertThat(held.flowsOn()).isFalse();
        assertThat(held.stream().readAllBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("123456789");
        assertThat(stream.available()).isEqualTo(4);
    }
}
