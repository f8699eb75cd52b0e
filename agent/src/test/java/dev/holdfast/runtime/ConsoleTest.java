package dev.holdfast.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Console console = new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    @Test
    void a_flood_of_reports_ends_after_a_few() {
        for (int i = 0; i < 10_000; i++) {
            console.report("defect " + i, new IllegalStateException("why"));
        }
        assertThat(text()).contains("defect 0: java.lang.IllegalStateException: why", "defect 9");
        assertThat(text()).doesNotContain("defect 10");
    }

    @Test
    void a_huge_report_is_cut() {
        console.report("x".repeat(1_000_000), null);
        assertThat(text()).startsWith("[holdfast] xxx").hasSizeLessThan(3_000);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
