package dev.holdfast.cli;

import static dev.holdfast.testkit.GoldenFile.assertGolden;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests what {@code status} shows of the JSON that it gets, to the letter. */
class StatusTextTest {
    @Test
    void aLineForEachOriginAndWhatIsWrongBelow() throws IOException {
        String json = Files.readString(Path.of("../core/src/test/resources/dev/holdfast/observe/status.json"));

        assertGolden(
                "cli/status.txt",
                StatusText.of("123 (com.example.Shop)", JsonValue.read(json)).replace(System.lineSeparator(), "\n"));
    }

    @Test
    void saysWhenItIsOffAndWhenTheChangedFileIsBad() {
        String text = StatusText.of("7", JsonValue.read("""
                {"version": "1.2.3", "on": false, "time": "2026-01-01T00:10:00Z", "started": "2026-01-01T00:00:00Z",
                 "configuration": {"file": "f.toml", "policies": ["*"], "in_force_since": "2026-01-01T00:09:00Z",
                 "reloads": 2, "error": "f.toml:1:1: x\\nf.toml:2:1: y"}, "origins": [], "origins_not_listed": 7}
                """));

        assertThat(text.lines())
                .containsExactly(
                        "Holdfast 1.2.3 in process 7: OFF, calls run unmodified",
                        "1 policy from f.toml, in force for 60 s (reloaded 2 times); counting for 10 min",
                        "The file was changed and cannot be used; the one before stays in force:",
                        "  f.toml:1:1: x",
                        "  f.toml:2:1: y",
                        "No call has gone to a host with a policy yet.",
                        "7 origins are counted together, as \"other\"");
    }

    @Test
    void saysOfASharedStoreWhatIsShared() {
        String store = """
                {"on": true, "active": true, "reason": "active", "store": {"where": "redis:6379", "state": "up", "hits": 1,
                 "misses": 2, "late": 3, "skipped": 4, "damaged": 5, "writes": 6, "dropped": 7, "errors": 8, "rates": 2,
                 "local_rates": 1, "leases": 9, "hints_sent": 1, "hints_taken": 2}}
                """;
        String responses =
                "Shared store redis:6379: up; responses read 1, not found 2, late 3, not asked for 4, damaged"
                        + " 5; written 6, not written 7; errors 8";

        assertThat(text(store))
                .contains(responses + "; rates shared 2, of which without the store 1; hints at open breakers sent 1,"
                        + " taken into account 2");
        assertThat(text(store.replace("\"rates\": 2", "\"rates\": 0")
                        .replace("\"hints_sent\": 1, \"hints_taken\": 2", "\"hints_sent\": 0")))
                .contains(responses)
                .doesNotContain("rates shared", "hints at");
    }

    /** The text with all its lines in one. */
    private static String text(String json) {
        return StatusText.of("7", JsonValue.read(json)).replaceAll("\\s+", " ");
    }

    @Test
    void saysLoudlyThatFaultsAreInjected() {
        String faults = """
                {"on": true, "active": true, "reason": "active", "faults": {"injecting": true,
                 "until": "2026-01-01T01:00:00Z", "policies": [
                 {"policy": "a", "mode": "enforce", "share": 0.3, "fault": "status 503"},
                 {"policy": "b", "mode": "observe", "share": 1.0, "fault": "delay of 800 ms"}]}}
                """;

        assertThat(StatusText.of("7", JsonValue.read(faults)).lines())
                .containsSubsequence(
                        "GAME DAY: faults are injected into calls until 2026-01-01T01:00:00Z:",
                        "  a: 0.3 of attempts, status 503",
                        "  b: 1.0 of attempts, delay of 800 ms (observe: only counted)");
        assertThat(StatusText.of("7", JsonValue.read(faults.replace("g\": true", "g\": false"))))
                .contains("No faults are injected any more, since 2026-01-01T01:00:00Z")
                .doesNotContain("of attempts");
    }

    @Test
    void saysWhyNoPolicyIsInForce() {
        String text = StatusText.of("7", JsonValue.read("""
                {"version": "1.2.3", "on": false, "active": false, "reason": "file_missing",
                 "time": "2026-01-01T00:10:00Z", "started": "2026-01-01T00:00:00Z",
                 "configuration": {"file": "f.toml", "policies": [], "in_force_since": "2026-01-01T00:00:00Z",
                 "reloads": 0, "error": "f.toml: no such file"}, "origins": [], "origins_not_listed": 0}
                """));

        assertThat(text.lines())
                .containsExactly(
                        "Holdfast 1.2.3 in process 7: INACTIVE, its file is missing, and switched off;"
                                + " calls run unmodified",
                        "No policy is in force; the file is f.toml; counting for 10 min",
                        "The file cannot be used; a good one takes effect without a restart:",
                        "  f.toml: no such file",
                        "No call has gone to a host with a policy yet.");
        assertThat(StatusText.of("7", JsonValue.read("{\"on\": true, \"active\": false, \"reason\": \"off\"}")))
                .contains("INACTIVE, the mode of every policy is off; calls");
        assertThat(StatusText.of("7", JsonValue.read("{\"on\": false, \"active\": false, \"reason\": \"off\"}")))
                .contains(": OFF, calls");
        assertThat(StatusText.of("7", JsonValue.read("{\"on\": true, \"active\": false, \"reason\": \"novel\"}")))
                .contains("INACTIVE, novel; calls");
    }

    @Test
    void ofManyHostsWithoutAPolicyTheBusiestAreNamed() {
        String hosts = IntStream.rangeClosed(1, 12)
                .mapToObj(i -> "{\"origin\": \"http://h" + i + "\", \"calls\": " + (100 - i) + "}")
                .collect(Collectors.joining(","));

        assertThat(StatusText.of("7", JsonValue.read("{\"gaps\": {\"hosts\": [" + hosts + "], \"other_calls\": 5}}")))
                .contains("unmodified: http://h1 99, http://h2 98,")
                .contains(", http://h10 90, others " + (89 + 88 + 5))
                .doesNotContain("http://h11");
    }

    @Test
    void whatAnotherVersionDoesNotTellIsEmpty() {
        assertThat(StatusText.of(
                        "7", JsonValue.read("{\"origins\": [{\"policy\": \"*\"}], \"more\": [1.5, true, null]}")))
                .contains("Holdfast  in process 7")
                .contains("POLICY")
                .contains("\n*  ");
    }
}
