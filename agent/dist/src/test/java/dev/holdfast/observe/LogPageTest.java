package dev.holdfast.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;

/** The page about the log has every event and every field. */
class LogPageTest {
    private static final Pattern EVENT = Pattern.compile(
            "(?:LogEntry\\.of|entry|counted)\\(\\s*(?:[a-z]+,\\s*)?(?:Log\\.)?Level\\.\\w+,\\s*\"([a-z_]+)\"");
    private static final Pattern FIELD = Pattern.compile("\\.with\\(\"([a-z_]+)\"");

    @Test
    void the_page_names_every_event_and_field() throws IOException {
        String page = Files.readString(Path.of("../../docs/log.md"));
        Set<String> names = new TreeSet<>(Set.of(
                "breaker_half_open",
                "breaker_probe_failed",
                "breaker_still_open",
                "breaker_closed",
                "breaker_replaced"));
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            files.filter(file -> file.toString().endsWith(".java")
                            && file.toString().contains("src/main/java")
                            && !file.toString().contains("testkit"))
                    .forEach(file -> {
                        String source = read(file);
                        for (Pattern pattern : new Pattern[] {EVENT, FIELD}) {
                            Matcher found = pattern.matcher(source.contains("LogEntry") ? source : "");
                            while (found.find()) {
                                names.add(found.group(1));
                            }
                        }
                    });
        }

        assertThat(names)
                .hasSizeGreaterThan(25)
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    @Test
    void its_example_is_json_of_that_form() throws IOException {
        String line = Files.readString(Path.of("../../docs/log.md"))
                .lines()
                .filter(text -> text.startsWith("{"))
                .findFirst()
                .orElseThrow();

        try (JsonParser parser = Json.parser(line)) {
            while (parser.nextToken() != null) {
                // Each token is read, so that what is no JSON throws.
            }
        }
        LogEntry entry = LogEntry.of(Log.Level.INFO, "breaker_closed", LogFormatTest.message(line))
                .with("policy", "*")
                .with("origin", "https://api.example.com:443")
                .with("open_seconds", 724.122)
                .with("times", 1)
                .with("probes_failed", 11L)
                .with("rejected", 1523L);
        assertThat(line)
                .isEqualTo(LogFormat.JSON.line(
                        java.time.Instant.parse("2026-11-30T03:53:12.004Z").toEpochMilli(), entry));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
