package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0s, 0",
        "1ns, 1",
        "1us, 1000",
        "1ms, 1000000",
        "1.5s, 1500000000",
        ".5s, 500000000",
        "1m30s, 90000000000",
        "1h15m30.918s, 4530918000000",
        "2d, 172800000000000",
        "999999999999999999d, 9223372036854775807"
    })
    void readsDurations(String text, long nanos) {
        assertThat(Units.parseDuration(text)).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "s", "1", "-1s", "+1s", "1 s", "1s ", "1S", "1s1m", "1s1s", "1..5s", ".s", "1e3s", "0x1s",
                "١s", "NaNs"
            })
    void whatIsNoDurationIsInvalid(String text) {
        assertThat(Units.parseDuration(text)).isEqualTo(Units.INVALID);
    }

    @ParameterizedTest
    @CsvSource({"0B, 0", "1KiB, 1024", "1.5MiB, 1572864", "1GiB, 1073741824", "1MiB1B, 1048577"})
    void readsSizes(String text, long bytes) {
        assertThat(Units.parseSize(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1KB", "1kib", "1k", "64", "-1KiB", "1TiB"})
    void whatIsNoSizeIsInvalid(String text) {
        assertThat(Units.parseSize(text)).isEqualTo(Units.INVALID);
    }

    @Property
    void whatIsWrittenReadsBackTheSame(@ForAll @LongRange(min = 0, max = 1L << 50) long amount) {
        assertThat(Units.parseDuration(Units.duration(amount))).isEqualTo(amount);
        if (amount > 0) {
            assertThat(Units.parseSize(Units.size(amount))).isEqualTo(amount);
        }
    }
}
