package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ByteStringTest {
    @Test
    void isComparedByItsBytes() {
        assertThat(content("one")).isEqualTo(content("one")).hasSameHashCodeAs(content("one"));
        assertThat(content("one")).isNotEqualTo(content("two")).doesNotHaveSameHashCodeAs(content("two"));
        assertThat(content("")).isEqualTo(ByteString.EMPTY);
        assertThat(content("one")).isNotEqualTo("one");
    }

    @Test
    void givesTheBytesThatItWasMadeOfAndSaysHowManyTheyAre() {
        byte[] bytes = {1, 2, 3};

        assertThat(ByteString.owning(bytes).bytes()).isSameAs(bytes);
        assertThat(ByteString.owning(bytes).length()).isEqualTo(3);
        assertThat(ByteString.EMPTY.length()).isZero();
    }

    @Test
    void isWrittenAsItsLengthForABodyIsFitForNoLog() {
        assertThat(content("secret")).hasToString("6 bytes");
    }

    private static ByteString content(String text) {
        return ByteString.owning(text.getBytes(StandardCharsets.UTF_8));
    }
}
