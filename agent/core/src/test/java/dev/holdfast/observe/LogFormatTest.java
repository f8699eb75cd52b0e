package dev.holdfast.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

class LogFormatTest {
    private static final LogEntry ENTRY = LogEntry.of(Log.Level.WARN, "breaker_opened", "it opened")
            .with("origin", "http://shop.example:80")
            .with("rejected", 7L)
            .with("open_seconds", 1.5)
            .with("caller", null);

    @Test
    void text_begins_with_time_and_level() {
        assertThat(LogFormat.TEXT.line(1_764_473_720_007L, ENTRY)).isEqualTo("2025-11-30T03:35:20.007Z WARN it opened");
    }

    @Test
    void json_has_the_same_and_the_facts_as_fields() {
        assertThat(LogFormat.JSON.line(1_764_473_720_000L, ENTRY))
                .isEqualTo("{\"time\":\"2025-11-30T03:35:20.000Z\",\"level\":\"WARN\",\"logger\":\"holdfast\","
                        + "\"event\":\"breaker_opened\",\"message\":\"it "
                        + "opened\",\"origin\":\"http://shop.example:80\","
                        + "\"rejected\":7,\"open_seconds\":1.5}");
    }

    @Test
    void json_is_one_line_of_ascii_whatever_the_message() {
        String nasty = "a\"b\\c\nd\re\tf\u0000g\u001fh\u007fi\u2028j\u00e9k\ud83d\ude00l\ud83dm\ude00";

        String line = LogFormat.JSON.line(0, LogEntry.of(Log.Level.ERROR, "notice", nasty));

        assertThat(line).matches("[ -~]+");
        assertThat(message(line))
                .isEqualTo("a\"b\\c\nd\re\tf\u0000g\u001fh\u007fi\u2028j\u00e9k\ud83d\ude00l\ufffdm\ufffd");
    }

    @Test
    void leap_days_and_the_ends_of_years_are_where_they_belong() {
        for (String day :
                new String[] {"2000-02-29", "2100-03-01", "2024-02-29", "2023-12-31", "2024-01-01", "1970-01-01"}) {
            StringBuilder text = new StringBuilder();
            LogTime.append(Instant.parse(day + "T23:59:59.999Z").toEpochMilli(), text);
            assertThat(text.toString()).isEqualTo(day + "T23:59:59.999Z");
        }
    }

    static String message(String line) {
        try (JsonParser parser = Json.parser(line)) {
            String message = "";
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.PROPERTY_NAME
                        && parser.currentName().equals("message")) {
                    parser.nextToken();
                    message = parser.getString();
                }
            }
            return message;
        }
    }
}
