package dev.holdfast.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecurrenceTest {
    /** Near its overflow, as {@code System.nanoTime} may be. */
    private long now = Long.MAX_VALUE - 1_000;

    private final Recurrence recurrence = new Recurrence(now);

    @Test
    void what_lasts_for_three_days_is_told_after_1_min_10_min_1_h_6_h_and_once_a_day() {
        assertThat(recurrence.begin(now)).isTrue();
        List<Long> reminders = new ArrayList<>();
        for (int minute = 1; minute <= 3 * 24 * 60; minute++) {
            pass(Duration.ofMinutes(1));
            if (recurrence.isReminderDue(now)) {
                reminders.add((long) minute);
            }
        }

        assertThat(reminders).containsExactly(1L, 10L, 60L, 360L, 1_440L, 2_880L, 4_320L);
        assertThat(recurrence.end(now)).isTrue();
        assertThat(recurrence.end(now)).isFalse();
    }

    @Test
    void what_comes_back_a_thousand_times_is_told_the_first_second_tenth_hundredth_and_thousandth_time() {
        List<Integer> begun = new ArrayList<>();
        List<Integer> ended = new ArrayList<>();
        int reminders = 0;
        for (int i = 1; i <= 1_000; i++) {
            if (recurrence.begin(now)) {
                begun.add(i);
            }
            pass(Duration.ofSeconds(5));
            reminders += recurrence.isReminderDue(now) ? 1 : 0;
            if (recurrence.end(now)) {
                ended.add(i);
            }
            pass(Duration.ofSeconds(5));
        }

        assertThat(begun).containsExactly(1, 2, 10, 100, 1_000);
        assertThat(ended).containsAll(begun).hasSizeLessThan(10);
        assertThat(reminders).isLessThan(5);
    }

    @Test
    void one_that_was_not_told_is_told_if_it_lasts_and_so_is_its_end() {
        for (int i = 0; i < 2; i++) {
            recurrence.begin(now);
            recurrence.end(now);
        }
        pass(Duration.ofMinutes(2));
        assertThat(recurrence.isReminderDue(now)).isFalse();

        assertThat(recurrence.begin(now)).isFalse();
        pass(Duration.ofMinutes(4));
        assertThat(recurrence.isReminderDue(now)).isFalse();
        pass(Duration.ofMinutes(1));
        assertThat(recurrence.isReminderDue(now)).isTrue();
        assertThat(recurrence.isReminderDue(now)).isFalse();
        assertThat(recurrence.end(now)).isTrue();
    }

    @Test
    void what_has_stayed_away_for_ten_minutes_is_over() {
        for (int i = 0; i < 3; i++) {
            recurrence.begin(now);
            recurrence.end(now);
        }
        assertThat(recurrence.isEndUnsaid()).isTrue();
        pass(Duration.ofMinutes(9));
        assertThat(recurrence.isOver(now)).isFalse();
        pass(Duration.ofMinutes(1));
        assertThat(recurrence.isOver(now)).isTrue();

        recurrence.begin(now);
        assertThat(recurrence.isOver(now)).isFalse();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
