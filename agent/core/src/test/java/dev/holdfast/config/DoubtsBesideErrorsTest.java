package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests that warnings and notes are said beside errors, as far as they can be known then. */
class DoubtsBesideErrorsTest {
    private static ConfigException refused(String text) {
        return catchThrowableOfType(
                ConfigException.class,
                () -> ConfigLoader.parse(
                        text, "t.toml", new Environment(Map.of("HOLDFAST_LOG_LEVEL", "warn"), Map.of())));
    }

    @Test
    void whatIsDoubtfulIsSaidBesideWhatIsWrong() {
        ConfigException refused = refused("""
                [log]
                file = "~/holdfast.log"
                [retry]
                max_retries = -1
                retry_heders = 1
                [hosts."*shop"]
                """);

        assertThat(refused.problems()).extracting(Problem::line).containsExactly(4, 5);
        assertThat(refused.warnings())
                .extracting(Problem::toString)
                .containsExactly("t.toml:2:1: log.file: is taken literally; the home directory is ${HOME}");
        assertThat(refused.notes()).extracting(Problem::line).containsExactly(0, 6);
        assertThat(refused.getMessage()).doesNotContain("log.file");
    }

    @Test
    void whatMayBeInUseWhereTheErrorIsIsNotCalledUnused() {
        ConfigException refused = refused("""
                [policies.used.retry.circuit_breaker]
                failure_threshold = 7
                [hosts."a.example"]
                policy = 7
                [hosts.b.example.retry]
                circuit_breaker.enabled = true
                """);

        assertThat(refused.warnings()).isEmpty();
    }

    @Test
    void nothingIsDoubtfulInATextThatIsReadInPart() {
        assertThat(refused("[retry]\nmax_delay = \"40s\"\n[log]\nfile = \"~/x\"\nbroken = ")
                        .warnings())
                .isEmpty();
    }

    @Test
    void aFileWithAnErrorIsNotCalledInactive() {
        assertThat(refused("[hosts.a.retry]\nmax_retries = -1").warnings()).isEmpty();
    }
}
