package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutePatternTest {
    @ParameterizedTest
    @CsvSource({
        "/v1/orders, /v1/orders, true",
        "/v1/orders, /v1/orders/, false",
        "/v1/orders, /v1/Orders, false",
        "/v1/orders, /v1/%6Frders, true",
        "/a%2fb, /a%2Fb, true",
        "/a%2fb, /a/b, false",
        "/v1/*, /v1/orders, true",
        "/v1/*, /v1, false",
        "/v1/*, /v1/a/b, false",
        "/v1/*.json, /v1/a.json, true",
        "/v1/*.json, /v1/.jso, false",
        "/ab*ba, /aba, false",
        "/v1/**, /v1, true",
        "/v1/**, /v1/, true",
        "/v1/**, /v1/a/b/c, true",
        "/v1/**, /v10, false",
        "/**, /, true",
        "/**, /a/b, true",
        "/, /, true",
        "/, /a, false",
        "/v1/*/lines, /v1/7/lines, true",
    })
    void matchesPathsAsWritten(String pattern, String path, boolean expected) {
        assertThat(RoutePattern.parse(pattern, Set.of()).matches("GET", RoutePattern.segments(path)))
                .isEqualTo(expected);
    }

    @Test
    void takesNoPathForTheRoot() {
        assertThat(RoutePattern.parse("/", Set.of()).matchesPath(RoutePattern.segments("")))
                .isTrue();
    }

    @Test
    void matchesItsMethodsOnly() {
        RoutePattern pattern = RoutePattern.parse("/a", Set.of("POST"));

        assertThat(pattern.matches("POST", List.of("a"))).isTrue();
        assertThat(pattern.matches("GET", List.of("a"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/orders, /v1/*",
        "/v1/*, /v1/**",
        "/v1/u-*, /v1/*",
        "/v1/a/**, /v1/*/b",
        "/v1/a/b, /v1/a/**",
        "/v1, /v1/**",
        "/v1/**, /**",
    })
    void putsTheMoreSpecificFirst(String first, String second) {
        RoutePattern one = RoutePattern.parse(first, Set.of());
        RoutePattern other = RoutePattern.parse(second, Set.of());

        assertThat(RoutePattern.MOST_SPECIFIC_FIRST.compare(one, other)).isNegative();
        assertThat(RoutePattern.MOST_SPECIFIC_FIRST.compare(other, one)).isPositive();
    }

    @Test
    void putsTheOneThatNamesItsMethodsFirst() {
        RoutePattern all = RoutePattern.parse("/a", Set.of());
        RoutePattern two = RoutePattern.parse("/a", Set.of("GET", "HEAD"));
        RoutePattern one = RoutePattern.parse("/a", Set.of("GET"));

        assertThat(List.of(all, two, one).stream().sorted(RoutePattern.MOST_SPECIFIC_FIRST))
                .containsExactly(one, two, all);
    }

    @ParameterizedTest
    @CsvSource({"v1", "''", "/a?b=1", "/a#b", "/**/b", "/a**", "/*a*", "'/a b'", "https://a.example/b"})
    void saysWhatIsAllowed(String path) {
        assertThatThrownBy(() -> RoutePattern.parse(path, Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("allowed are");
    }

    @ParameterizedTest
    @CsvSource({
        "/%61%7A%41%5A%30%39, azAZ09",
        "/%2D%2E%5F%7E, -._~",
        "/%60%7B%40%5B%2f%3A, %60%7b%40%5b%2f%3a",
        "/%2F, %2f",
        "/%, %",
        "/%4, %4",
        "/%4g, %4g",
        "/%g4, %g4",
        "/b\u00fccher, b%c3%bccher",
        "/b%C3%BCcher, b%c3%bccher",
        "/\ud83d\ude00%41, %f0%9f%98%80A",
        "/a%41, aA",
        "/%41b%42, AbB",
    })
    void unreservedCharactersAreTheSameEscapedOrNot(String path, String expected) {
        assertThat(RoutePattern.segments(path)).containsExactly(expected);
    }

    @Test
    void aPathHasASegmentBehindEachSlash() {
        assertThat(RoutePattern.segments("//a/")).containsExactly("", "a", "");
        assertThat(RoutePattern.segments("a/b")).containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource({
        "/a*b, /ab, true",
        "/a*b, /axb, true",
        "/a*b, /a, false",
        "/aa*aa, /aaa, false",
        "/*a, /a, true",
        "/*, /, true"
    })
    void aStarStandsForAnyTextWithinItsSegment(String pattern, String path, boolean expected) {
        assertThat(RoutePattern.parse(pattern, Set.of()).matchesPath(RoutePattern.segments(path)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "/?", "?/", "/a#", "/a b", "/\u0020", "/**a", "/*a*", "/a/**/b", "/a**"})
    void whatIsNoPathIsRefusedAtItsEdgesToo(String path) {
        assertThatThrownBy(() -> RoutePattern.parse(path, Set.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPathMayBeAsDeepAsAnyIs() {
        assertThat(RoutePattern.parse("/a".repeat(100), Set.of()).segments()).hasSize(100);
        assertThatThrownBy(() -> RoutePattern.parse("/a".repeat(101), Set.of())).hasMessageContaining("100 segments");
    }

    @Test
    void aSegmentOfOtherCharactersIsTaken() {
        assertThat(RoutePattern.parse("/!", Set.of()).matchesPath(List.of("!"))).isTrue();
    }
}
