package dev.holdfast.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;

/** Times on standard error before anything that could write them is loaded. */
class PremainTest {
    @Test
    void theTimeIsThatOfTheCalendar() {
        for (long day = 0; day < 200_000; day++) { // until the year 2517
            assertThat(Premain.time(day * 86_400_000 + 3_723_004))
                    .isEqualTo(LocalDate.ofEpochDay(day) + "T01:02:03.004Z");
        }
    }

    @Test
    void aVariableThatCannotBeUsedIsNotWaitedFor() {
        assertThat(Premain.inactive("env:HOLDFAST_CONFIG_INLINE"))
                .contains("Correct the variable HOLDFAST_CONFIG_INLINE and start the program again")
                .doesNotContain("until the file");
        assertThat(Premain.inactive("holdfast.toml")).contains("inactive until the file can be used");
    }
}
