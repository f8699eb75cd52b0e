package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternTest {
    private final PolicyTable<String> table = table(
            "*",
            "*:8080",
            "example.com",
            "example.com:8443",
            "*.example.com",
            "*.eu.example.com",
            "*.eu.example.com:9000",
            "[::1]",
            "[::1]:7000",
            "bücher.example");

    @ParameterizedTest
    @CsvSource({
        "other.org, 80, *",
        "other.org, 8080, *:8080",
        "example.com, 443, example.com",
        "example.com, 8443, example.com:8443",
        "example.com, 8080, example.com",
        "EXAMPLE.com., 443, example.com",
        "api.example.com, 443, *.example.com",
        "a.b.example.com, 443, *.example.com",
        "api.eu.example.com, 443, *.eu.example.com",
        "eu.example.com, 443, *.example.com",
        "api.eu.example.com, 9000, *.eu.example.com:9000",
        "notexample.com, 443, *",
        "[::1], 443, [::1]",
        "::1, 7000, [::1]:7000",
        "xn--bcher-kva.example, 80, bücher.example",
        "BÜCHER.example, 80, bücher.example",
    })
    void findsTheMostSpecificPattern(String host, int port, String expected) {
        assertThat(table.find(HostPattern.canonicalHost(host), port)).isEqualTo(expected);
    }

    @Test
    void findsNothingWhereNothingMatches() {
        assertThat(table("example.com").find("example.org", 80)).isNull();
        assertThat(table("*.example.com").find("example.com", 80)).isNull();
        assertThat(table("example.com:81").find("example.com", 80)).isNull();
        assertThat(table().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*.",
                "*.*.com",
                "a.*.com",
                "**",
                "*com",
                "a..b",
                ".a",
                "a b",
                "http://a",
                "a/b",
                "u@a",
                "a:",
                "a:0",
                "a:65536",
                "a:99999999999",
                "a:b",
                "::1",
                "*.[::1]",
                "1:2:3"
            })
    void refusesWhatIsNoPatternAndSaysWhatIsAllowed(String text) {
        assertThatThrownBy(() -> HostPattern.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host pattern")
                .hasMessageContaining("*.example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*:80", "a", "a:80", "*.a.b", "*.a.b:1", "[::1]", "[::1]:65535", "127.0.0.1"})
    void saysItselfAsItWasWritten(String text) {
        assertThat(HostPattern.parse(text)).hasToString(text);
    }

    private static PolicyTable<String> table(String... patterns) {
        Map<HostPattern, String> values = new LinkedHashMap<>();
        for (String pattern : patterns) {
            values.put(HostPattern.parse(pattern), pattern);
        }
        return new PolicyTable<>(values);
    }

    @Test
    void patternsAreEqualByWhatTheyMatch() {
        HostPattern one = HostPattern.parse("*.Example.com:8443");
        assertThat(one)
                .isEqualTo(HostPattern.parse("*.example.com.:8443"))
                .hasSameHashCodeAs(HostPattern.parse("*.example.com:8443"));
        for (String other :
                new String[] {"*.example.com:8444", "*.example.com", "example.com:8443", "*.example.org:8443", "*"}) {
            assertThat(one).as(other).isNotEqualTo(HostPattern.parse(other));
        }
        assertThat(one).isNotEqualTo("*.example.com:8443");
        assertThat(HostPattern.parse("*").hashCode())
                .isNotEqualTo(HostPattern.parse("a").hashCode());
        assertThat(HostPattern.parse("a:1").hashCode())
                .isNotEqualTo(HostPattern.parse("a:2").hashCode());
    }

    @ParameterizedTest
    @CsvSource({
        "[], []",
        "[a], a",
        "[::1], ::1",
        "[::1, [::1",
        "., .",
        "a., a",
        "a.., a.",
        "ABC, abc",
        "b\u00fccher, xn--bcher-kva",
        "B\u00dcCHER., xn--bcher-kva",
    })
    void hostsAreComparedInOneForm(String host, String expected) {
        assertThat(HostPattern.canonicalHost(host)).isEqualTo(expected);
    }

    @Test
    void aNameThatCannotBeConvertedIsComparedAsItIs() {
        String name = "\u00fc".repeat(300);
        assertThat(HostPattern.canonicalHost(name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/a", "a/", "@a", "a@b", "a:0", "a:65536", "a:99999999999", "a:/1", "a::", ":1:", "a b", "*."})
    void whatIsNoPatternIsRefusedAtItsEdgesToo(String text) {
        assertThatThrownBy(() -> HostPattern.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"a:1, a:1", "a:65535, a:65535", "[::1]:65535, [::1]:65535", "*:9, *:9"})
    void thePortMayBeAnyThatThereIs(String text, String expected) {
        assertThat(HostPattern.parse(text)).hasToString(expected);
    }
}
