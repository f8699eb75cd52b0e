package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.tomlj.Toml;

/** Whatever the text: a configuration, or the one exception, whose message is fit for a terminal. */
class ConfigFuzzTest {
    private static final String REFERENCE = reference();
    private static final String[] PIECES = {
        "retry",
        "hosts",
        "policy",
        "mode",
        "max_retries",
        "retry_headers",
        "\"a.b\"",
        "\"*.x\"",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "=",
        ".",
        ",",
        "\n",
        " ",
        "\"",
        "'",
        "\"\"\"",
        "#",
        "\\",
        "1",
        "-1",
        "0.5",
        "nan",
        "true",
        "\"1s\"",
        "1979-05-27",
        "\uFEFF",
        "\u0000",
        "\uD800",
        "\u202E",
        "é",
        "@",
        "user:pw@h",
        "99999999999999999999"
    };

    @Property(tries = 500)
    void randomText(@ForAll String text) {
        neverAnotherException(text);
    }

    @Property(tries = 500)
    void randomPiecesOfAConfiguration(@ForAll("pieces") String text) {
        neverAnotherException(text);
    }

    @Property(tries = 300)
    void theReferenceWithSomethingCutOutAndSomethingPutIn(
            @ForAll @IntRange(max = 20_000) int start,
            @ForAll @IntRange(max = 60) int length,
            @ForAll("pieces") String inserted) {
        int from = start % REFERENCE.length();
        int to = Math.min(REFERENCE.length(), from + length);

        neverAnotherException(REFERENCE.substring(0, from) + inserted + REFERENCE.substring(to));
    }

    @Property(tries = 500)
    void randomHostPatterns(@ForAll("patterns") String pattern) {
        neverAnotherException("[hosts.\"" + Toml.tomlEscape(pattern) + "\"]\n");
    }

    @Provide
    Arbitrary<String> patterns() {
        Arbitrary<String> any = Arbitraries.strings().ofMaxLength(20);
        Arbitrary<String> near =
                Arbitraries.strings().withChars("*.:[]a1-Z/@ é\u3002xn").ofMaxLength(20);
        return Arbitraries.oneOf(any, near);
    }

    @Example
    void aFileOfTheLargestSizeTakesSecondsAtWorst() {
        String[] repeated = {"\"METHOD%d\",", "\"java.io.E%d\",", "503,"};
        String[] keys = {"methods", "retryable_errors", "retryable_status_codes"};
        for (int i = 0; i < keys.length; i++) {
            String text = "[retry.policy]\n" + keys[i] + " = [" + filled(repeated[i]) + "]";
            assertTimeout(Duration.ofSeconds(20), () -> neverAnotherException(text));
        }
        assertTimeout(Duration.ofSeconds(20), () -> neverAnotherException(filled("unknown_key_%d = 1\n")));
    }

    private static String filled(String pattern) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < FileReader.LIMIT / 4; i++) {
            text.append(pattern.replace("%d", String.valueOf(i)));
        }
        return text.toString();
    }

    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.of(PIECES).list().ofMaxSize(30).map(list -> String.join("", list));
    }

    private static void neverAnotherException(String text) {
        try {
            Configuration configuration = ConfigLoader.parse(text, "t.toml");
            assertThat(configuration.policyBearing()
                            || !configuration.warnings().isEmpty())
                    .isTrue();
        } catch (ConfigException e) {
            assertThat(e.problems()).isNotEmpty().isSortedAccordingTo((a, b) -> Integer.compare(a.line(), b.line()));
            assertThat(e.problems()).allSatisfy(problem -> {
                assertThat(problem.line()).isPositive();
                assertThat(problem.column()).isPositive();
                assertThat(problem.toString().codePoints()).noneMatch(c -> Character.isISOControl(c) || c == 0x202E);
            });
            assertThat(e.getMessage()).doesNotContain("user:pw");
        }
    }

    private static String reference() {
        try {
            return Files.readString(Path.of("../../config-examples/reference.toml"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
