package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

/** Long files: one that is full of errors is refused by its beginning, and one with a single error by that. */
class LongFilesTest {
    private static final String VALID = "[hosts.\"h%d.example\".retry]\nmax_retries = 1\n";

    @Test
    void theOnlyErrorIsFoundWhereverItStands() {
        String text = valid(10_000);
        ConfigException refused = refused(text + "[retry]\nmax_retries = = 1\n" + "# the rest\n".repeat(10_000));

        assertThat(refused.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(20_002);
            assertThat(problem.toString()).contains("not valid TOML");
        });
    }

    @Test
    void ofVeryManyErrorsTheFirstOnesAreSaid() {
        ConfigException refused = refused(valid(1_000) + "a = \"text without an end\n".repeat(20_000));

        assertThat(refused.problems()).hasSizeBetween(1_000, 20_000);
        assertThat(refused.problems().get(0).line()).isEqualTo(2_001);
        assertThat(refused.problems().get(1).line()).isEqualTo(2_002);
    }

    private static String valid(int hosts) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < hosts; i++) {
            text.append(String.format(VALID, i));
        }
        return text.toString();
    }

    private static ConfigException refused(String text) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(text, "f.toml"));
    }
}
