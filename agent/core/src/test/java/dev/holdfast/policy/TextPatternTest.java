package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Texts with stars, compared with what a regular expression makes of the same. */
class TextPatternTest {
    private static Pattern expression(String pattern) {
        String parts = Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return Pattern.compile(parts, Pattern.DOTALL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    @Property
    void matchesAsARegularExpressionDoes(
            @ForAll @StringLength(max = 8) @Chars({'a', 'B', '*'}) String pattern,
            @ForAll @StringLength(max = 20) @Chars({'a', 'A', 'b', '\n'}) String text) {
        assertThat(TextPattern.of(pattern).matches(text))
                .isEqualTo(expression(pattern).matcher(text).matches());
        assertThat(TextPattern.of(pattern).isIn(text))
                .isEqualTo(expression(pattern).matcher(text).find());
    }

    @Property
    void caseDoesNotMatter(@ForAll @CharRange(from = 'a', to = 'z') @StringLength(max = 10) String text) {
        assertThat(TextPattern.of(text.toUpperCase(Locale.ROOT)).matches(text)).isTrue();
        assertThat(TextPattern.of("\u00c9t\u00c9").isIn("x" + text + "\u00e9t\u00e9"))
                .isTrue();
    }

    @Test
    void knowsWhatStandsForAnyText() {
        assertThat(TextPattern.of("*").isAny()).isTrue();
        assertThat(TextPattern.of("**").isAny()).isTrue();
        assertThat(TextPattern.of("").isAny()).isFalse();
        assertThat(TextPattern.of("*a").isAny()).isFalse();
    }
}
