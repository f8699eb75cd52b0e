package dev.holdfast.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.observe.LogFormat;
import dev.holdfast.policy.ValueSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StderrReporterTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StderrReporter stderrReporter =
            new StderrReporter(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    @Test
    void a_flood_of_reports_ends_after_a_few() {
        for (int i = 0; i < 10_000; i++) {
            stderrReporter.report("defect " + i, new IllegalStateException("why"));
        }
        assertThat(text()).contains("defect 0: java.lang.IllegalStateException: why", "defect 9");
        assertThat(text()).doesNotContain("defect 10");
    }

    @Test
    void a_huge_report_is_cut() {
        stderrReporter.report("x".repeat(1_000_000), null);
        assertThat(text()).containsPattern("^\\[holdfast] \\S+Z ERROR xxx").hasSizeLessThan(3_000);
    }

    @Test
    void a_defect_that_repeats_costs_a_handful_of_lines_with_counts() {
        for (int i = 0; i < 5_000; i++) {
            stderrReporter.report("a call runs without policies", new IllegalStateException("attempt " + i));
            stderrReporter.report("a call runs without policies", new NullPointerException());
        }
        assertThat(text().lines().filter(line -> line.contains("IllegalStateException")))
                .hasSize(5)
                .last()
                .asString()
                .contains("a call runs without policies (1000 times so far): java.lang.IllegalStateException: attempt "
                        + "999");
        assertThat(text().lines().filter(line -> line.contains("NullPointerException")))
                .hasSize(5);
    }

    @Test
    void as_json_a_defect_is_one_line_with_its_exception_and_stack() {
        stderrReporter.format(LogFormat.JSON);
        stderrReporter.report("a call runs without policies", new IllegalStateException("said \"no\"\nand more"));

        assertThat(text().lines())
                .singleElement()
                .asString()
                .contains("\"level\":\"ERROR\"", "\"event\":\"defect\"", "\"message\":\"a call runs without policies\"")
                .contains("\"exception\":\"java.lang.IllegalStateException: said \\\"no\\\"\\nand more\"")
                .contains("\"stack_trace\":\"at dev.holdfast.runtime.StderrReporterTest.");
    }

    @Test
    void a_log_file_that_cannot_be_written_is_named_as_it_may_be_shown(@TempDir Path parent) throws IOException {
        Path file = parent.resolve("hunter2/holdfast.log");
        stderrReporter.writeTo(file.toFile(), ValueSource.FILE);
        assertThat(text())
                .contains("WARN the log cannot be written to " + file + ", and so goes to standard error:"
                        + " java.io.FileNotFoundException: " + file);

        bytes.reset();
        stderrReporter.writeTo(file.toFile(), new ValueSource("\"${LOG}\""));
        assertThat(text())
                .contains("the log cannot be written to the value of \"${LOG}\", and so goes to standard error:"
                        + " java.io.FileNotFoundException" + System.lineSeparator())
                .doesNotContain("hunter2");
    }

    @Test
    void a_log_file_that_is_taken_away_is_named_as_it_may_be_shown(@TempDir Path parent) throws IOException {
        Path directory = Files.createDirectory(parent.resolve("hunter2"));
        Path file = directory.resolve("holdfast.log");
        try (RandomAccessFile full = new RandomAccessFile(file.toFile(), "rw")) {
            full.setLength(10 << 20);
        }
        stderrReporter.writeTo(file.toFile(), new ValueSource("HOLDFAST_LOG_FILE"));
        Files.move(directory, parent.resolve("elsewhere"));

        stderrReporter.say("one line");

        assertThat(text())
                .contains("the log goes to standard error from here on; its file cannot be written:"
                        + " java.io.FileNotFoundException" + System.lineSeparator())
                .contains("one line")
                .doesNotContain("hunter2");
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
