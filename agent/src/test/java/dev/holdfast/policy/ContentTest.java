package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ContentTest {
    @Test
    void isComparedByItsBytes() {
        assertThat(content("one")).isEqualTo(content("one")).hasSameHashCodeAs(content("one"));
        assertThat(content("one")).isNotEqualTo(content("two")).doesNotHaveSameHashCodeAs(content("two"));
        assertThat(content("")).isEqualTo(Content.EMPTY);
        assertThat(content("one")).isNotEqualTo("one");
    }

    @Test
    void givesTheBytesThatItWasMadeOfAndSaysHowManyTheyAre() {
        byte[] bytes = {1, 2, 3};

        assertThat(Content.owning(bytes).bytes()).isSameAs(bytes);
        assertThat(Content.owning(bytes).length()).isEqualTo(3);
        assertThat(Content.EMPTY.length()).isZero();
    }

    @Test
    void isWrittenAsItsLengthForABodyIsFitForNoLog() {
        assertThat(content("secret")).hasToString("6 bytes");
    }

    private static Content content(String text) {
        return Content.owning(text.getBytes(StandardCharsets.UTF_8));
    }
}
