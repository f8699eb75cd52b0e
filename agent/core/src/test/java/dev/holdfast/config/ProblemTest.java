package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Collections;
import org.junit.jupiter.api.Test;

/** Tests what messages show of a file is safe to show. */
class ProblemTest {
    @Test
    void controlCharactersReachNoTerminal() {
        ConfigException e = failure("[retry]\n\"\\u001b[2J\\u202Eevil\\n\" = 1\n");

        assertThat(e).hasMessageStartingWith("t.toml:2:1: retry.\"\\u{1b}[2J\\u{202e}evil\\u{a}\": unknown key");
    }

    @Test
    void userInformationIsMaskedWhereverItStands() {
        assertThat(new Problem("f", 1, 2, "hosts.\"a:b@c\"", "found \"https://u:p/w@h/\" and \"x@y\"").toString())
                .isEqualTo("f:1:2: hosts.\"***@c\": found \"***@h/\" and \"***@y\"");
    }

    @Test
    void aKeyAsLongAsTheFileIsCut() {
        ConfigException e = failure("[retry]\n" + "k".repeat(500_000) + " = 1\n");

        assertThat(e.getMessage().length()).isLessThan(1500);
    }

    @Test
    void manyProblemsAreAllKeptAndTheFirstFiftyShown() {
        ConfigException e = failure("[retry]\n" + String.join("", Collections.nCopies(1, lines(120))));

        assertThat(e.problems()).hasSize(120);
        assertThat(e.getMessage().lines()).hasSize(51).last().isEqualTo("... and 70 more");
    }

    private static String lines(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("unknown").append(i).append(" = 1\n");
        }
        return text.toString();
    }

    private static ConfigException failure(String text) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(text, "t.toml"));
    }

    @Test
    void thePlaceOfWhatStandsInAPresetIsNoneOfTheFile() {
        Problems problems = new Problems("t.toml");
        problems.warn(12, 3, "preset:stripe.retry.max_delay", "is short");
        problems.warn(12, 3, "policies.stripe.retry.max_delay", "is short");

        assertThat(problems.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "t.toml: preset:stripe.retry.max_delay: is short (preset:stripe line 12)",
                        "t.toml:12:3: policies.stripe.retry.max_delay: is short");
    }
}
