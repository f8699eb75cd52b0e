package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OriginTest {
    private final Origin origin = new Origin("https", "api.example", 443);

    @Test
    void isTheSameWhereSchemeHostAndPortAre() {
        assertThat(origin)
                .isEqualTo(new Origin("https", "api.example", 443))
                .hasSameHashCodeAs(new Origin("https", "api.example", 443));
        assertThat(origin).isNotEqualTo(new Origin("http", "api.example", 443));
        assertThat(origin).isNotEqualTo(new Origin("https", "www.example", 443));
        assertThat(origin).isNotEqualTo(new Origin("https", "api.example", 8443));
        assertThat(origin).isNotEqualTo("https://api.example:443");
    }

    @Test
    void spreadsOverATableByEachOfItsParts() {
        assertThat(IntStream.range(0, 1000)
                        .map(i -> new Origin("http", "h" + i, 80).hashCode())
                        .distinct()
                        .count())
                .isGreaterThan(900);
        assertThat(IntStream.range(0, 1000)
                        .map(port -> new Origin("http", "h", port).hashCode())
                        .distinct()
                        .count())
                .isGreaterThan(900);
        assertThat(new Origin("http", "h", 80)).doesNotHaveSameHashCodeAs(new Origin("https", "h", 80));
    }

    @Test
    void isWrittenAsInAUrl() {
        assertThat(origin).hasToString("https://api.example:443");
        assertThat(new Origin("http", "::1", 80)).hasToString("http://[::1]:80");
    }
}
