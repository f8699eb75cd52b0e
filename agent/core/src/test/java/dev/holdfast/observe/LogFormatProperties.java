package dev.holdfast.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class LogFormatProperties {
    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    @Property
    void json_is_read_back_as_what_was_written(@ForAll String message) {
        String line = LogFormat.JSON.line(0, LogEntry.of(Log.Level.INFO, "notice", message));

        assertThat(line).matches("[ -~]+");
        // UTF-8 has no half of a pair either: Java writes a question mark for it.
        String readable = new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(LogFormatTest.message(line).replace('\ufffd', '?')).isEqualTo(readable.replace('\ufffd', '?'));
    }

    @Property
    void the_time_is_what_the_jdk_writes(
            @ForAll @LongRange(min = -62_135_596_800_000L, max = 253_402_300_799_999L) long millis) {
        StringBuilder text = new StringBuilder();

        LogTime.append(millis, text);

        assertThat(text.toString()).isEqualTo(MILLIS.format(Instant.ofEpochMilli(millis)));
        text.setLength(0);
        LogTime.appendSeconds(millis, text);
        assertThat(text.toString())
                .isEqualTo(Instant.ofEpochMilli(millis)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
    }
}
