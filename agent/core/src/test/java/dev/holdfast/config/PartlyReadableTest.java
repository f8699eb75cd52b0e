package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bad file still says how Holdfast is to be seen from outside, as far as that is certain; and what kind of bad. */
class PartlyReadableTest {
    private static final String ADMIN = "[admin]\nlisten = \"127.0.0.1:9000\"\n";

    @TempDir
    Path directory;

    @Test
    void aTableWithoutAnErrorCountsWhateverIsWrongInOthers() {
        assertThat(port("[retry]\nmax_retris = 3\n" + ADMIN)).isEqualTo(9000);
        assertThat(port(ADMIN + "[retry]\nmax_retries = -1\n")).isEqualTo(9000);
        assertThat(port(ADMIN + "[hosts.\"**.com\".retry]\n")).isEqualTo(9000);
        assertThat(port(ADMIN + "[unknown]\na = 1\n")).isEqualTo(9000);
        assertThat(port("[log]\nlevel = \"loud\"\n" + ADMIN)).isEqualTo(9000);
    }

    @Test
    void aTableWithAnErrorDoesNot() {
        assertThat(port(ADMIN + "listn = 1\n")).isZero();
        assertThat(port("[admin]\nlisten = 9000\n")).isZero();
        assertThat(port("admin = 1\n")).isZero();
        ObservabilityConfig logs =
                outside(ADMIN + "[log]\nfile = \"h.log\"\nlevel = \"loud\"\n[reload]\nevery = \"2s\"\n");
        assertThat(logs.log()).isEqualTo(ObservabilityConfig.STANDARD.log());
        assertThat(logs.lookEveryNanos()).isEqualTo(2_000_000_000L);
        ObservabilityConfig pushed =
                outside("[retry]\n[metrics]\napplication_registry = true\n[metrics.otlp]\nheaders = { Host = \"a\" }\n"
                        + ADMIN);
        assertThat(pushed.metrics()).isEqualTo(ObservabilityConfig.STANDARD.metrics());
        assertThat(pushed.admin()).isNotNull();
    }

    @Test
    void beforeASyntaxErrorWhatIsCompleteCounts() {
        assertThat(port(ADMIN + "[retry]\nmax_retries = = 3\n")).isEqualTo(9000);
        assertThat(port("[retry]\n" + ADMIN + "# more\n[hosts.a.b\n")).isEqualTo(9000);
        assertThat(port("[retry]\nmax_retries = 1\nmax_retries = 2\n")).isZero();
    }

    @Test
    void andNothingElseDoes() {
        assertThat(port("[admin]\nlisten = \"127.0.0.1:9000\n")).isZero();
        assertThat(port(ADMIN + "host_names = [\"a\", = ]\n")).isZero();
        assertThat(port("[retry]\nmax_retries = = 3\n" + ADMIN)).isZero();
        assertThat(port(ADMIN + "[retry]\n" + ADMIN)).isZero();
        assertThat(port(ADMIN + "[retry]\nx = = 1\n [ \"admin\" ]\nlisten = \"127.0.0.1:9001\"\n"))
                .isZero();
        assertThat(port("a = \"\"\"\n" + ADMIN + "[retry]\nx = = 1\n")).isZero();
        assertThat(port("{\"admin\": 1}")).isZero();
    }

    @Test
    void theKindOfTroubleIsKnown() throws Exception {
        assertThat(kind(directory.resolve("none.toml"))).isEqualTo(ConfigException.Kind.MISSING);
        assertThat(kind(Files.createSymbolicLink(directory.resolve("link.toml"), Path.of("none.toml"))))
                .isEqualTo(ConfigException.Kind.MISSING);
        assertThat(kind(directory)).isEqualTo(ConfigException.Kind.UNREADABLE);
        assertThat(kind(Path.of("/dev/null"))).isEqualTo(ConfigException.Kind.UNREADABLE);
        assertThat(kind(Files.write(directory.resolve("latin1.toml"), new byte[] {(byte) 0xfc})))
                .isEqualTo(ConfigException.Kind.INVALID);
        assertThat(kind(Files.writeString(directory.resolve("bad.toml"), "x = 1\n")))
                .isEqualTo(ConfigException.Kind.INVALID);
    }

    private static ConfigException.Kind kind(Path file) {
        try {
            ConfigLoader.load(file.toString());
        } catch (ConfigException e) {
            return e.kind();
        }
        throw new AssertionError("good: " + file);
    }

    private static int port(String text) {
        ObservabilityConfig.Admin admin = outside(text).admin();
        return admin == null ? 0 : admin.port();
    }

    private static ObservabilityConfig outside(String text) {
        try {
            ConfigLoader.parse(text, "h.toml");
        } catch (ConfigException e) {
            return e.outside();
        }
        throw new AssertionError("good: " + text);
    }
}
