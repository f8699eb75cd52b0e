package dev.holdfast.cli;

import static dev.holdfast.testkit.GoldenFile.assertGolden;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.HoldfastJvms.HoldfastJvm;
import dev.holdfast.cli.HoldfastJvms.State;
import dev.holdfast.cli.HoldfastJvms.Unresponsive;
import dev.holdfast.observe.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;

/** Tests what {@code list} shows, to the letter. */
class ListTextTest {
    private static final String REFUSED = """
            {"version": "1.2.3", "on": false, "active": false, "reason": "off", "started": "2026-01-01T00:00:00Z",
             "configuration": {"file": "/etc/f.toml", "policies": ["*"], "error": "/etc/f.toml:1:1: x"}}
            """;

    private static final String INVALID = """
            {"version": "1.2.3", "on": true, "active": false, "reason": "file_invalid",
             "started": "2026-01-01T00:00:00Z",
             "configuration": {"file": "/etc/bad.toml", "policies": [], "error": "/etc/bad.toml:1:1: x"}}
            """;

    @Test
    void aLineForEachAndTheSameForPrograms() throws IOException {
        String status = Files.readString(Path.of("../core/src/test/resources/dev/holdfast/observe/status.json"));
        HoldfastJvms holdfastJvms = new HoldfastJvms(
                List.of(
                        new HoldfastJvm(7, "com.example.Shop", State.ON, JsonValue.read(status)),
                        new HoldfastJvm(1234567, "/opt/app.jar", State.OFF, JsonValue.read(REFUSED)),
                        new HoldfastJvm(23, "", State.INACTIVE, new JsonValue(null)),
                        new HoldfastJvm(24, "com.example.Shop", State.INACTIVE, JsonValue.read(INVALID))),
                List.of(new Unresponsive(9, "process 9 has not answered within 30 s")));
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.indented(text)) {
            ListCommand.write(holdfastJvms, json);
        }

        assertGolden(
                "cli/list.txt",
                (ListCommand.text(holdfastJvms.jvms()) + text + "\n").replace(System.lineSeparator(), "\n"));
    }

    @Test
    void noneIsSaidInWords() {
        assertThat(ListCommand.text(List.of()).strip()).isEqualTo("No JVM carries Holdfast.");
    }

    @Test
    void aNameReachesNoTerminalAsItIs() {
        assertThat(ListCommand.text(List.of(new HoldfastJvm(7, "\033[2Jx", State.INACTIVE, new JsonValue(null)))))
                .doesNotContain("\033")
                .contains("u{1b}");
    }
}
