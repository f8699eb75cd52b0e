package dev.holdfast.observe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationFormatTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 s",
        "1, 0 ms",
        "1_500_000, 1.5 ms",
        "12_340_000, 12.3 ms",
        "250_000_000, 250 ms",
        "999_499_999, 999 ms",
        "999_500_000, 1 s",
        "1_000_000_000, 1 s",
        "1_050_000_000, 1.05 s",
        "12_340_000_000, 12.3 s",
        "60_000_000_000, 60 s",
        "150_000_000_000, 2 min 30 s",
        "3_599_000_000_000, 59 min 59 s",
        "3_600_000_000_000, 1 h",
        "11_100_000_000_000, 3 h 5 min",
        "86_400_000_000_000, 1 d",
        "176_400_000_000_000, 2 d 1 h",
    })
    void areShortAndExactEnough(String nanos, String text) {
        assertThat(DurationFormat.text(Long.parseLong(nanos.replace("_", "")))).isEqualTo(text);
    }
}
