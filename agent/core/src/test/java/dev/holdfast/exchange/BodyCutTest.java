package dev.holdfast.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a body breaks exactly where it is cut, however it is read. */
class BodyCutTest {
    private static final byte[] BODY = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    private static InputStream cut(int bytes) {
        return new BodyCut(bytes, new IOException("cut")).of(new ByteArrayInputStream(BODY));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 9})
    void itBreaksAfterItsBytes(int bytes) {
        ByteArrayOutputStream single = new ByteArrayOutputStream();
        InputStream bySingle = cut(bytes);
        assertThatThrownBy(() -> {
                    for (int b = bySingle.read(); b >= 0; b = bySingle.read()) {
                        single.write(b);
                    }
                })
                .hasMessage("cut");
        assertThat(single.toByteArray()).hasSize(bytes);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        assertThatThrownBy(() -> cut(bytes).transferTo(whole)).hasMessage("cut");
        assertThat(whole.toByteArray()).hasSize(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 11, 1000})
    void aShorterBodyIsWhole(int bytes) throws IOException {
        assertThat(cut(bytes).readAllBytes()).isEqualTo(BODY);
        InputStream skipping = cut(bytes);
        assertThat(skipping.skip(4)).isEqualTo(4);
        assertThat(skipping.available()).isEqualTo(6);
        assertThat(skipping.readAllBytes()).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 9})
    void itIsNotSkippedPast(int bytes) throws IOException {
        InputStream stream = cut(bytes);

        assertThat(stream.skip(100)).isEqualTo(bytes);
        assertThat(stream.available()).isZero();
        assertThat(stream.read(new byte[0])).isZero();
        assertThatThrownBy(stream::read).hasMessage("cut");
    }
}
